//! A message that is hashed while it comes.

use std::fmt;
use std::slice;

use sha2::block_api::compress256;

use crate::wiped::Wiped;

/// A message that comes in parts. It holds no more of them than the last block.
pub struct Message<'a> {
    state: &'a mut [u32; 8],
    block: &'a mut [u8; BLOCK_LEN],
    /// So much of the block is taken.
    taken: usize,
    /// So many bytes have come, with those that the state had taken before: no memory has so many
    /// that eight times as many overflow.
    len: u64,
}

impl<'a> Message<'a> {
    /// Behind `len` bytes in whole blocks that brought the state where it is.
    pub(crate) const fn behind(
        len: usize,
        state: &'a mut [u32; 8],
        block: &'a mut [u8; BLOCK_LEN],
    ) -> Self {
        Self { state, block, taken: 0, len: len as u64 }
    }

    /// The next bytes of it: parts may be cut anywhere.
    pub fn put(&mut self, mut bytes: &[u8]) {
        self.len += bytes.len() as u64;
        while !bytes.is_empty() {
            let (_, room) = self.block.split_at_mut(self.taken);
            let (now, later) = bytes.split_at(bytes.len().min(room.len()));
            let (place, _) = room.split_at_mut(now.len());
            place.copy_from_slice(now);
            self.taken += now.len();
            bytes = later;
            if self.taken == BLOCK_LEN {
                self.compress();
            }
        }
    }

    /// A one bit, zeros, and the length in bits at the end of a block (FIPS 180-4, section 5.1.1).
    pub(crate) fn end(mut self) {
        self.fill(0x80);
        if self.taken > BLOCK_LEN - LENGTH_LEN {
            self.compress();
            self.fill(0);
        }
        if let Some(length) = self.block.last_chunk_mut() {
            *length = (self.len * 8).to_be_bytes();
        }
        self.compress();
    }

    /// Fills the block with zeros behind that byte.
    fn fill(&mut self, first: u8) {
        let (_, room) = self.block.split_at_mut(self.taken);
        room.fill(0);
        if let Some(place) = room.first_mut() {
            *place = first;
            self.taken += 1;
        }
    }

    fn compress(&mut self) {
        compress256(self.state, slice::from_ref(self.block));
        self.taken = 0;
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("len", &self.len).finish_non_exhaustive()
    }
}

/// SHA-256 (FIPS 180-4) of what `message` puts, into `digest`. Allocates nothing.
pub fn sha256_into(digest: &mut [u8; 32], message: impl FnOnce(&mut Message<'_>)) {
    let mut state = Wiped::new(INITIAL);
    let mut block = Wiped::new([0; BLOCK_LEN]);
    let mut begun = Message::behind(0, &mut state, &mut block);
    message(&mut begun);
    begun.end();
    write_digest(&state, digest);
}

/// The bytes of a state, big-endian.
pub(crate) fn write_digest(state: &[u32; 8], into: &mut [u8; 32]) {
    let (places, _) = into.as_chunks_mut();
    places.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
}

/// The bytes that one compression takes.
pub(crate) const BLOCK_LEN: usize = 64;

/// The bytes of a message's length.
const LENGTH_LEN: usize = 8;

/// The state that SHA-256 begins with (FIPS 180-4, section 5.3.3).
pub(crate) const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn a_message_of_every_length_around_a_block_has_its_digest() {
        for len in 0..=3 * BLOCK_LEN {
            let message: Vec<u8> = (0..len).map(|at| u8::try_from(at).unwrap()).collect();
            let mut digest = [0; 32];
            sha256_into(&mut digest, |into| into.put(&message));
            assert_eq!(digest, <[u8; 32]>::from(Sha256::digest(&message)), "{len} bytes");
        }
    }

    #[test]
    fn what_came_is_not_shown() {
        let mut shown = String::new();
        sha256_into(&mut [0; 32], |into| {
            into.put(b"canary");
            shown = format!("{into:?}");
        });
        assert_eq!(shown, "Message { len: 6, .. }");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_a_message_is_cut(parts in vec(vec(any::<u8>(), 0..150), 0..6)) {
            let mut digest = [0; 32];
            sha256_into(&mut digest, |into| parts.iter().for_each(|part| into.put(part)));
            prop_assert_eq!(digest, <[u8; 32]>::from(Sha256::digest(parts.concat())));
        }
    }
}
