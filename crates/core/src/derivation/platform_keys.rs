//! The keys of one key version, prepared for use.

use std::fmt;

use crate::secret::Secret;
use crate::{ConnectionPassword, PlugId, TemplateId};

use super::device_key::TemplateKey;
use super::mac::MacKey;
use super::root_key::{RootKey, RootLabel, RootMac};
use super::verifier::AuthVerifier;

/// What hangs on one root key and is used while a platform runs.
///
/// Making one costs a few microseconds; it is made at load and kept. The root itself is not in it.
pub struct PlatformKeys {
    enroll: MacKey,
    auth: AuthKey,
    seal: SealKey,
}

impl PlatformKeys {
    /// The keys from what a key service answered for [`RootLabel::Enroll`], [`RootLabel::Auth`] and
    /// [`RootLabel::Seal`].
    #[must_use]
    pub fn new(enroll: &RootMac, auth: &RootMac, seal: &RootMac) -> Self {
        Self {
            enroll: MacKey::new(enroll.secret()),
            auth: AuthKey(MacKey::new(auth.secret())),
            seal: SealKey(seal.secret().clone()),
        }
    }

    /// The keys of a root that is at hand.
    #[must_use]
    pub fn of_root(root: &RootKey) -> Self {
        Self::new(
            &root.mac(RootLabel::Enroll),
            &root.mac(RootLabel::Auth),
            &root.mac(RootLabel::Seal),
        )
    }

    /// The key that every derivation of one template hangs on: who holds it can mint for this
    /// template and for no other.
    #[must_use]
    pub fn template_key(&self, template: &TemplateId) -> TemplateKey {
        TemplateKey::new(&self.enroll.mac("plugmint/v1/template-key", &[template.body()]))
    }

    /// What verifies connection passwords.
    #[must_use]
    pub const fn auth(&self) -> &AuthKey {
        &self.auth
    }

    /// What seals keys that must be kept and read back.
    #[must_use]
    pub const fn seal(&self) -> &SealKey {
        &self.seal
    }
}

impl fmt::Debug for PlatformKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlatformKeys(..)")
    }
}

/// `auth_root`: what verifies connection passwords.
pub struct AuthKey(MacKey);

impl AuthKey {
    /// `mac(auth_root, plug_id_bytes(12) || password_bytes(24))`: 36 bytes, two compressions.
    #[must_use]
    pub fn verifier(&self, plug_id: &PlugId, password: &ConnectionPassword) -> AuthVerifier {
        AuthVerifier::of_derived(self.0.mac_joined(plug_id.body(), password.expose_bytes()))
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(..)")
    }
}

/// `seal_root`: what seals keys that must be kept and read back.
pub struct SealKey(Secret<32>);

impl SealKey {
    pub(super) const fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}
