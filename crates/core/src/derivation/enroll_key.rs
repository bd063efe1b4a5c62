//! The key of one Thing.

use std::fmt;

use plugmint_mac::MacKey;

use crate::secret::Secret;
use crate::{ConnectionPassword, Epoch, PlugId};

use super::credentials::{Credentials, device_id};
use super::mac::mac_into;
use super::verifier::Verifier;

/// `enroll_key`: what a serial and its enroll password come to.
pub struct EnrollKey {
    secret: Box<Secret<32>>,
    mac: MacKey,
}

impl EnrollKey {
    pub(super) fn new(secret: Box<Secret<32>>) -> Self {
        Self { mac: MacKey::new(secret.expose()), secret }
    }

    pub(super) fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// Proves the enroll password again without keeping it.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::of_key(&self.mac)
    }

    /// The Thing's Plug-ID; the same for every epoch.
    #[must_use]
    pub fn plug_id(&self) -> PlugId {
        device_id(&self.mac, "plugmint/v1/plug-id", &[])
    }

    /// The Thing's Plug-ID and the connection password of one epoch.
    #[must_use]
    pub fn credentials(&self, epoch: Epoch) -> Credentials {
        let mut password = Secret::zeros();
        let fields: [&[u8]; 1] = [&epoch.number().to_be_bytes()];
        let label = "plugmint/v1/connection-password";
        mac_into(&self.mac, password.bytes_mut(), label, &fields);
        Credentials::new(self.plug_id(), ConnectionPassword::of_derived(&password))
    }
}

impl fmt::Debug for EnrollKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrollKey(..)")
    }
}
