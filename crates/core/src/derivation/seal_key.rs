//! What seals keys that must be kept and read back.

use std::fmt;

use crate::secret::Secret;

/// `seal_root`: what seals keys that must be kept and read back.
pub struct SealKey(Box<Secret<32>>);

impl SealKey {
    pub(super) fn new(root: &Secret<32>) -> Self {
        Self(Secret::boxed(|key| key.copy_from_slice(root.expose())))
    }

    pub(super) fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}
