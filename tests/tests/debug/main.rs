//! No public type shows a secret in `{:?}`.
//!
//! A canary stands in every secret. The names of all public types are read from the source, so that
//! a new one cannot be forgotten here.

#![cfg(test)]

mod controlling;
mod keeping;
mod key_versions;
mod renewals;
mod secrets;
mod shown;
mod source;
mod stores;
mod things;
mod told;
mod values;

use std::fmt::Debug;

use plugmint::EnvRootKeys;

use shown::Shown;

#[test]
fn no_public_type_shows_a_secret() {
    let mut shown = Shown::default();
    values::values(&mut shown);
    secrets::secrets_and_records(&mut shown);
    stores::stores(&mut shown);
    stores::registries(&mut shown);
    values::errors(&mut shown);
    values::situations(&mut shown);
    renewals::overlaps_and_renewals(&mut shown);
    told::told(&mut shown);
    key_versions::key_versions(&mut shown);
    controlling::controlling(&mut shown);
    keeping::keeping(&mut shown);
    shown.holds_no_secret();

    let missing: Vec<_> = source::public_types().difference(&shown.names()).cloned().collect();
    assert!(missing.is_empty(), "not shown by this test: {missing:?}");
}

#[test]
fn a_secret_that_is_shown_is_found() {
    #[derive(Debug)]
    struct Leak {
        #[expect(dead_code, reason = "it is there to be shown")]
        key: [u8; 16],
    }
    let mut shown = Shown::default();
    shown.show(&Leak { key: *b"hush, hush, hush" });
    shown.secret("the leak", b"hush, hush, hush");
    assert!(std::panic::catch_unwind(|| shown.holds_no_secret()).is_err());
}

#[test]
fn a_root_key_from_the_environment_is_not_shown() {
    // Reading the environment of this process is all that is safe here: a child has the key in its
    // own, and says what it shows.
    let Ok(_) = std::env::var("PLUGMINT_TEST_ROOT_KEY") else {
        let key = "77".repeat(32);
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_root_key_from_the_environment_is_not_shown", "--nocapture"])
            .env("PLUGMINT_TEST_ROOT_KEY", &key)
            .output()
            .unwrap();
        let told = String::from_utf8(child.stdout).unwrap();
        assert!(child.status.success() && told.contains("EnvRootKeys("), "{told}");
        assert!(!told.contains(&key), "{told}");
        return;
    };
    println!("{:?}", EnvRootKeys::load("PLUGMINT_TEST_ROOT_KEY").unwrap());
}
