//! A key of HMAC-SHA256.

use std::fmt;
use std::slice;

use sha2::block_api::compress256;

use crate::message::{BLOCK_LEN, INITIAL, Message, write_digest};
use crate::wiped::Wiped;

/// A key of HMAC-SHA256, prepared: its two blocks are hashed once, for two compressions that each
/// message saves.
///
/// It lies in one place from the beginning, so that moving it leaves no copy behind, is wiped when
/// dropped, and is not shown.
pub struct MacKey(Box<[Wiped<u32, 8>; 2]>);

impl MacKey {
    /// Prepares a key. Costs two compressions and a block of 64 bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let mut states = Box::new([Wiped::new(INITIAL), Wiped::new(INITIAL)]);
        let mut block = Wiped::new([0; BLOCK_LEN]);
        for (state, pad) in states.iter_mut().zip([INNER_PAD, OUTER_PAD]) {
            block.fill(pad);
            block.iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
            compress256(state, slice::from_ref(&*block));
        }
        Self(states)
    }

    /// The MAC of what `message` puts, into `mac`. Costs a compression for each 64 bytes that are
    /// begun, where the end counts as 9 more, and another one. Allocates nothing.
    pub fn mac_into(&self, mac: &mut [u8; 32], message: impl FnOnce(&mut Message<'_>)) {
        let [inner, _] = &*self.0;
        let mut state = Wiped::new(INITIAL);
        let mut block = Wiped::new([0; BLOCK_LEN]);
        *state = **inner;
        let mut begun = Message::behind(BLOCK_LEN, &mut state, &mut block);
        message(&mut begun);
        begun.end();
        self.finish(&mut state, &mut block, mac);
    }

    /// The MAC of a message of 36 bytes in two parts, into `mac`: two compressions and no more than
    /// has to be around them, as every connection of a device pays for it.
    #[inline]
    pub fn mac_of_36_into(&self, mac: &mut [u8; 32], a: &[u8; 12], b: &[u8; 24]) {
        let [inner, _] = &*self.0;
        let mut state = Wiped::new(INITIAL);
        let mut block = Wiped::new(last_block(36));
        *state = **inner;
        put(&mut block, 0, a);
        put(&mut block, a.len(), b);
        compress256(&mut state, slice::from_ref(&*block));
        self.finish(&mut state, &mut block, mac);
    }

    /// From the state behind a message to its MAC: what it came to is hashed once more.
    #[inline]
    fn finish(&self, state: &mut [u32; 8], block: &mut [u8; BLOCK_LEN], mac: &mut [u8; 32]) {
        let [_, outer] = &*self.0;
        write_digest(state, mac);
        *state = **outer;
        *block = last_block(32);
        put(block, 0, mac);
        compress256(state, slice::from_ref(block));
        write_digest(state, mac);
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(..)")
    }
}

/// Bytes into a block; what lies behind its end is not written, so nobody asks for that.
fn put<const N: usize>(block: &mut [u8; BLOCK_LEN], at: usize, bytes: &[u8; N]) {
    if let Some(place) = block.get_mut(at..at + N) {
        place.copy_from_slice(bytes);
    }
}

/// The last block of a message that has one whole block before it, with zeros in place of its last
/// `len` bytes: behind them a one bit, zeros, and the message's length in bits (FIPS 180-4, 5.1.1).
fn last_block(len: u8) -> [u8; BLOCK_LEN] {
    let mut block = [0; BLOCK_LEN];
    let bits = (BLOCK_LEN as u64 + u64::from(len)) * 8;
    put(&mut block, usize::from(len), &[0x80]);
    put(&mut block, BLOCK_LEN - 8, &bits.to_be_bytes());
    block
}

/// What the key's blocks are filled with (RFC 2104).
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;

    /// What another implementation says.
    fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    #[test]
    fn a_message_of_every_length_around_a_block_has_its_mac() {
        for len in 0..=2 * BLOCK_LEN {
            let (key, message) = ([9; 32], vec![b'x'; len]);
            let mut mac = [0; 32];
            MacKey::new(&key).mac_into(&mut mac, |into| into.put(&message));
            assert_eq!(mac, hmac(&key, &message), "{len} bytes");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", MacKey::new(&[65; 32])), "MacKey(..)");
    }

    proptest! {
        #[test]
        fn it_is_the_hmac_of_all_parts(
            key in any::<[u8; 32]>(),
            parts in vec(vec(any::<u8>(), 0..150), 0..6),
        ) {
            let mut mac = [0; 32];
            let prepared = MacKey::new(&key);
            prepared.mac_into(&mut mac, |into| parts.iter().for_each(|part| into.put(part)));
            prop_assert_eq!(mac, hmac(&key, &parts.concat()));
        }

        #[test]
        fn that_of_36_bytes_is_the_same(
            key in any::<[u8; 32]>(),
            a in any::<[u8; 12]>(),
            b in any::<[u8; 24]>(),
        ) {
            let mut mac = [0; 32];
            MacKey::new(&key).mac_of_36_into(&mut mac, &a, &b);
            prop_assert_eq!(mac, hmac(&key, &[&a[..], &b].concat()));
        }
    }
}
