//! A serial to register.

use std::fmt;

use plugmint_core::{ControlPassword, EnrollPassword, Labels, SerialNumber};

/// A serial to register: its number, its enroll password, and what may go with them.
pub struct NewSerial {
    pub(super) serial: SerialNumber,
    pub(super) enroll_password: EnrollPassword,
    pub(super) control_password: Option<ControlPassword>,
    pub(super) labels: Labels,
}

impl NewSerial {
    /// A serial without a control password, so that nobody can control the Thing, and without
    /// labels.
    #[must_use]
    pub const fn new(serial: SerialNumber, enroll_password: EnrollPassword) -> Self {
        Self { serial, enroll_password, control_password: None, labels: Labels::new() }
    }

    /// With what lets Controllers enroll.
    #[must_use]
    pub fn with_control_password(self, control_password: ControlPassword) -> Self {
        Self { control_password: Some(control_password), ..self }
    }

    /// With what the host wants to remember.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// The serial number.
    #[must_use]
    pub const fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl fmt::Debug for NewSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSerial").field("serial", &self.serial).finish_non_exhaustive()
    }
}
