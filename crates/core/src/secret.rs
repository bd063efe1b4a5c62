//! Bytes that nobody may see: wiped when dropped, compared in constant time, never shown.

use std::fmt;
use std::ops::Deref;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A fixed number of secret bytes.
#[derive(Clone)]
pub(crate) struct Secret<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> Secret<N> {
    pub(crate) fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Takes the bytes and leaves zeros where they were.
    pub(crate) fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self::new(*bytes);
        bytes.zeroize();
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
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
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
    fn a_truncated_secret_is_its_beginning() {
        let secret = Secret::new([1, 2, 3, 4]);
        assert_eq!(secret.truncated::<2>().expose(), &[1, 2]);
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new([65; 4])), "..");
    }
}
