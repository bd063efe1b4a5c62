//! Plug-IDs: what devices, Production Templates and companies are called on the wire.

mod typed;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::text::serde_as_text;

pub use typed::{CompanyId, TemplateId};

/// A kind and 12 bytes, written as `dev-`, `mod-` or `com-` and 24 lower-case hex digits.
///
/// It is read case-insensitively. Ids are no secret.
///
/// ```
/// use plugmint_core::{PlugId, PlugIdKind};
///
/// let id = PlugId::parse("DEV-5DF33C34404AC04370E5C60E")?;
/// assert_eq!(id.kind(), PlugIdKind::Device);
/// assert_eq!(id.to_string(), "dev-5df33c34404ac04370e5c60e");
/// # Ok::<(), plugmint_core::InvalidPlugId>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PlugId {
    kind: PlugIdKind,
    body: [u8; PlugId::BODY_LEN],
}

impl PlugId {
    /// The bytes behind the 24 hex digits.
    pub const BODY_LEN: usize = 12;
    /// The characters of the text, prefix included.
    pub const TEXT_LEN: usize = 28;

    /// Reads a Plug-ID of any kind.
    ///
    /// # Errors
    /// [`InvalidPlugId`], by what is wrong first: the prefix, the length, the digits.
    pub fn parse(text: &str) -> Result<Self, InvalidPlugId> {
        let (prefix, digits) = text.split_at_checked(4).ok_or(InvalidPlugId::UnknownPrefix)?;
        let kind = PlugIdKind::of_prefix(prefix).ok_or(InvalidPlugId::UnknownPrefix)?;
        if digits.len() != 2 * Self::BODY_LEN {
            return Err(InvalidPlugId::WrongLength { found: digits.len() });
        }
        let mut body = [0; Self::BODY_LEN];
        base16ct::mixed::decode(digits, &mut body).map_err(|_| InvalidPlugId::NotHex)?;
        Ok(Self { kind, body })
    }

    /// Reads a Plug-ID of one kind.
    ///
    /// # Errors
    /// [`InvalidPlugId`], by what is wrong first: the kind, the length, the digits.
    pub fn parse_kind(kind: PlugIdKind, text: &str) -> Result<Self, InvalidPlugId> {
        let wrong_kind = InvalidPlugId::WrongKind { expected: kind };
        match Self::parse(text) {
            Ok(id) if id.kind == kind => Ok(id),
            Ok(_) | Err(InvalidPlugId::UnknownPrefix) => Err(wrong_kind),
            Err(invalid) => Err(invalid),
        }
    }

    /// The Plug-ID of a kind with these 12 bytes; every body is valid.
    #[must_use]
    pub const fn from_parts(kind: PlugIdKind, body: [u8; Self::BODY_LEN]) -> Self {
        Self { kind, body }
    }

    /// What it names.
    #[must_use]
    pub const fn kind(&self) -> PlugIdKind {
        self.kind
    }

    /// The 12 bytes behind the digits: what enters derivations and keys of records.
    #[must_use]
    pub const fn body(&self) -> &[u8; Self::BODY_LEN] {
        &self.body
    }
}

impl fmt::Display for PlugId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 2 * Self::BODY_LEN];
        let digits = base16ct::lower::encode_str(&self.body, &mut digits);
        f.write_str(self.kind.prefix())?;
        f.write_str(digits.map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for PlugId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlugId({self})")
    }
}

impl FromStr for PlugId {
    type Err = InvalidPlugId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

serde_as_text!(PlugId);

/// What a [`PlugId`] names.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "the wire knows these three and no other")]
pub enum PlugIdKind {
    /// `dev-`: a Thing or a Controller.
    Device,
    /// `mod-`: a Production Template.
    Template,
    /// `com-`: a company.
    Company,
}

impl PlugIdKind {
    /// The four characters in front of the digits.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Device => "dev-",
            Self::Template => "mod-",
            Self::Company => "com-",
        }
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        [Self::Device, Self::Template, Self::Company]
            .into_iter()
            .find(|kind| kind.prefix().eq_ignore_ascii_case(prefix))
    }
}

/// Why a text is not a Plug-ID.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidPlugId {
    /// It begins with none of the three prefixes.
    #[error("unknown prefix: expected `dev-`, `mod-` or `com-` and 24 hex digits")]
    UnknownPrefix,
    /// It is not of the kind that was asked for: of another one, or of none.
    #[error("it does not begin with `{0}`: expected `{0}` and 24 hex digits", expected.prefix())]
    WrongKind {
        /// What was asked for.
        expected: PlugIdKind,
    },
    /// There are not exactly 24 digits.
    #[error("{found} characters after the prefix: expected 24 hex digits")]
    WrongLength {
        /// How many bytes follow the prefix.
        found: usize,
    },
    /// A character after the prefix is no hex digit.
    #[error("a character after the prefix is no hex digit: expected 24 of 0-9 and a-f")]
    NotHex,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_lower_case_and_read_in_any() {
        let id = PlugId::parse("MoD-5C66bc451866d3c62ba0b904").unwrap();
        assert_eq!(id.to_string(), "mod-5c66bc451866d3c62ba0b904");
        assert_eq!(id.kind(), PlugIdKind::Template);
    }

    #[test]
    fn an_id_of_23_or_25_digits_is_refused() {
        for (text, found) in
            [("dev-5c66bc451866d3c62ba0b90", 23), ("dev-5c66bc451866d3c62ba0b9041", 25)]
        {
            assert_eq!(PlugId::parse(text), Err(InvalidPlugId::WrongLength { found }));
        }
    }

    #[test]
    fn an_unknown_prefix_is_refused() {
        for text in ["", "dev", "dev_5c66bc451866d3c62ba0b904", "usr-5c66bc451866d3c62ba0b904"] {
            assert_eq!(PlugId::parse(text), Err(InvalidPlugId::UnknownPrefix));
        }
    }

    #[test]
    fn a_prefix_that_ends_inside_a_character_is_refused() {
        assert_eq!(PlugId::parse("dev\u{e9}"), Err(InvalidPlugId::UnknownPrefix));
    }

    #[test]
    fn a_digit_that_is_not_hex_is_refused() {
        assert_eq!(PlugId::parse("dev-5c66bc451866d3c62ba0b90g"), Err(InvalidPlugId::NotHex));
        assert_eq!(PlugId::parse("dev-5c66bc451866d3c62ba0b9\u{e9}"), Err(InvalidPlugId::NotHex));
    }

    #[test]
    fn an_id_travels_through_serde_as_its_text() {
        let id = PlugId::from_parts(PlugIdKind::Device, [0xab; 12]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"dev-abababababababababababab\"");
        assert_eq!(serde_json::from_str::<PlugId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<PlugId>("\"dev-\"").is_err());
    }
}
