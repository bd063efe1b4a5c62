//! What operators ask for and is not there.

use plugmint_core::{PlugId, SerialId, TemplateId};
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
    /// No Controller is called so.
    #[error("there is no controller `{plug_id}`")]
    Controller {
        /// What was asked for.
        plug_id: PlugId,
    },
    /// No Thing or Controller that is not retired is called so.
    #[error("nobody is called `{plug_id}`: expected a thing or a controller that is not retired")]
    Holder {
        /// What was asked for.
        plug_id: PlugId,
    },
}

impl Unknown {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Template { .. } => "unknown-template",
            Self::Serial { .. } => "unknown-serial",
            Self::Controller { .. } => "unknown-controller",
            Self::Holder { .. } => "unknown-holder",
        }
    }

    pub(crate) const fn template(id: &TemplateId) -> Self {
        Self::Template { id: *id }
    }

    pub(crate) const fn controller(plug_id: &PlugId) -> Self {
        Self::Controller { plug_id: *plug_id }
    }

    pub(crate) const fn holder(plug_id: &PlugId) -> Self {
        Self::Holder { plug_id: *plug_id }
    }

    pub(crate) fn serial(id: &SerialId) -> Self {
        Self::Serial { id: Box::new(*id) }
    }
}
