//! What may happen to grants.

use super::{Device, LEVELS, PASSWORDS};

/// Something that happens to grants. `pick` is one of all credentials that were ever told to
/// anybody, counted from the last: whoever it is holds them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the calls that they stand for")]
pub enum OfGrants {
    AddThing {
        device: Device,
        pick: usize,
        password: usize,
    },
    /// The device alone, or all serials of its template in one call.
    ReleaseThings {
        device: Device,
        pick: usize,
        all: bool,
    },
    ReleaseAllThings {
        pick: usize,
    },
    Grant {
        device: Device,
        pick: usize,
    },
    Release {
        device: Device,
        pick: usize,
    },
    ReleaseAll {
        pick: usize,
    },
    /// One of [`LEVELS`].
    SetAccess {
        device: Device,
        level: usize,
    },
}

impl OfGrants {
    pub(super) fn of_bytes(verb: u8, [_, device, first, second]: [u8; 4]) -> Option<Self> {
        let (device, pick) = (Device::of_byte(device), usize::from(first));
        let second = usize::from(second);
        Some(match verb {
            30 => Self::AddThing { device, pick, password: second % PASSWORDS.len() },
            31 => Self::ReleaseThings { device, pick, all: second % 2 == 1 },
            32 => Self::ReleaseAllThings { pick },
            33 => Self::Grant { device, pick },
            34 => Self::Release { device, pick },
            35 => Self::ReleaseAll { pick },
            36 => Self::SetAccess { device, level: pick % LEVELS.len() },
            _ => return None,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        let byte = |index: usize| u8::try_from(index).unwrap_or_default();
        match self {
            Self::AddThing { device, pick, password } => {
                [30, device.to_byte(), byte(pick), byte(password)]
            }
            Self::ReleaseThings { device, pick, all } => {
                [31, device.to_byte(), byte(pick), u8::from(all)]
            }
            Self::ReleaseAllThings { pick } => [32, 0, byte(pick), 0],
            Self::Grant { device, pick } => [33, device.to_byte(), byte(pick), 0],
            Self::Release { device, pick } => [34, device.to_byte(), byte(pick), 0],
            Self::ReleaseAll { pick } => [35, 0, byte(pick), 0],
            Self::SetAccess { device, level } => [36, device.to_byte(), byte(level), 0],
        }
    }
}
