//! What operators ask for and is not there.

use plugmint_core::{SerialId, TemplateId};
use thiserror::Error;

/// There is no such thing: told to operators, who may know what there is, and never to devices.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum Unknown {
    /// There is no such template.
    #[error("there is no template `{id}`")]
    Template {
        /// What was asked for.
        id: TemplateId,
    },
    /// The template has no such serial.
    #[error("there is no serial `{}` in template `{}`", id.serial(), id.template())]
    Serial {
        /// What was asked for.
        id: Box<SerialId>,
    },
}

impl Unknown {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Template { .. } => "unknown-template",
            Self::Serial { .. } => "unknown-serial",
        }
    }

    pub(crate) const fn template(id: &TemplateId) -> Self {
        Self::Template { id: *id }
    }

    pub(crate) fn serial(id: &SerialId) -> Self {
        Self::Serial { id: Box::new(*id) }
    }
}
