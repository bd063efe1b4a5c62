//! What names one device on the platform.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{InvalidPlugId, InvalidSerialNumber, SerialNumber, TemplateId};

/// A serial number and the Production Template that it belongs to.
///
/// Serial numbers are unique within a template only, so whoever speaks of one device names both.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SerialId {
    template: TemplateId,
    serial: SerialNumber,
}

impl SerialId {
    /// The serial number `serial` of `template`.
    #[must_use]
    pub const fn new(template: TemplateId, serial: SerialNumber) -> Self {
        Self { template, serial }
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &TemplateId {
        &self.template
    }

    /// The serial number.
    #[must_use]
    pub const fn serial(&self) -> &SerialNumber {
        &self.serial
    }
}

impl fmt::Display for SerialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.template, self.serial)
    }
}

/// `template/serial`, as it is displayed.
impl FromStr for SerialId {
    type Err = InvalidSerialId;

    fn from_str(text: &str) -> Result<Self, InvalidSerialId> {
        let (template, serial) = text.split_once('/').ok_or(InvalidSerialId::NoSlash)?;
        let template = template.parse().map_err(InvalidSerialId::Template)?;
        Ok(Self { template, serial: serial.parse().map_err(InvalidSerialId::Serial)? })
    }
}

/// Why a text names no serial of a template.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidSerialId {
    /// Nothing parts the two.
    #[error("not a template and a serial: expected a slash between them")]
    NoSlash,
    /// What stands before the slash is no template.
    #[error(transparent)]
    Template(InvalidPlugId),
    /// What stands behind it is no serial number.
    #[error(transparent)]
    Serial(InvalidSerialNumber),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_read_back_from_its_text_whatever_is_in_it() {
        for serial in ["SN-1", "a/b/c", "1.2.3", "00:1B:44"] {
            let id = SerialId::new(TemplateId::from_parts([7; 12]), serial.parse().unwrap());
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in ["", "SN-1", "mod-/SN-1", "mod-070707070707070707070707/"] {
            assert!(text.parse::<SerialId>().is_err(), "{text}");
        }
    }
}
