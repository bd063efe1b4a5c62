//! What may become of profiles.

use super::{Device, PASSWORDS};

/// What is said of a profile. `pick` is one of all credentials that were ever told to anybody,
/// counted from the last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the calls that they stand for")]
pub enum OfProfiles {
    Set { pick: usize, said: Said },
    SetOwn { pick: usize, said: Said },
    Enroll { device: Device, password: usize, said: Said },
}

/// Of a name, permissions and properties, in this order.
pub type Said = [Word; 3];

/// What becomes of one of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Word {
    /// It stays.
    Stays,
    /// It is the first or the second of two texts.
    Is(usize),
    /// It is nothing any more.
    Goes,
}

impl Word {
    const fn of_bits(bits: usize) -> Self {
        match bits % 4 {
            0 => Self::Stays,
            3 => Self::Goes,
            bits => Self::Is(bits - 1),
        }
    }

    const fn to_bits(self) -> usize {
        match self {
            Self::Stays => 0,
            Self::Is(which) => which + 1,
            Self::Goes => 3,
        }
    }
}

impl OfProfiles {
    pub(super) fn of_bytes(verb: u8, [_, device, first, second]: [u8; 4]) -> Option<Self> {
        let (pick, second) = (usize::from(first), usize::from(second));
        let said = [second, second >> 2, second >> 4].map(Word::of_bits);
        Some(match verb {
            40 => Self::Set { pick, said },
            41 => Self::SetOwn { pick, said },
            42 => {
                let (device, password) = (Device::of_byte(device), pick % PASSWORDS.len());
                Self::Enroll { device, password, said }
            }
            _ => return None,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        let byte = |index: usize| u8::try_from(index).unwrap_or_default();
        let bits = |[name, perm, props]: Said| {
            byte(name.to_bits() | perm.to_bits() << 2 | props.to_bits() << 4)
        };
        match self {
            Self::Set { pick, said } => [40, 0, byte(pick), bits(said)],
            Self::SetOwn { pick, said } => [41, 0, byte(pick), bits(said)],
            Self::Enroll { device, password, said } => {
                [42, device.to_byte(), byte(password), bits(said)]
            }
        }
    }
}
