//! Bytes that passwords may stand in.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Bytes that are shown by their length, and wiped wherever they leave.
#[derive(Default)]
pub(crate) struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    /// Takes on what is behind those that are there.
    pub(crate) fn push(&mut self, more: &[u8]) {
        let length = self.0.len() + more.len();
        if length > self.0.capacity() {
            // A vector that grows by itself leaves what it held where it was.
            let mut grown = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(more);
    }

    /// Takes off so many of the first, or all where there are no more.
    pub(crate) fn take(&mut self, length: usize) -> Self {
        let mut taken = Self::default();
        let (first, rest) = self.0.split_at(length.min(self.0.len()));
        taken.push(first);
        let mut left = Self::default();
        left.push(rest);
        *self = left;
        taken
    }

    pub(crate) fn clear(&mut self) {
        self.0.zeroize();
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// All of them, wiped once they are not needed.
    pub(crate) fn into_inner(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl fmt::Debug for Wiped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_and_what_is_left_are_all_of_it() {
        let mut bytes = Wiped::default();
        for more in [&b"abc"[..], b"", b"defgh"] {
            bytes.push(more);
        }
        assert_eq!((bytes.take(3).bytes(), bytes.bytes()), (&b"abc"[..], &b"defgh"[..]));
        assert_eq!((bytes.take(9).bytes(), bytes.bytes()), (&b"defgh"[..], &b""[..]));
        bytes.push(b"i");
        bytes.clear();
        assert_eq!((bytes.bytes(), format!("{bytes:?}")), (&b""[..], "0 bytes".to_owned()));
    }
}
