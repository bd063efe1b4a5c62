//! Attempts at an owner's password.

use plugmint::{AccountHash, Source};
use plugmint_core::derivation::{PasswordText, StretchMemory};

use crate::prelude::*;

const RIGHT: &str = "correct horse";

/// Somebody at that address says that it is the owner.
fn says(scene: &Scene, from: u8, password: &str) -> Result<bool, Duration> {
    let cost = Argon2Cost::new(64, 1, 1).unwrap();
    let text = PasswordText::of_any(RIGHT.as_bytes()).unwrap();
    let hash = AccountHash::of_password(text, cost, [0; 16], &mut StretchMemory::new()).unwrap();
    let from = Source::new([from]).unwrap();
    let look = scene.registry.verify_account(Some(&from), "ada", Some(&hash), password);
    block_on(look).map_err(|error| error.retry_after().unwrap())
}

#[test]
fn two_wrong_passwords_of_an_owner_hold_the_right_one_up_for_80_seconds_at_that_address() {
    let scene = scene();
    for _ in 0..2 {
        assert_eq!(says(&scene, 1, "wrong horse"), Ok(false));
    }
    assert_eq!(says(&scene, 1, RIGHT), Err(Duration::from_secs(80)));
    for _ in 0..4 {
        assert_eq!(says(&scene, 2, RIGHT), Ok(true));
    }
    scene.clock.advance(Duration::from_secs(79));
    assert_eq!(says(&scene, 1, RIGHT), Err(Duration::from_secs(1)));
    scene.clock.advance(Duration::from_secs(1));
    for _ in 0..4 {
        assert_eq!(says(&scene, 1, RIGHT), Ok(true));
    }
}

#[test]
fn from_all_addresses_together_there_are_eight_attempts_and_one_more_each_20_seconds() {
    let scene = scene();
    for number in 0..8 {
        assert_eq!(says(&scene, number, "wrong horse"), Ok(false));
    }
    assert_eq!(says(&scene, 9, RIGHT), Err(Duration::from_secs(20)));
    scene.clock.advance(Duration::from_secs(20));
    assert_eq!(says(&scene, 9, RIGHT), Ok(true));
}
