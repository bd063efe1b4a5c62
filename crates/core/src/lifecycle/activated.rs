//! Activated: the device has connected.

use crate::UnixMillis;

use super::{Identity, Registration, Retired};

/// A serial whose device has connected with its credentials.
#[derive(Clone, Debug)]
pub struct Activated {
    pub(super) registration: Registration,
    pub(super) identity: Identity,
    pub(super) enrolled_at: UnixMillis,
    pub(super) activated_at: UnixMillis,
}

impl Activated {
    /// It never connects again.
    #[must_use]
    pub fn retire(self, at: UnixMillis) -> Retired {
        Retired::new(self.registration, Some(self.identity.plug_id), at)
    }

    /// What every stage keeps.
    #[must_use]
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    /// What the device is called and what proves its password.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// When the device enrolled.
    #[must_use]
    pub const fn enrolled_at(&self) -> UnixMillis {
        self.enrolled_at
    }

    /// When the device connected for the first time.
    #[must_use]
    pub const fn activated_at(&self) -> UnixMillis {
        self.activated_at
    }
}
