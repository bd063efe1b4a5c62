//! An array that is wiped where it lies.

use std::ops::{Deref, DerefMut};

use zeroize::{DefaultIsZeroes, Zeroize};

/// An array that is wiped when dropped, all at once: `Zeroizing` goes item by item, which takes as
/// long as a compression does. It is written where it lies: moving it leaves a copy behind.
pub(crate) struct Wiped<T: DefaultIsZeroes, const N: usize>([T; N]);

impl<T: DefaultIsZeroes, const N: usize> Wiped<T, N> {
    /// An array that is no secret yet.
    pub(crate) const fn new(array: [T; N]) -> Self {
        Self(array)
    }
}

impl<T: DefaultIsZeroes, const N: usize> Drop for Wiped<T, N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl<T: DefaultIsZeroes, const N: usize> Deref for Wiped<T, N> {
    type Target = [T; N];

    fn deref(&self) -> &[T; N] {
        &self.0
    }
}

impl<T: DefaultIsZeroes, const N: usize> DerefMut for Wiped<T, N> {
    fn deref_mut(&mut self) -> &mut [T; N] {
        &mut self.0
    }
}
