//! Records: what is kept under a key.

use std::fmt;
use std::sync::Arc;

/// A value and the revision that it was committed with.
///
/// A clone shares the bytes: a store that keeps records in memory gives one out without copying.
#[derive(Clone)]
pub struct Record {
    revision: Revision,
    /// What a store keeps in one place, and where in it the value lies.
    kept: Arc<[u8]>,
    range: (usize, usize),
}

impl Record {
    /// A value as `revision` left it.
    #[must_use]
    pub fn new(revision: Revision, value: impl Into<Arc<[u8]>>) -> Self {
        Self::behind(revision, value.into(), 0)
    }

    /// A value as `revision` left it, behind the first `len` bytes of what is kept: for stores that
    /// keep something before each value, such as its key.
    #[must_use]
    pub fn behind(revision: Revision, kept: Arc<[u8]>, len: usize) -> Self {
        Self { revision, range: (len, kept.len()), kept }
    }

    /// Its first `len` bytes, or all of them if it has fewer: for stores over stores that keep
    /// something behind each value. Copies nothing.
    #[must_use]
    pub fn truncated(self, len: usize) -> Self {
        let (from, to) = self.range;
        Self { range: (from, to.min(from.saturating_add(len))), ..self }
    }

    /// The revision to guard with.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// The bytes that were put.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        let (from, to) = self.range;
        self.kept.get(from..to).unwrap_or_default()
    }

    /// The bytes that were put, for whoever changes them.
    #[must_use]
    pub fn into_value(self) -> Vec<u8> {
        self.value().to_vec()
    }
}

/// The same value at the same revision.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision && self.value() == other.value()
    }
}

impl Eq for Record {}

/// Shows the length and not the bytes: a store does not know what it holds.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("revision", &self.revision)
            .field("len", &self.value().len())
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
