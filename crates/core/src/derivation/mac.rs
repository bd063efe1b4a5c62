//! `mac(key, msg(label, a, b, ...))`: the one way in which anything is derived.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// HMAC-SHA256 under one key, prepared: its two key blocks are hashed once.
#[derive(Clone)]
pub(crate) struct MacKey(Hmac<Sha256>);

impl MacKey {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        // RFC 2104 pads a short key with zeros to the block of 64 bytes. Giving HMAC the whole
        // block has no case that could fail.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = *from);
        let mac = Hmac::new(&block);
        zeroize::Zeroize::zeroize(block.as_mut_slice());
        Self(mac)
    }

    /// `mac(key, msg(label, fields...))`. Allocates nothing.
    pub(crate) fn mac(&self, label: &str, fields: &[&[u8]]) -> Secret<32> {
        let mut mac = self.0.clone();
        update_msg(label, fields, |bytes| mac.update(bytes));
        finish(mac)
    }

    /// `mac(key, a || b)`, for the one message that has no label. Allocates nothing.
    pub(crate) fn mac_joined(&self, a: &[u8], b: &[u8]) -> Secret<32> {
        let mut mac = self.0.clone();
        mac.update(a);
        mac.update(b);
        finish(mac)
    }
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
