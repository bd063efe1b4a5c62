//! Activated: the device has connected.

use crate::{Epoch, UnixMillis};

use super::{Former, Identity, Overlap, Raise, Registered, Registration, Renewal, Retired};

/// A serial whose device has connected with its credentials.
#[derive(Clone, Debug)]
pub struct Activated {
    pub(super) registration: Registration,
    pub(super) identity: Identity,
    pub(super) enrolled_at: UnixMillis,
    pub(super) activated_at: UnixMillis,
}

impl Activated {
    /// It must enroll again. Its password ends, or goes on until it has used the new one and at
    /// most until the time given.
    #[must_use]
    pub fn reactivate(self, epoch: Epoch, until: Option<UnixMillis>, at: UnixMillis) -> Registered {
        let Identity { plug_id, auth_verifier } = self.identity;
        let overlap = until.map(|until| Overlap::new(auth_verifier, until));
        let overlap = overlap.filter(|overlap| overlap.is_running(at));
        Registered {
            registration: self.registration.raised(Raise::Reactivate, epoch),
            sealed_key: None,
            former: Some(Former { plug_id, overlap }),
        }
    }

    /// Its password ends, and it may enroll again.
    #[must_use]
    pub fn unenroll(self, epoch: Epoch) -> Registered {
        Registered {
            registration: self.registration.without_grants().raised(Raise::Unenroll, epoch),
            sealed_key: None,
            former: Some(Former { plug_id: self.identity.plug_id, overlap: None }),
        }
    }

    /// It is somebody else's from now on: new passwords, a new identity.
    #[must_use]
    pub fn transfer(self, renewal: Renewal, epoch: Epoch) -> Registered {
        self.registration.renewed(renewal, Raise::Transfer, epoch)
    }

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
