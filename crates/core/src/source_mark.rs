//! What is kept of the place that a device enrolled from.

use std::fmt;

/// Eight bytes that tell whether two enrollments of one serial came from one source, and nothing
/// about the source to whoever has neither that key nor the root key: a MAC under the template's
/// key, over the serial and the source. Marks of two serials have nothing in common.
///
/// It proves nothing and protects nothing, so it is compared as any value is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SourceMark([u8; SourceMark::LEN]);

impl SourceMark {
    /// How many bytes it has.
    pub const LEN: usize = 8;

    /// The mark with these bytes.
    #[must_use]
    pub const fn from_parts(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for SourceMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceMark(..)")
    }
}
