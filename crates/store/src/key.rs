//! Keys: what records are found by.

use std::fmt;

use arrayvec::ArrayVec;
use thiserror::Error;

/// 1 to 200 bytes that a record is kept under, ordered byte by byte.
///
/// It lives inline, so that a look-up allocates nothing. Keys are no secret: errors name them.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Key(ArrayVec<u8, { Key::MAX_LEN }>);

impl Key {
    /// The most bytes of a key.
    pub const MAX_LEN: usize = 200;

    /// The key of these bytes.
    ///
    /// # Errors
    /// [`InvalidKey`] when there are none, or more than 200.
    pub fn new(bytes: &[u8]) -> Result<Self, InvalidKey> {
        Self::joined(&[bytes])
    }

    /// The key of these bytes, one part after the other.
    ///
    /// # Errors
    /// [`InvalidKey`] when there are none, or more than 200.
    pub fn joined(parts: &[&[u8]]) -> Result<Self, InvalidKey> {
        let invalid = InvalidKey { found: parts.iter().map(|part| part.len()).sum() };
        let mut key = ArrayVec::new();
        for part in parts {
            key.try_extend_from_slice(part).map_err(|_| invalid)?;
        }
        if key.is_empty() { Err(invalid) } else { Ok(Self(key)) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Printable bytes as they are, the others as `\xNN`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_ascii().fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// Bytes cannot be a key.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("{found} bytes cannot be a key: expected 1 to {max}", max = Key::MAX_LEN)]
pub struct InvalidKey {
    found: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_has_1_to_200_bytes() {
        assert_eq!(Key::new(b""), Err(InvalidKey { found: 0 }));
        assert!(Key::new(&[0; 1]).is_ok());
        assert!(Key::new(&[0; 200]).is_ok());
        assert_eq!(Key::joined(&[&[0; 200], &[0]]), Err(InvalidKey { found: 201 }));
    }

    #[test]
    fn a_key_is_printed_readably() {
        assert_eq!(Key::new(b"s\x00SN-1").unwrap().to_string(), "s\\x00SN-1");
    }

    proptest! {
        #[test]
        fn keys_are_ordered_as_their_bytes(
            a in proptest::collection::vec(any::<u8>(), 1..8),
            b in proptest::collection::vec(any::<u8>(), 1..8),
        ) {
            prop_assert_eq!(Key::new(&a).unwrap().cmp(&Key::new(&b).unwrap()), a.cmp(&b));
        }
    }
}
