//! Whether a key version is still written under.

use serde::{Deserialize, Serialize};

use crate::codec::{Decoder, Encoder, InvalidRecord};

/// Where a key version stands that is no longer in use. One without a record is in use: records may
/// be written under it, and its root must be there.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new standing must break every match")]
pub enum KeyStanding {
    /// Nothing is written under it any more; something may still lie there, so its root is needed.
    Closed,
    /// Nothing lies under it any more: its root may be gone.
    Dropped,
}

impl KeyStanding {
    /// Its canonical bytes; the version is the record's key.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u8(match self {
            Self::Closed => 0,
            Self::Dropped => 1,
        });
        encoder.finish()
    }

    /// A standing from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`KeyStanding::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("key standing", VERSION, bytes)?;
        let standing = match decoder.u8("standing")? {
            0 => Self::Closed,
            1 => Self::Dropped,
            _ => return Err(decoder.invalid("standing")),
        };
        decoder.finish()?;
        Ok(standing)
    }
}

const VERSION: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_is_read_back_and_nothing_else_is() {
        for standing in [KeyStanding::Closed, KeyStanding::Dropped] {
            assert_eq!(KeyStanding::decode(&standing.encode()), Ok(standing));
        }
        for other in [&[1, 2, 0, 0][..], &[2, 0, 0, 0], &[1, 0, 0], &[1, 0, 0, 0, 0], &[]] {
            assert!(KeyStanding::decode(other).is_err(), "{other:?}");
        }
    }
}
