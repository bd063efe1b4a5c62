//! Registered: the serial is known and waits for its device.

use crate::derivation::SealedKey;
use crate::{Epoch, PlugId, UnixMillis};

use super::{Enrolled, Identity, Overlap, Raise, Registration, Renewal, Retired};

/// A serial whose device has not enrolled, or must enroll again.
#[derive(Clone, Debug)]
pub struct Registered {
    pub(super) registration: Registration,
    pub(super) sealed_key: Option<SealedKey>,
    pub(super) former: Option<Former>,
}

/// What a device that must enroll again was called, and is called again once it has.
#[derive(Clone, Debug)]
pub struct Former {
    pub(super) plug_id: PlugId,
    pub(super) overlap: Option<Overlap>,
}

impl Former {
    /// The device's Plug-ID.
    #[must_use]
    pub const fn plug_id(&self) -> &PlugId {
        &self.plug_id
    }

    /// The password of before, if it may still connect.
    #[must_use]
    pub const fn overlap(&self) -> Option<&Overlap> {
        self.overlap.as_ref()
    }
}

impl Registered {
    /// A serial that was just registered. `sealed_key` is `Some` where the template allows operator
    /// enrollment.
    #[must_use]
    pub const fn new(registration: Registration, sealed_key: Option<SealedKey>) -> Self {
        Self { registration, sealed_key, former: None }
    }

    /// The device proved its password and is this from now on.
    #[must_use]
    pub fn enroll(self, identity: Identity, at: UnixMillis) -> Enrolled {
        let overlap = self.former.and_then(|former| former.overlap);
        Enrolled {
            registration: self.registration,
            sealed_key: self.sealed_key,
            identity,
            overlap: overlap.filter(|overlap| overlap.is_running(at)),
            enrolled_at: at,
        }
    }

    /// The epoch that nobody used is dropped, and the password of before goes on until another time
    /// or ends now. `None` when no password of before is alive: then there is nothing to revoke.
    #[must_use]
    pub fn reactivate(
        self,
        epoch: Epoch,
        until: Option<UnixMillis>,
        at: UnixMillis,
    ) -> Option<Self> {
        let Former { plug_id, overlap } = self.former?;
        let overlap = overlap.filter(|overlap| overlap.is_running(at))?;
        let overlap = until.and_then(|until| overlap.extended(until, at));
        Some(Self {
            registration: self.registration.raised(Raise::Reactivate, epoch),
            sealed_key: self.sealed_key,
            former: Some(Former { plug_id, overlap }),
        })
    }

    /// It has other passwords from now on, and so another identity.
    #[must_use]
    pub fn replace_passwords(self, renewal: Renewal, epoch: Epoch) -> Self {
        self.registration.renewed(renewal, Raise::ReplacePasswords, epoch)
    }

    /// It is somebody else's from now on: new passwords, a new identity.
    #[must_use]
    pub fn transfer(self, renewal: Renewal, epoch: Epoch) -> Self {
        self.registration.renewed(renewal, Raise::Transfer, epoch)
    }

    /// It will never enroll.
    #[must_use]
    pub fn retire(self, at: UnixMillis) -> Retired {
        let plug_id = self.former.map(|former| former.plug_id);
        Retired::new(self.registration, plug_id, at)
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

    /// What the device was called, if it has been enrolled with these passwords.
    #[must_use]
    pub const fn former(&self) -> Option<&Former> {
        self.former.as_ref()
    }
}
