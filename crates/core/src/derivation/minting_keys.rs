//! The keys of one version that identities hang on.

use std::fmt;

use plugmint_mac::MacKey;

use crate::TemplateId;
use crate::secret::Secret;

use super::auth_key::AuthKey;
use super::mac::mac_into;
use super::root_key::RootMac;
use super::template_key::TemplateKey;

/// What Plug-IDs, passwords and verifiers of one key version hang on. It mints and verifies; it
/// seals nothing and tags nothing, and is all that is left of a version whose root is gone.
pub struct MintingKeys {
    enroll: MacKey,
    auth: AuthKey,
}

impl MintingKeys {
    /// The keys from the two roots that they hang on.
    #[must_use]
    pub fn new(roots: &MintingRoots) -> Self {
        Self::of_roots(&roots.enroll, &roots.auth)
    }

    pub(super) fn of_roots(enroll: &RootMac, auth: &RootMac) -> Self {
        Self { enroll: MacKey::new(enroll.secret().expose()), auth: AuthKey::new(auth.secret()) }
    }

    /// The key that every derivation of one template hangs on: who holds it can mint for this
    /// template and for no other.
    #[must_use]
    pub fn template_key(&self, template: &TemplateId) -> TemplateKey {
        let mut key = Secret::zeros();
        mac_into(&self.enroll, key.bytes_mut(), "plugmint/v1/template-key", &[template.body()]);
        TemplateKey::new(&key)
    }

    /// What verifies connection passwords.
    #[must_use]
    pub const fn auth(&self) -> &AuthKey {
        &self.auth
    }
}

impl fmt::Debug for MintingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MintingKeys(..)")
    }
}

/// The two roots of a version that its identities hang on for ever: what is kept of it when its
/// root is gone.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks a key service must name each")]
pub struct MintingRoots {
    /// For [`RootLabel::Enroll`](super::RootLabel::Enroll).
    pub enroll: RootMac,
    /// For [`RootLabel::Auth`](super::RootLabel::Auth).
    pub auth: RootMac,
}
