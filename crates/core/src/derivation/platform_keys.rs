//! The keys of one key version, prepared for use.

use std::fmt;

use crate::TemplateId;

use super::auth_key::AuthKey;
use super::minting_keys::MintingKeys;
use super::root_key::{RootKey, RootLabel, RootMac};
use super::seal_key::SealKey;
use super::template_key::TemplateKey;

/// What hangs on one root key and is used while a platform runs.
///
/// Making one costs a few microseconds; it is made at load and kept. The root itself is not in it.
pub struct PlatformKeys {
    minting: MintingKeys,
    seal: SealKey,
}

impl PlatformKeys {
    /// The keys from what a key service answered.
    #[must_use]
    pub fn new(roots: &PlatformRoots) -> Self {
        Self {
            minting: MintingKeys::of_roots(&roots.enroll, &roots.auth),
            seal: SealKey::new(roots.seal.secret()),
        }
    }

    /// The keys of a root that is at hand.
    #[must_use]
    pub fn of_root(root: &RootKey) -> Self {
        Self::new(&PlatformRoots {
            enroll: root.mac(RootLabel::Enroll),
            auth: root.mac(RootLabel::Auth),
            seal: root.mac(RootLabel::Seal),
        })
    }

    /// The key that every derivation of one template hangs on: who holds it can mint for this
    /// template and for no other.
    #[must_use]
    pub fn template_key(&self, template: &TemplateId) -> TemplateKey {
        self.minting.template_key(template)
    }

    /// What verifies connection passwords.
    #[must_use]
    pub const fn auth(&self) -> &AuthKey {
        self.minting.auth()
    }

    /// What identities hang on, and nothing else does.
    #[must_use]
    pub const fn minting(&self) -> &MintingKeys {
        &self.minting
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

/// What a key service answered for each label that a platform runs on.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks a key service must name each")]
pub struct PlatformRoots {
    /// For [`RootLabel::Enroll`].
    pub enroll: RootMac,
    /// For [`RootLabel::Auth`].
    pub auth: RootMac,
    /// For [`RootLabel::Seal`].
    pub seal: RootMac,
}
