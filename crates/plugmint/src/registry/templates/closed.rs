//! A template that takes nobody in.

use plugmint_core::TemplateId;
use thiserror::Error;

/// The template is closed: nothing is registered, enrolled or transferred in it. Told to operators,
/// and never to devices.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the template `{id}` is closed: open it first")]
pub struct TemplateClosed {
    id: TemplateId,
}

impl TemplateClosed {
    pub(crate) const fn new(id: &TemplateId) -> Self {
        Self { id: *id }
    }

    /// The template.
    #[must_use]
    pub const fn id(&self) -> &TemplateId {
        &self.id
    }

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "template-closed"
    }
}
