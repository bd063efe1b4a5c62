//! Records: what is kept under a key.

use std::fmt;

/// A value and the revision that it was committed with.
#[derive(Clone, Eq, PartialEq)]
pub struct Record {
    revision: Revision,
    value: Vec<u8>,
}

impl Record {
    /// A value as `revision` left it.
    #[must_use]
    pub const fn new(revision: Revision, value: Vec<u8>) -> Self {
        Self { revision, value }
    }

    /// The revision to guard with.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The bytes that were put.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The bytes that were put.
    #[must_use]
    pub fn into_value(self) -> Vec<u8> {
        self.value
    }
}

/// Shows the length and not the bytes: a store does not know what it holds.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("revision", &self.revision)
            .field("len", &self.value.len())
            .finish_non_exhaustive()
    }
}

/// Which commit a record was last put by. Opaque: only equality means anything, and none is ever
/// given twice by one store (clause C3).
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Revision([u8; Revision::LEN]);

impl Revision {
    /// The bytes of a revision.
    pub const LEN: usize = 16;

    /// The revision that a backend keeps as these bytes.
    #[must_use]
    pub const fn from_parts(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes for a backend to keep.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({:032x})", u128::from_be_bytes(self.0))
    }
}
