//! The key of one template.

use std::fmt;

use crate::secret::Secret;
use crate::{SerialNumber, SourceMark};

use super::control_key::ControlKey;
use super::enroll_key::EnrollKey;
use super::mac::MacKey;
use super::stretch::Stretched;

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
        ControlKey::new(&self.device_key("plugmint/v1/control-key", serial, stretched))
    }

    /// `mac(template_key, msg("plugmint/v1/source", serial, source))[0..8]`: what is kept of the
    /// place that a device enrolled from. No credential hangs on it.
    #[must_use]
    pub fn source_mark(&self, serial: &SerialNumber, source: &[u8]) -> SourceMark {
        let mark = self.0.mac("plugmint/v1/source", &[serial.as_bytes(), source]);
        SourceMark::from_parts(*mark.truncated().expose())
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
