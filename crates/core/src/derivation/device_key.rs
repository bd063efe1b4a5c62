//! From a stretched password to the key of one device, and what that key gives.

use std::fmt;

use crate::secret::Secret;
use crate::{ConnectionPassword, Epoch, Ordinal, PlugId, PlugIdKind, SerialNumber};

use super::credentials::Credentials;
use super::mac::MacKey;
use super::stretch::Stretched;
use super::verifier::Verifier;

/// `template_key`: mints for one template and no other.
pub struct TemplateKey(MacKey);

impl TemplateKey {
    pub(super) fn new(key: &Secret<32>) -> Self {
        Self(MacKey::new(key))
    }

    /// `enroll_key`, of a serial and its stretched enroll password.
    #[must_use]
    pub fn enroll_key(&self, serial: &SerialNumber, stretched: &Stretched) -> EnrollKey {
        EnrollKey::new(self.device_key("plugmint/v1/enroll-key", serial, stretched))
    }

    /// `control_key`, of a Thing's serial and its stretched control password.
    #[must_use]
    pub fn control_key(&self, serial: &SerialNumber, stretched: &Stretched) -> ControlKey {
        ControlKey(MacKey::new(&self.device_key("plugmint/v1/control-key", serial, stretched)))
    }

    fn device_key(&self, label: &str, serial: &SerialNumber, stretched: &Stretched) -> Secret<32> {
        self.0.mac(label, &[serial.as_bytes(), stretched.secret().expose()])
    }
}

impl fmt::Debug for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemplateKey(..)")
    }
}

/// `enroll_key`: what a serial and its enroll password come to.
pub struct EnrollKey {
    secret: Secret<32>,
    mac: MacKey,
}

impl EnrollKey {
    pub(super) fn new(secret: Secret<32>) -> Self {
        Self { mac: MacKey::new(&secret), secret }
    }

    pub(super) const fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// Proves the enroll password again without keeping it.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        verifier(&self.mac)
    }

    /// The Thing's Plug-ID; the same for every epoch.
    #[must_use]
    pub fn plug_id(&self) -> PlugId {
        plug_id(&self.mac.mac("plugmint/v1/plug-id", &[]))
    }

    /// The Thing's Plug-ID and the connection password of one epoch.
    #[must_use]
    pub fn credentials(&self, epoch: Epoch) -> Credentials {
        let password =
            self.mac.mac("plugmint/v1/connection-password", &[&epoch.number().to_be_bytes()]);
        Credentials::new(self.plug_id(), ConnectionPassword::of_derived(password.truncated()))
    }
}

impl fmt::Debug for EnrollKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrollKey(..)")
    }
}

/// `control_key`: what a Thing's serial and its control password come to.
pub struct ControlKey(MacKey);

impl ControlKey {
    /// Proves the control password again without keeping it.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        verifier(&self.0)
    }

    /// The Plug-ID of one Controller and the connection password of one epoch.
    #[must_use]
    pub fn credentials(&self, ordinal: Ordinal, epoch: Epoch) -> Credentials {
        let ordinal = ordinal.number().to_be_bytes();
        let epoch = epoch.number().to_be_bytes();
        let id = self.0.mac("plugmint/v1/controller-plug-id", &[&ordinal]);
        let password = self.0.mac("plugmint/v1/controller-password", &[&ordinal, &epoch]);
        Credentials::new(plug_id(&id), ConnectionPassword::of_derived(password.truncated()))
    }
}

impl fmt::Debug for ControlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlKey(..)")
    }
}

fn verifier(key: &MacKey) -> Verifier {
    Verifier::of_derived(key.mac("plugmint/v1/verifier", &[]))
}

fn plug_id(mac: &Secret<32>) -> PlugId {
    PlugId::from_parts(PlugIdKind::Device, *mac.truncated().expose())
}
