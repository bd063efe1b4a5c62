//! Key files that are wrong, in the way or made before.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::program::Home;

use super::{ENROLL, FIRST, SECOND, are, connects, home, standings};

const THIRD: &str = "plugmint-data.key.3";

pub(crate) fn write_key(home: &Home, name: &str, digits: &str, mode: u32) {
    home.write(name, digits.repeat(32));
    fs::set_permissions(home.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_that_cannot_be_the_next_one_is_refused_and_not_touched() {
    let (home, _, device) = home();
    let first = fs::read_to_string(home.path(FIRST)).unwrap();
    for (name, digits, mode, expected) in [
        (THIRD, "5a", 0o600, "not-next-root-key"),
        (SECOND, "5a", 0o644, "key-file-open-to-others"),
        (SECOND, "5g", 0o600, "key-file-invalid"),
        ("plugmint-data.key.02", "5a", 0o600, "key-file-misnamed"),
    ] {
        write_key(&home, name, digits, mode);
        let (code, message) = home.fails(1, &["key", "add"], "");
        assert_eq!(code, expected, "{message}");
        assert_eq!(fs::read_to_string(home.path(name)).unwrap(), digits.repeat(32));
        fs::remove_file(home.path(name)).unwrap();
    }
    home.write(SECOND, &first);
    fs::set_permissions(home.path(SECOND), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(home.fails(1, &["key", "add"], "").0, "key-file-repeated");
    for (name, digits) in [(SECOND, "5a"), (THIRD, "5b")] {
        write_key(&home, name, digits, 0o600);
    }
    let (code, message) = home.fails(1, &["key", "add"], "");
    assert!(code == "unknown-root-key" && message.contains("one version"), "{message}");
    for name in [SECOND, THIRD] {
        fs::remove_file(home.path(name)).unwrap();
    }
    connects(&home, &device);
    assert_eq!(standings(&home), are([(1, "current", true)]));
}

#[test]
fn the_key_of_a_version_that_was_dropped_comes_back_as_none() {
    let (home, _, device) = home();
    let first = fs::read(home.path(FIRST)).unwrap();
    for words in [&["key", "add"][..], &["key", "sweep"], &["key", "drop", "1"]] {
        home.done(words, "");
    }
    fs::rename(home.path(FIRST), home.path(THIRD)).unwrap();
    let (code, message) = home.fails(1, &["key", "add"], "");
    assert_eq!(code, "same-root-key");
    assert!(message.contains(THIRD) && message.contains("move that file away"), "{message}");
    assert_eq!(fs::read(home.path(THIRD)).unwrap(), first);
    fs::remove_file(home.path(THIRD)).unwrap();
    connects(&home, &device);
}

#[test]
fn a_backup_from_before_a_rotation_is_restored_and_its_new_key_taken_up_again() {
    let (mut home, template, device) = home();
    home.done(&["backup", "before.redb"], "");
    home.done(&["key", "add"], "");
    home.add(&template, "D", ENROLL);
    let told = home.done(&["backup", "after.redb"], "");
    assert!(told.contains("not in it") && told.contains("plugmint key list"), "{told}");
    home.server = None;
    fs::remove_dir_all(home.path("plugmint-data")).unwrap();
    home.json(&["restore", "before.redb", "--forget-revocations"], "");
    assert_eq!(home.fails(1, &["template", "list"], "").0, "unknown-root-key");
    assert_eq!(home.json(&["key", "add"], "")["root_key_made"], false);
    connects(&home, &device);
    for words in [&["key", "sweep"][..], &["key", "drop", "1"]] {
        home.done(words, "");
    }
    fs::remove_file(home.path(FIRST)).unwrap();
    fs::remove_dir_all(home.path("plugmint-data")).unwrap();
    let (code, message) = home.fails(1, &["restore", "after.redb", "--forget-revocations"], "");
    assert!(code == "missing-root-key" && message.contains("nothing was restored"), "{message}");
}
