//! `mac(key, msg(label, a, b, ...))`: the one way in which anything is derived.

use plugmint_mac::{MacKey, Message, sha256_into};

use crate::secret::Secret;

/// Writes `mac(key, msg(label, fields...))` into its place. Allocates nothing.
pub(crate) fn mac_into(key: &MacKey, mac: &mut [u8; 32], label: &str, fields: &[&[u8]]) {
    key.mac_into(mac, |message| put_msg(message, label, fields));
}

/// Writes `SHA-256(msg(label, fields...))` into its place. Allocates nothing.
pub(crate) fn digest_into(digest: &mut [u8; 32], label: &str, fields: &[&[u8]]) {
    sha256_into(digest, |message| put_msg(message, label, fields));
}

/// The first bytes of `SHA-256(msg(label, fields...))`, where no field is a secret.
pub(crate) fn digest<const N: usize>(label: &str, fields: &[&[u8]]) -> [u8; N] {
    let mut whole = Secret::zeros();
    digest_into(whole.bytes_mut(), label, fields);
    whole.first()
}

/// `msg(label, fields...)` as one string of bytes.
pub(crate) fn msg(label: &str, fields: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    parts(label, fields, |part| message.extend_from_slice(part));
    message
}

fn put_msg(message: &mut Message<'_>, label: &str, fields: &[&[u8]]) {
    parts(label, fields, |part| message.put(part));
}

/// Each field behind its length.
fn parts(label: &str, fields: &[&[u8]], mut part: impl FnMut(&[u8])) {
    for field in std::iter::once(&label.as_bytes()).chain(fields) {
        // INVARIANT: no field is longer than u32 can say. Ids, serials and keys have fixed bounds,
        // and PasswordText refuses longer texts.
        let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
        part(&len.to_be_bytes());
        part(field);
    }
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
    fn a_mac_is_that_of_the_message() {
        let key = MacKey::new(&[9; 32]);
        let mut whole = [0; 32];
        key.mac_into(&mut whole, |message| message.put(&msg("label", &[b"x", b"yz"])));
        let mut mac = [0; 32];
        mac_into(&key, &mut mac, "label", &[b"x", b"yz"]);
        assert_eq!(mac, whole);
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
