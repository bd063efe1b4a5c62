//! Bytes that nobody may see: wiped when dropped, compared in constant time, never shown.

use std::fmt;
use std::ops::{Deref, DerefMut};

use subtle::ConstantTimeEq;
use zeroize::{DefaultIsZeroes, Zeroize, Zeroizing};

/// A fixed number of secret bytes.
#[derive(Clone)]
pub(crate) struct Secret<const N: usize>(Wiped<u8, N>);

impl<const N: usize> Secret<N> {
    pub(crate) fn new(bytes: [u8; N]) -> Self {
        Self(Wiped::new(bytes))
    }

    /// Takes the bytes and leaves zeros where they were.
    pub(crate) fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self::new(*bytes);
        bytes.as_mut_slice().zeroize();
        secret
    }

    /// The first `M` bytes; `M` is at most `N`.
    pub(crate) fn truncated<const M: usize>(&self) -> Secret<M> {
        const { assert!(M <= N) };
        let mut head = Secret::new([0; M]);
        head.0.iter_mut().zip(self.0.iter()).for_each(|(to, from)| *to = *from);
        head
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

impl Secret<32> {
    /// The bytes of these words, big-endian.
    pub(crate) fn of_words(words: &[u32; 8]) -> Self {
        let mut secret = Self::new([0; 32]);
        let (places, _) = secret.0.as_chunks_mut::<4>();
        places.iter_mut().zip(words).for_each(|(to, word)| *to = word.to_be_bytes());
        secret
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// An array that is wiped when dropped, all at once: `Zeroizing` goes element by element, which
/// takes as long as a compression does.
#[derive(Clone)]
pub(crate) struct Wiped<T: DefaultIsZeroes, const N: usize>([T; N]);

impl<T: DefaultIsZeroes, const N: usize> Wiped<T, N> {
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
    fn a_truncated_secret_is_its_beginning() {
        let secret = Secret::new([1, 2, 3, 4]);
        assert_eq!(secret.truncated::<2>().expose(), &[1, 2]);
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new([65; 4])), "..");
    }
}
