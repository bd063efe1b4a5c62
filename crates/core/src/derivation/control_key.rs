//! The key that a Thing's Controllers come from.

use std::fmt;

use plugmint_mac::MacKey;

use crate::secret::Secret;
use crate::{ConnectionPassword, Epoch, Ordinal};

use super::credentials::{Credentials, device_id};
use super::mac::mac_into;
use super::verifier::Verifier;

/// `control_key`: what a Thing's serial and its control password come to.
pub struct ControlKey(MacKey);

impl ControlKey {
    pub(super) fn new(secret: &Secret<32>) -> Self {
        Self(MacKey::new(secret.expose()))
    }

    /// Proves the control password again without keeping it.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::of_key(&self.0)
    }

    /// The Plug-ID of one Controller and the connection password of one epoch.
    #[must_use]
    pub fn credentials(&self, ordinal: Ordinal, epoch: Epoch) -> Credentials {
        let ordinal = ordinal.number().to_be_bytes();
        let epoch = epoch.number().to_be_bytes();
        let id = device_id(&self.0, "plugmint/v1/controller-plug-id", &[&ordinal]);
        let mut password = Secret::zeros();
        let label = "plugmint/v1/controller-password";
        mac_into(&self.0, password.bytes_mut(), label, &[&ordinal, &epoch]);
        Credentials::new(id, ConnectionPassword::of_derived(&password))
    }
}

impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlKey(..)")
    }
}
