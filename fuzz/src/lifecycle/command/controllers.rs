//! What may happen to Controllers.

use super::{Device, OWN_SERIALS, PASSWORDS, Seen};

/// Something that happens to a Controller. `pick` is one of all credentials that were ever told to
/// anybody, counted from the last; `own` is an index into [`OWN_SERIALS`], and none beyond its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the calls that they stand for")]
pub enum OfController {
    Enroll {
        device: Device,
        password: usize,
        own: usize,
    },
    /// Whoever it is connects, Thing or Controller.
    Connect {
        pick: usize,
    },
    /// Whoever it is takes itself off.
    TakeOff {
        pick: usize,
    },
    Disable {
        pick: usize,
    },
    Enable {
        pick: usize,
    },
    Retire {
        pick: usize,
    },
    Reactivate {
        pick: usize,
        seen: Seen,
    },
}

impl OfController {
    pub(super) fn of_bytes(verb: u8, [_, device, first, second]: [u8; 4]) -> Option<Self> {
        let (pick, second) = (usize::from(first), usize::from(second));
        let (password, own) = (pick % PASSWORDS.len(), second % (OWN_SERIALS.len() + 1));
        Some(match verb {
            23 => Self::Enroll { device: Device::of_byte(device), password, own },
            24 => Self::Connect { pick },
            25 => Self::TakeOff { pick },
            26 => Self::Disable { pick },
            27 => Self::Enable { pick },
            28 => Self::Retire { pick },
            29 => Self::Reactivate { pick, seen: Seen::of_argument(second) },
            _ => return None,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        let byte = |index: usize| u8::try_from(index).unwrap_or_default();
        match self {
            Self::Enroll { device, password, own } => {
                [23, device.to_byte(), byte(password), byte(own)]
            }
            Self::Connect { pick } => [24, 0, byte(pick), 0],
            Self::TakeOff { pick } => [25, 0, byte(pick), 0],
            Self::Disable { pick } => [26, 0, byte(pick), 0],
            Self::Enable { pick } => [27, 0, byte(pick), 0],
            Self::Retire { pick } => [28, 0, byte(pick), 0],
            Self::Reactivate { pick, seen } => [29, 0, byte(pick), seen.to_bits()],
        }
    }
}
