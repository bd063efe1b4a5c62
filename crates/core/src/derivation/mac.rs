//! `mac(key, msg(label, a, b, ...))`: the one way in which anything is derived.

use hmac::{Hmac, KeyInit, Mac};
use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use crate::secret::{Secret, Wiped};

/// HMAC-SHA256 under one key, prepared: its two key blocks are hashed once.
///
/// Its state lies in one place from the start, and moving it leaves no copy behind.
pub(crate) struct MacKey(Box<Hmac<Sha256>>);

impl MacKey {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        // RFC 2104 pads a short key with zeros to the block of 64 bytes. Giving HMAC the whole
        // block has no case that could fail.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = *from);
        let mac = Hmac::new(&block);
        block.as_mut_slice().zeroize();
        Self(Box::new(mac))
    }

    /// `mac(key, msg(label, fields...))`. Allocates nothing.
    pub(crate) fn mac(&self, label: &str, fields: &[&[u8]]) -> Secret<32> {
        let mut mac = Hmac::clone(&self.0);
        update_msg(label, fields, |bytes| mac.update(bytes));
        finish(mac)
    }
}

/// HMAC-SHA256 under one key of the one message that has no label, which every connection pays for:
/// the key's two blocks are compressed beforehand, and two compressions are left.
///
/// A general HMAC copies and wipes two buffers besides, which takes as long as the compressions.
pub(crate) struct ShortMac(Box<[Wiped<u32, 8>; 2]>);

impl ShortMac {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        let prepared = |pad: u8| {
            let mut block = Wiped::new([pad; BLOCK_LEN]);
            block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to ^= from);
            let mut state = Wiped::new(INITIAL);
            compress256(&mut state, std::slice::from_ref(&*block));
            state
        };
        Self(Box::new([prepared(INNER_PAD), prepared(OUTER_PAD)]))
    }

    /// `mac(key, a || b)`. Allocates nothing.
    pub(crate) fn mac(&self, a: &[u8; 12], b: &[u8; 24]) -> Secret<32> {
        let [inner, outer] = &*self.0;
        let mut block = Wiped::new(padded(36));
        put(&mut block, 0, a);
        put(&mut block, a.len(), b);
        let digest = digest_after(inner, &block);
        *block = padded(32);
        put(&mut block, 0, digest.expose());
        digest_after(outer, &block)
    }
}

/// The digest of a message whose first block came to `state`, and whose last is `block`.
fn digest_after(state: &[u32; 8], block: &[u8; BLOCK_LEN]) -> Secret<32> {
    let mut state = Wiped::new(*state);
    compress256(&mut state, std::slice::from_ref(block));
    Secret::of_words(&state)
}

/// Bytes into a block; what lies behind its end is not written, so nobody asks for that.
fn put<const N: usize>(block: &mut [u8; BLOCK_LEN], at: usize, bytes: &[u8; N]) {
    if let Some(place) = block.get_mut(at..at + N) {
        place.copy_from_slice(bytes);
    }
}

/// The last block of a message that has one whole block before it, with zeros in place of its last
/// `len` bytes: behind them a one bit, zeros, and the message's length in bits (FIPS 180-4, 5.1.1).
fn padded(len: u8) -> [u8; BLOCK_LEN] {
    let mut block = [0; BLOCK_LEN];
    let bits = (BLOCK_LEN as u64 + u64::from(len)) * 8;
    put(&mut block, usize::from(len), &[0x80]);
    put(&mut block, BLOCK_LEN - 8, &bits.to_be_bytes());
    block
}

/// `SHA-256(msg(label, fields...))`.
pub(crate) fn sha256(label: &str, fields: &[&[u8]]) -> Secret<32> {
    let mut hash = Sha256::new();
    update_msg(label, fields, |bytes| hash.update(bytes));
    Secret::new(hash.finalize().into())
}

/// `msg(label, fields...)` as one string of bytes.
pub(crate) fn msg(label: &str, fields: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    update_msg(label, fields, |bytes| message.extend_from_slice(bytes));
    message
}

fn update_msg(label: &str, fields: &[&[u8]], mut update: impl FnMut(&[u8])) {
    for field in std::iter::once(&label.as_bytes()).chain(fields) {
        // INVARIANT: no field is longer than u32 can say. Ids, serials and keys have fixed bounds,
        // and PasswordText refuses longer texts.
        let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
        update(&len.to_be_bytes());
        update(field);
    }
}

fn finish(mac: Hmac<Sha256>) -> Secret<32> {
    Secret::new(mac.finalize().into_bytes().into())
}

/// The bytes that one compression of SHA-256 takes.
const BLOCK_LEN: usize = 64;

/// What the key's blocks are filled with (RFC 2104).
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// The state that SHA-256 begins with (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] = [
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_its_fields_behind_their_lengths() {
        assert_eq!(
            msg("ab", &[b"", b"cde"]),
            [&[0, 0, 0, 2][..], b"ab", &[0, 0, 0, 0], &[0, 0, 0, 3], b"cde"].concat()
        );
    }

    #[test]
    fn a_prepared_key_gives_what_the_whole_message_gives() {
        let key = Secret::new([9; 32]);
        let mut whole = Hmac::<Sha256>::new_from_slice(key.expose()).unwrap();
        whole.update(&msg("label", &[b"x", b"yz"]));
        let expected: [u8; 32] = whole.finalize().into_bytes().into();
        assert_eq!(MacKey::new(&key).mac("label", &[b"x", b"yz"]).expose(), &expected);
    }

    proptest! {
        #[test]
        fn the_mac_of_a_connection_is_the_hmac_of_its_bytes(
            key in any::<[u8; 32]>(),
            a in any::<[u8; 12]>(),
            b in any::<[u8; 24]>(),
        ) {
            let mut whole = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            whole.update(&a);
            whole.update(&b);
            let expected: [u8; 32] = whole.finalize().into_bytes().into();
            let short = ShortMac::new(&Secret::new(key)).mac(&a, &b);
            prop_assert_eq!(short.expose(), &expected);
        }

        /// Injective: whoever splits the same bytes otherwise hashes another message.
        #[test]
        fn distinct_fields_are_distinct_messages(
            a in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..4),
            b in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..4),
        ) {
            let slices = |fields: &[Vec<u8>]| fields.to_vec();
            let (a, b) = (slices(&a), slices(&b));
            let of = |fields: &[Vec<u8>]| {
                msg("l", &fields.iter().map(Vec::as_slice).collect::<Vec<_>>())
            };
            prop_assert_eq!(of(&a) == of(&b), a == b);
        }

        #[test]
        fn moving_a_boundary_changes_the_message(
            bytes in proptest::collection::vec(any::<u8>(), 1..20),
            at in any::<prop::sample::Index>(),
            other in any::<prop::sample::Index>(),
        ) {
            let (at, other) = (at.index(bytes.len() + 1), other.index(bytes.len() + 1));
            let split = |at: usize| msg("l", &[&bytes[..at], &bytes[at..]]);
            prop_assert_eq!(split(at) == split(other), at == other);
        }
    }
}
