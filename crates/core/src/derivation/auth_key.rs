//! What verifies connection passwords.

use std::fmt;

use plugmint_mac::MacKey;

use crate::secret::Secret;
use crate::{ConnectionPassword, PlugId};

use super::Credentials;
use super::verifier::AuthVerifier;

/// `auth_root`: what verifies connection passwords.
pub struct AuthKey(MacKey);

impl AuthKey {
    pub(super) fn new(root: &Secret<32>) -> Self {
        Self(MacKey::new(root.expose()))
    }

    /// `mac(auth_root, plug_id_bytes(12) || password_bytes(24))`: 36 bytes, two compressions.
    #[must_use]
    pub fn verifier(&self, plug_id: &PlugId, password: &ConnectionPassword) -> AuthVerifier {
        let mut verifier = Secret::zeros();
        let mac = verifier.bytes_mut();
        self.0.mac_of_36_into(mac, plug_id.body(), password.expose_bytes());
        AuthVerifier::of_derived(verifier)
    }

    /// The verifier of credentials that were just derived.
    #[must_use]
    pub fn verifier_of(&self, credentials: &Credentials) -> AuthVerifier {
        self.verifier(credentials.plug_id(), credentials.connection_password())
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(..)")
    }
}
