//! What commands are made of.

use super::{SERIALS, TEMPLATES};

/// A serial of a template; the last template is not there.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Device {
    /// Which template.
    pub template: usize,
    /// Which of [`SERIALS`].
    pub serial: usize,
}

impl Device {
    pub(super) fn of_byte(byte: u8) -> Self {
        let (template, serial) = (usize::from(byte >> 4), usize::from(byte & 15));
        Self { template: template % TEMPLATES, serial: serial % SERIALS.len() }
    }

    pub(super) fn to_byte(self) -> u8 {
        u8::try_from(self.template << 4 | self.serial).unwrap_or_default()
    }
}

/// Which epoch an operator saw.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seen {
    /// The present one.
    Present,
    /// The one before.
    Before,
    /// One that was not yet.
    NotYet,
}

impl Seen {
    const ALL: [Self; 3] = [Self::Present, Self::Before, Self::NotYet];

    /// From the upper half of an argument.
    pub(super) const fn of_argument(argument: usize) -> Self {
        Self::ALL[(argument >> 4) % Self::ALL.len()]
    }

    pub(super) const fn to_bits(self) -> u8 {
        (self as u8) << 4
    }
}

/// What a device shows to connect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// What it was told.
    Right,
    /// What it was told, the Plug-ID in upper case.
    RightInUpperCase,
    /// Its Plug-ID and another password.
    OtherPassword,
    /// Its password and the id of a template with the digits of its Plug-ID.
    OtherKind,
    /// Its Plug-ID and its password, with something behind.
    Malformed,
}

impl Proof {
    pub(super) const ALL: [Self; 5] = [
        Self::Right,
        Self::RightInUpperCase,
        Self::OtherPassword,
        Self::OtherKind,
        Self::Malformed,
    ];
}
