//! Bytes that nobody may see: wiped when dropped, compared in constant time, never shown.

use std::fmt;
use std::ops::Deref;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A fixed number of secret bytes.
///
/// Moving them leaves a copy behind, on a stack or in a block that is freed: what is secret is
/// written where it shall lie, and is handed on in a block.
#[derive(Clone)]
pub(crate) struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    /// For bytes that are no secret: what a store keeps.
    pub(crate) const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// Zeros, to be written over where they are.
    pub(crate) const fn zeros() -> Self {
        Self::new([0; N])
    }

    /// In a block, where it is written.
    pub(crate) fn boxed(write: impl FnOnce(&mut [u8; N])) -> Box<Self> {
        let mut secret = Box::new(Self::zeros());
        write(&mut secret.0);
        secret
    }

    /// As [`boxed`](Self::boxed), where that may fail.
    pub(crate) fn try_boxed<E>(
        write: impl FnOnce(&mut [u8; N]) -> Result<(), E>,
    ) -> Result<Box<Self>, E> {
        let mut secret = Box::new(Self::zeros());
        write(&mut secret.0)?;
        Ok(secret)
    }

    /// Takes the bytes and leaves zeros where they were.
    #[expect(clippy::unnecessary_box_returns, reason = "what is returned by value moves")]
    pub(crate) fn take(bytes: &mut [u8; N]) -> Box<Self> {
        let secret = Self::boxed(|secret| secret.copy_from_slice(bytes));
        bytes.as_mut_slice().zeroize();
        secret
    }

    /// The first `M` bytes, which are no secret; `M` is at most `N`.
    pub(crate) fn first<const M: usize>(&self) -> [u8; M] {
        const { assert!(M <= N) };
        let mut first = [0; M];
        first.iter_mut().zip(self.expose()).for_each(|(to, from)| *to = *from);
        first
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }

    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Whether both hold the same bytes, in a time that does not depend on them.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.matches_bytes(&other.0)
    }

    /// The same, with bytes that lie elsewhere.
    pub(crate) fn matches_bytes(&self, other: &[u8; N]) -> bool {
        const { assert!(N.is_multiple_of(8)) };
        // Eight bytes at a time: a barrier for each byte takes as long as a compression.
        let (words, others) = (self.0.as_chunks::<8>().0, other.as_chunks::<8>().0);
        let difference = words.iter().zip(others).fold(0, |difference, (word, other)| {
            difference | (u64::from_be_bytes(*word) ^ u64::from_be_bytes(*other))
        });
        difference.ct_eq(&0).into()
    }
}

/// As a slice, which is wiped at once: an array is wiped byte by byte, which takes as long as a
/// compression of SHA-256.
impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// A secret as text: it reads as a `str`, is wiped when dropped, and is not shown.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(crate) const fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl Deref for SecretText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_match_only_when_every_byte_does() {
        let secret = Secret::new([7; 32]);
        assert!(secret.matches(&Secret::new([7; 32])));
        for at in 0..32 {
            let mut other = [7; 32];
            other[at] ^= 0x80;
            assert!(!secret.matches(&Secret::new(other)), "byte {at}");
        }
    }

    #[test]
    fn differences_do_not_make_up_for_each_other() {
        let mut other = [7; 32];
        other[3] ^= 0x80;
        other[11] ^= 0x80;
        assert!(!Secret::new([7; 32]).matches(&Secret::new(other)));
    }

    #[test]
    fn the_first_bytes_are_its_beginning() {
        assert_eq!(Secret::new([1, 2, 3, 4]).first::<2>(), [1, 2]);
    }

    #[test]
    fn what_is_taken_is_zero_where_it_was() {
        let mut bytes = [7; 4];
        assert_eq!(Secret::take(&mut bytes).expose(), &[7; 4]);
        assert_eq!(bytes, [0; 4]);
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new([65; 4])), "..");
    }
}
