//! What a template settles once for all its devices.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whether an operator may enroll a device without its enroll password.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "it may or it may not")]
pub enum OperatorEnroll {
    /// No: no enroll key is kept.
    #[default]
    Refused,
    /// Yes: each serial's enroll key is kept, sealed, until the device activates. Who has the store
    /// and the root key then has the passwords of all devices that are not activated.
    Allowed,
}

/// What a device that is enrolled already and enrolls again is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new policy must answer every stage")]
pub enum RepeatPolicy {
    /// The same credentials until it has connected once, and then a refusal: a lost answer costs
    /// nothing, and a clone of an activated device gets nothing.
    #[default]
    UntilActivated,
    /// The same credentials at any time.
    Always,
    /// A refusal: the answer of the first enrollment must not get lost.
    Never,
}

/// What whoever controls a Thing may do with it.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a host must know what each may do")]
pub enum AccessLevel {
    /// Nothing.
    None,
    /// Read what it says.
    Read,
    /// Read what it says and tell it what to do.
    #[default]
    ReadWrite,
}

/// How many Controllers take a place of a Thing at most: 1 to 1,024, unless told otherwise 64.
///
/// Those that came since the grants on the Thing ended last take one. A lower cap retires nobody:
/// who comes takes the place of one that never connected, or is refused.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "u16")]
pub struct ControllerCap(u16);

impl ControllerCap {
    /// What a template has that does not say.
    pub const DEFAULT: Self = Self(64);
    /// The most.
    pub const MAX: u16 = 1024;

    /// At most that many.
    ///
    /// # Errors
    /// [`InvalidControllerCap`] for 0 and for more than 1,024.
    pub const fn new(number: u16) -> Result<Self, InvalidControllerCap> {
        if 1 <= number && number <= Self::MAX {
            Ok(Self(number))
        } else {
            Err(InvalidControllerCap { found: number })
        }
    }

    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl Default for ControllerCap {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u16> for ControllerCap {
    type Error = InvalidControllerCap;

    fn try_from(number: u16) -> Result<Self, InvalidControllerCap> {
        Self::new(number)
    }
}

impl fmt::Display for ControllerCap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a number is no [`ControllerCap`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("{found} Controllers of a Thing: expected 1 to {max}", max = ControllerCap::MAX)]
pub struct InvalidControllerCap {
    found: u16,
}

/// Whether it is watched from how many sources a device of a template connects.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "it is watched or it is not")]
pub enum SourceWatch {
    /// It is not.
    #[default]
    Off,
    /// A device that connects from more sources than that within a day is suspected to be two.
    AtMost(SourceLimit),
}

/// From how many sources one device connects within a day before it is suspected to be two: 1 to 7.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u8")]
pub struct SourceLimit(NonZeroU8);

impl SourceLimit {
    /// The most.
    pub const MAX: u8 = 7;

    /// At most that many.
    ///
    /// # Errors
    /// [`InvalidSourceLimit`] for 0 and for more than 7.
    pub const fn new(number: u8) -> Result<Self, InvalidSourceLimit> {
        match NonZeroU8::new(number) {
            Some(limit) if number <= Self::MAX => Ok(Self(limit)),
            Some(_) | None => Err(InvalidSourceLimit { found: number }),
        }
    }

    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0.get()
    }
}

impl TryFrom<u8> for SourceLimit {
    type Error = InvalidSourceLimit;

    fn try_from(number: u8) -> Result<Self, InvalidSourceLimit> {
        Self::new(number)
    }
}

impl fmt::Display for SourceLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a number is no [`SourceLimit`].
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("{found} sources of a device: expected 1 to {max}", max = SourceLimit::MAX)]
pub struct InvalidSourceLimit {
    found: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_has_1_to_1024_controllers() {
        for number in [1, 64, 1024] {
            assert_eq!(ControllerCap::new(number).map(ControllerCap::number), Ok(number));
        }
        assert_eq!(ControllerCap::new(64), Ok(ControllerCap::DEFAULT));
        for found in [0, 1025, u16::MAX] {
            assert_eq!(ControllerCap::new(found), Err(InvalidControllerCap { found }));
        }
    }

    #[test]
    fn a_device_is_watched_from_1_to_7_sources() {
        for number in 1..=7 {
            assert_eq!(SourceLimit::new(number).map(SourceLimit::number), Ok(number));
        }
        for found in [0, 8, u8::MAX] {
            assert_eq!(SourceLimit::new(found), Err(InvalidSourceLimit { found }));
        }
    }
}
