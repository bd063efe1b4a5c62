//! Registered: the serial is known and waits for its device.

use crate::UnixMillis;
use crate::derivation::SealedKey;

use super::{Enrolled, Identity, Registration, Retired};

/// A serial whose device has not enrolled, or must enroll again.
#[derive(Clone, Debug)]
pub struct Registered {
    pub(super) registration: Registration,
    pub(super) sealed_key: Option<SealedKey>,
}

impl Registered {
    /// A serial that was just registered. `sealed_key` is `Some` where the template allows operator
    /// enrollment.
    #[must_use]
    pub const fn new(registration: Registration, sealed_key: Option<SealedKey>) -> Self {
        Self { registration, sealed_key }
    }

    /// The device proved its password and is this from now on.
    #[must_use]
    pub fn enroll(self, identity: Identity, at: UnixMillis) -> Enrolled {
        Enrolled {
            registration: self.registration,
            sealed_key: self.sealed_key,
            identity,
            enrolled_at: at,
        }
    }

    /// It will never enroll.
    #[must_use]
    pub fn retire(self, at: UnixMillis) -> Retired {
        Retired::new(self.registration, None, at)
    }

    /// What every stage keeps.
    #[must_use]
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The enroll key for operators, where the template allows it.
    #[must_use]
    pub const fn sealed_key(&self) -> Option<&SealedKey> {
        self.sealed_key.as_ref()
    }
}
