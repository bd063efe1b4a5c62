//! What names one device on the platform.

use std::fmt;

use serde::Serialize;

use crate::{SerialNumber, TemplateId};

/// A serial number and the Production Template that it belongs to.
///
/// Serial numbers are unique within a template only, so whoever speaks of one device names both.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct SerialId {
    template: TemplateId,
    serial: SerialNumber,
}

impl SerialId {
    /// The serial number `serial` of `template`.
    #[must_use]
    pub const fn new(template: TemplateId, serial: SerialNumber) -> Self {
        Self { template, serial }
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &TemplateId {
        &self.template
    }

    /// The serial number.
    #[must_use]
    pub const fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl fmt::Display for SerialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.template, self.serial)
    }
}
