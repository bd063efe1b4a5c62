//! An enroll key is sealed, and opened again.

use plugmint_core::KeyVersion;
use plugmint_core::derivation::{PlatformKeys, RootKey, SealNonce, SealedKey};

use crate::memcheck::{is_secret, public, secret};
use crate::scene::{Presented, id, keys};
use crate::verdict::Compared::Secrets;
use crate::verdict::published;

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("sealed-key/seal", seal),
    Case::tag_path("sealed-key/open", TAG, open),
    Case::tag_path("sealed-key/open-with-another-root", TAG, open_with_another_root),
];

const TAG: &[&str] = &["sealed-key-checked", "sealed-key-refused"];

fn seal() {
    let _ = sealed();
}

fn open() {
    let opened = sealed().open(keys().seal(), &id()).unwrap().verifier();
    assert!(is_secret(opened.expose_bytes()));
    let expected = Presented::Right.enroll_key().verifier();
    assert!(published(&[Secrets], || opened.matches(&expected)));
}

fn open_with_another_root() {
    let others = PlatformKeys::of_root(&RootKey::from_random(&mut secret([0x5b; 32])));
    assert!(sealed().open(others.seal(), &id()).is_err());
}

/// Sealed, it goes to the store: nonce, ciphertext and tag are public.
fn sealed() -> SealedKey {
    let (nonce, key) = (SealNonce::from_random([5; 24]), Presented::Right.enroll_key());
    public(SealedKey::seal(KeyVersion::FIRST, keys().seal(), nonce, &id(), &key).unwrap())
}
