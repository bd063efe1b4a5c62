//! Looks at an owner's password.

use futures_util::future::join_all;
use plugmint::{AccountHash, Argon2Cost};
use plugmint_core::derivation::{PasswordText, StretchMemory};
use pollster::block_on;

use super::house::House;
use super::memory::OUT_OF_MEMORY;
use super::tally::Tally;

pub(crate) const COUNTER: &str = "plugmint_verify_account_total";

#[test]
fn every_outcome_of_a_look_at_an_owners_password_is_counted() {
    let mut tally = Tally::of(COUNTER);
    let (house, hash) = (House::chosen(), hash_of(64));
    assert_eq!(asks(&house, &hash, RIGHT), "right");
    let mut all = vec!["right", asks(&house, &hash, "wrong horse")];
    while *all.last().unwrap() == "wrong" {
        all.push(asks(&house, &hash, "wrong horse"));
    }
    assert!(all.len() > 3 && all.last() == Some(&"throttled"), "{all:?}");
    tally.count(&house.recorded, &all);
    crowded(&mut tally);
    for (house, code) in [(House::chosen().closed(), "closed"), (House::costly(), "too-costly")] {
        assert_eq!(asks(&house, &hash_of(128), RIGHT), code);
        tally.count(&house.recorded, &[code]);
    }
    let reads_nothing = "no record is read or written";
    tally.is_whole_but_for(&[
        OUT_OF_MEMORY,
        ("contended", reads_nothing),
        ("store", reads_nothing),
        ("invalid-record", reads_nothing),
        ("missing-root-key", reads_nothing),
        ("plug-id-taken", reads_nothing),
    ]);
}

const RIGHT: &str = "correct horse";

/// Holds a password against a hash, and says what it is told.
pub(crate) fn asks(house: &House, hash: &AccountHash, password: &str) -> &'static str {
    told(block_on(house.scene.registry.verify_account(None, "ada", Some(hash), password)))
}

fn told(answer: Result<bool, plugmint::AccountError>) -> &'static str {
    match answer {
        Ok(true) => "right",
        Ok(false) => "wrong",
        Err(error) => error.code(),
    }
}

/// The right password, hashed with that memory.
fn hash_of(memory_kib: u32) -> AccountHash {
    let cost = Argon2Cost::new(memory_kib, 1, 1).unwrap();
    let text = PasswordText::of_any(RIGHT.as_bytes()).unwrap();
    AccountHash::of_password(text, cost, [0; 16], &mut StretchMemory::new()).unwrap()
}

fn crowded(tally: &mut Tally) {
    let (house, hash) = (House::crowded(), hash_of(16 * 1024));
    let registry = &house.scene.registry;
    let asked = (0..8).map(|_| registry.verify_account(None, "ada", Some(&hash), "wrong horse"));
    let all: Vec<_> = block_on(join_all(asked)).into_iter().map(told).collect();
    assert!(all.contains(&"overloaded") && all.contains(&"wrong"), "{all:?}");
    tally.count(&house.recorded, &all);
}
