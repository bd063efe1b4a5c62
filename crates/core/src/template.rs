//! Production Templates: what all devices of one product share.

mod change;
mod design;
mod policy;
mod record;

use serde::{Deserialize, Serialize};

use crate::text::name_type;
use crate::{CompanyId, TemplateId, UnixMillis};

pub use change::TemplateChange;
pub use design::{PasswordRefusal, TemplateDesign};
pub use policy::{
    AccessLevel, ControllerCap, InvalidControllerCap, InvalidSourceLimit, OperatorEnroll,
    RepeatPolicy, SourceLimit, SourceWatch,
};

name_type!(
    /// What people call a Production Template: 1 to 128 bytes of UTF-8.
    TemplateName,
    128
);

/// A product: what its serials' passwords are like and how they are enrolled.
///
/// The classes of its passwords and the cost of stretching them never change, so that each refusal
/// within a template costs the same.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductionTemplate {
    id: TemplateId,
    company: CompanyId,
    #[serde(flatten)]
    design: TemplateDesign,
    state: TemplateState,
    created_at: UnixMillis,
}

/// Whether devices may come to a template.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new state must answer every verb")]
pub enum TemplateState {
    /// They may.
    Open,
    /// Nothing is registered, enrolled or transferred in it until it is opened again; devices are
    /// told what an unknown template tells them. Who is enrolled goes on connecting.
    Closed {
        /// Since when.
        since: UnixMillis,
    },
    /// As closed, by a deletion that is under way or was given up: one that is refused opens it
    /// again.
    Deleting {
        /// Since when.
        since: UnixMillis,
    },
    /// It is gone, and what is left of it keeps its id from being made again.
    Deleted {
        /// Since when.
        since: UnixMillis,
    },
}

impl ProductionTemplate {
    /// The template that a design becomes.
    #[must_use]
    pub const fn create(
        id: TemplateId,
        company: CompanyId,
        design: TemplateDesign,
        at: UnixMillis,
    ) -> Self {
        Self { id, company, design, state: TemplateState::Open, created_at: at }
    }

    /// Its Plug-ID.
    #[must_use]
    pub const fn id(&self) -> &TemplateId {
        &self.id
    }

    /// The company that it belongs to.
    #[must_use]
    pub const fn company(&self) -> &CompanyId {
        &self.company
    }

    /// What was chosen when it was made.
    #[must_use]
    pub const fn design(&self) -> &TemplateDesign {
        &self.design
    }

    /// The same template in another state.
    #[must_use]
    pub fn with_state(self, state: TemplateState) -> Self {
        Self { state, ..self }
    }

    /// The same template with what a change asks for.
    #[must_use]
    pub fn changed(self, change: &TemplateChange) -> Self {
        Self { design: change.applied_to(self.design), ..self }
    }

    /// Whether devices may come to it.
    #[must_use]
    pub const fn state(&self) -> TemplateState {
        self.state
    }

    /// Whether it is neither closed nor deleted.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, TemplateState::Open)
    }

    /// Whether only its tombstone is left.
    #[must_use]
    pub const fn is_deleted(&self) -> bool {
        matches!(self.state, TemplateState::Deleted { .. })
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> UnixMillis {
        self.created_at
    }
}
