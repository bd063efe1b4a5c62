//! Serial numbers, as the manufacturer prints them.

use std::fmt;
use std::str::FromStr;

use arrayvec::ArrayString;
use thiserror::Error;

use crate::text::{self, InvalidText, serde_as_text};

/// What a manufacturer calls one device: unique within a Production Template, not across them.
///
/// 1 to 128 bytes of UTF-8, without control characters (Unicode category Cc) and without white
/// space at either end. It is compared byte by byte: no case folding, no normalization. It lives
/// inline and is `Copy`, so that naming a device costs no allocation. It is aligned so that copies
/// are made of whole registers.
///
/// ```
/// use plugmint_core::SerialNumber;
///
/// let serial = SerialNumber::parse("00:1B:44:11:3A:B7")?;
/// assert_eq!(serial.as_str(), "00:1B:44:11:3A:B7");
/// assert!(SerialNumber::parse(" SR-0004").is_err());
/// # Ok::<(), plugmint_core::InvalidSerialNumber>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(align(16))]
pub struct SerialNumber(ArrayString<{ SerialNumber::MAX_LEN }>);

impl SerialNumber {
    /// The most bytes of UTF-8 that a serial number has.
    pub const MAX_LEN: usize = 128;

    /// Reads a serial number exactly as it is given.
    ///
    /// # Errors
    /// [`InvalidSerialNumber`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidSerialNumber> {
        SerialText::parse(text).map(SerialNumber::from)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The exact bytes that enter derivations and keys of records.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The text of a serial number where it lies: copying one takes a register, not nine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SerialText<'a>(&'a str);

impl<'a> SerialText<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, InvalidSerialNumber> {
        text::check_name(text, SerialNumber::MAX_LEN).map_err(InvalidSerialNumber)?;
        Ok(Self(text))
    }
}

impl<'a> From<&'a SerialNumber> for SerialText<'a> {
    fn from(serial: &'a SerialNumber) -> Self {
        Self(serial.as_str())
    }
}

impl From<SerialText<'_>> for SerialNumber {
    fn from(text: SerialText<'_>) -> Self {
        // INVARIANT: a text was checked to be no longer than there is room.
        Self(ArrayString::from(text.0).unwrap_or_default())
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({:?})", self.as_str())
    }
}

impl FromStr for SerialNumber {
    type Err = InvalidSerialNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

serde_as_text!(SerialNumber);

/// Why a text is not a serial number.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("not a serial number: {0}")]
pub struct InvalidSerialNumber(InvalidText);

impl InvalidSerialNumber {
    /// The rule that it breaks.
    #[must_use]
    pub const fn reason(&self) -> InvalidText {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> InvalidText {
        SerialNumber::parse(text).unwrap_err().reason()
    }

    #[test]
    fn a_serial_has_1_to_128_bytes() {
        assert_eq!(reason(""), InvalidText::Empty { max: 128 });
        assert!(SerialNumber::parse("A").is_ok());
        assert!(SerialNumber::parse(&"A".repeat(128)).is_ok());
        assert_eq!(reason(&"A".repeat(129)), InvalidText::TooLong { found: 129, max: 128 });
    }

    #[test]
    fn a_serial_holds_no_control_character() {
        assert_eq!(reason("SR\t1"), InvalidText::ControlCharacter { at: 2 });
        assert_eq!(reason("SR-1\n"), InvalidText::ControlCharacter { at: 4 });
        assert_eq!(reason("SR\u{85}1"), InvalidText::ControlCharacter { at: 2 });
    }

    #[test]
    fn a_serial_has_no_white_space_at_its_ends() {
        assert_eq!(reason(" SR-1"), InvalidText::OuterWhiteSpace);
        assert_eq!(reason("SR-1\u{2003}"), InvalidText::OuterWhiteSpace);
        assert!(SerialNumber::parse("SR 1").is_ok());
    }

    #[test]
    fn serials_that_differ_in_case_or_normalization_are_two() {
        assert_ne!(SerialNumber::parse("sn-1").unwrap(), SerialNumber::parse("SN-1").unwrap());
        assert_ne!(
            SerialNumber::parse("K\u{fc}hl").unwrap(),
            SerialNumber::parse("Ku\u{308}hl").unwrap()
        );
    }
}
