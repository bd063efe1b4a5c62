//! What looks for secrets finds them.

use std::process::Command;

use plugmint_tests::{Canaries, enroll_password, lines_watched, watch};
use proptest::prelude::*;
use serde::Serialize;

use crate::kept::Kept;

const SECRET: [u8; 16] = *b"hush, hush, hush";

fn canaries() -> Canaries {
    let mut canaries = Canaries::default();
    canaries.note("secret", &SECRET);
    canaries
}

#[derive(Debug, Serialize)]
struct Leak {
    key: [u8; 16],
}

/// Whence, and how to say something from there.
type Saying<'a> = (&'a str, &'a dyn Fn(&Kept));

#[test]
fn a_secret_is_found_wherever_it_was_kept() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("below")).unwrap();
    std::fs::write(directory.path().join("below").join("file"), SECRET).unwrap();
    let said: [Saying<'_>; 5] = [
        ("debug", &|kept| kept.debug(&Leak { key: SECRET })),
        ("json", &|kept| kept.keep("json", serde_json::to_vec("hush, hush, hush").unwrap())),
        ("error", &|kept| kept.error(std::io::Error::other("hush, hush, hush"))),
        ("trace", &|kept| kept.traced(|| tracing::trace!(key = ?SECRET, "connects"))),
        ("file", &|kept| kept.files(directory.path())),
    ];
    for (whence, say) in said {
        let kept = Kept::default();
        assert_eq!(kept.leak(&canaries()), None);
        say(&kept);
        assert!(kept.leak(&canaries()).is_some(), "{whence}");
    }
}

#[test]
fn a_secret_is_found_in_each_form() {
    for said in [
        format!("{SECRET:?}"),
        format!("{:#?}", Leak { key: SECRET }),
        "the key 687573682c20687573682c2068757368.".to_owned(),
        "the key 687573682C20687573682C2068757368.".to_owned(),
        "aHVzaCwgaHVzaCwgaHVzaA==".to_owned(),
        serde_json::to_string(&Leak { key: SECRET }).unwrap(),
    ] {
        assert_eq!(canaries().find(said.as_bytes()), Some("secret"), "{said}");
    }
    assert_eq!(canaries().find(b"hush, hush, hus"), None);
}

proptest! {
    #[test]
    fn a_secret_is_found_between_any_others(
        before in proptest::collection::vec(any::<u8>(), 0..40),
        secrets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 8..40), 1..9),
        after in proptest::collection::vec(any::<u8>(), 0..40),
        at in any::<prop::sample::Index>(),
    ) {
        let mut canaries = Canaries::default();
        for secret in &secrets {
            canaries.note("secret", secret);
        }
        let said = [&before, &secrets[at.index(secrets.len())], &after].map(Vec::as_slice).concat();
        prop_assert_eq!(canaries.find(&said), Some("secret"));
    }
}

/// Says a secret in a process of its own, and gives what becomes of it.
fn leaks(test: &str) -> std::process::Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("planted::{test}"), "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap()
}

fn is_ended(output: &std::process::Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.status.code().is_none(), "{output:?}");
    assert!(told.contains("a secret was said: the password stands in"), "{told}");
}

#[test]
fn a_test_of_this_package_that_traces_a_secret_is_ended() {
    if std::env::var_os(CHILD).is_none() {
        return is_ended(&leaks("a_test_of_this_package_that_traces_a_secret_is_ended"));
    }
    _ = enroll_password("correct horse battery");
    let before = lines_watched();
    tracing::trace!("connects");
    assert_eq!(lines_watched(), before + 1);
    tracing::trace!(password = "correct horse battery", "connects");
}

#[test]
fn a_test_of_this_package_that_panics_with_a_secret_is_ended() {
    if std::env::var_os(CHILD).is_none() {
        return is_ended(&leaks("a_test_of_this_package_that_panics_with_a_secret_is_ended"));
    }
    watch("password", b"correct horse battery");
    _ = std::panic::catch_unwind(|| panic!("no: correct horse battery"));
}

const CHILD: &str = "PLUGMINT_TEST_LEAKS";
