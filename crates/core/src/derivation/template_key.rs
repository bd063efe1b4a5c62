//! The key of one template.

use std::fmt;

use plugmint_mac::MacKey;

use crate::secret::Secret;
use crate::{SerialNumber, SourceMark};

use super::control_key::ControlKey;
use super::enroll_key::EnrollKey;
use super::mac::mac_into;
use super::stretch::Stretched;

/// `template_key`: mints for one template and no other.
pub struct TemplateKey(MacKey);

impl TemplateKey {
    pub(super) fn new(key: &Secret<32>) -> Self {
        Self(MacKey::new(key.expose()))
    }

    /// `enroll_key`, of a serial and its stretched enroll password.
    #[must_use]
    pub fn enroll_key(&self, serial: &SerialNumber, stretched: &Stretched) -> EnrollKey {
        EnrollKey::new(Secret::boxed(|key| {
            self.device_key_into(key, "plugmint/v1/enroll-key", serial, stretched);
        }))
    }

    /// `control_key`, of a Thing's serial and its stretched control password.
    #[must_use]
    pub fn control_key(&self, serial: &SerialNumber, stretched: &Stretched) -> ControlKey {
        let mut key = Secret::zeros();
        self.device_key_into(key.bytes_mut(), "plugmint/v1/control-key", serial, stretched);
        ControlKey::new(&key)
    }

    /// `mac(template_key, msg("plugmint/v1/source", serial, source))[0..8]`: what is kept of the
    /// place that a device enrolled from. No credential hangs on it.
    #[must_use]
    pub fn source_mark(&self, serial: &SerialNumber, source: &[u8]) -> SourceMark {
        let mut mark = Secret::zeros();
        let fields = [serial.as_bytes(), source];
        mac_into(&self.0, mark.bytes_mut(), "plugmint/v1/source", &fields);
        SourceMark::from_parts(mark.first())
    }

    fn device_key_into(
        &self,
        key: &mut [u8; 32],
        label: &str,
        serial: &SerialNumber,
        stretched: &Stretched,
    ) {
        mac_into(&self.0, key, label, &[serial.as_bytes(), stretched.secret().expose()]);
    }
}

impl fmt::Debug for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemplateKey(..)")
    }
}
