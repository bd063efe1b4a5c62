//! Enrolled: the device has its credentials and has not used them.

use crate::derivation::{AuthVerifier, SealedKey};
use crate::{Epoch, PlugId, UnixMillis};

use super::{Activated, Former, Overlap, Raise, Registered, Registration, Renewal, Retired};

/// What a device is called and what proves its connection password.
#[derive(Clone, Debug)]
pub struct Identity {
    pub(super) plug_id: PlugId,
    pub(super) auth_verifier: AuthVerifier,
}

impl Identity {
    /// The identity of that Plug-ID and connection password.
    #[must_use]
    pub const fn new(plug_id: PlugId, auth_verifier: AuthVerifier) -> Self {
        Self { plug_id, auth_verifier }
    }

    /// What the device is called.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// What proves its connection password.
    #[must_use]
    pub const fn auth_verifier(&self) -> &AuthVerifier {
        &self.auth_verifier
    }
}

/// A serial whose device was given credentials and has not connected yet.
#[derive(Clone, Debug)]
pub struct Enrolled {
    pub(super) registration: Registration,
    pub(super) sealed_key: Option<SealedKey>,
    pub(super) identity: Identity,
    pub(super) overlap: Option<Overlap>,
    pub(super) enrolled_at: UnixMillis,
}

impl Enrolled {
    /// The device used its password for the first time: that of before ends. The sealed key is
    /// erased: nobody needs it again.
    #[must_use]
    pub fn activate(self, at: UnixMillis) -> Activated {
        Activated {
            registration: self.registration.connected(at),
            identity: self.identity,
            enrolled_at: self.enrolled_at,
            activated_at: at,
        }
    }

    /// Its password, which nobody used, ends, and it must enroll again. The password of before goes
    /// on until another time or ends now.
    #[must_use]
    pub fn reactivate(self, epoch: Epoch, until: Option<UnixMillis>, at: UnixMillis) -> Registered {
        let overlap = self.overlap.zip(until);
        let overlap = overlap.and_then(|(overlap, until)| overlap.extended(until, at));
        Registered {
            registration: self.registration.raised(Raise::Reactivate, epoch),
            sealed_key: self.sealed_key,
            former: Some(Former { plug_id: self.identity.plug_id, overlap }),
        }
    }

    /// Its passwords end, and it may enroll again.
    #[must_use]
    pub fn unenroll(self, epoch: Epoch) -> Registered {
        Registered {
            registration: self.registration.without_grants().raised(Raise::Unenroll, epoch),
            sealed_key: self.sealed_key,
            former: Some(Former { plug_id: self.identity.plug_id, overlap: None }),
        }
    }

    /// It is somebody else's from now on: new passwords, a new identity.
    #[must_use]
    pub fn transfer(self, renewal: Renewal, epoch: Epoch) -> Registered {
        self.registration.renewed(renewal, Raise::Transfer, epoch)
    }

    /// It never connects.
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

    /// The enroll key for operators, where the template allows it.
    #[must_use]
    pub const fn sealed_key(&self) -> Option<&SealedKey> {
        self.sealed_key.as_ref()
    }

    /// The password of before, if it may still connect.
    #[must_use]
    pub const fn overlap(&self) -> Option<&Overlap> {
        self.overlap.as_ref()
    }

    /// When the device enrolled.
    #[must_use]
    pub const fn enrolled_at(&self) -> UnixMillis {
        self.enrolled_at
    }
}
