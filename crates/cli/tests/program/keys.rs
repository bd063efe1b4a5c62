//! `key list`, `key add`, `key sweep` and `key drop`.

pub(crate) mod files;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::SERVED;
use crate::program::Home;
use crate::server::Server;

pub(crate) const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

pub(crate) const FIRST: &str = "plugmint-data.key";

pub(crate) const SECOND: &str = "plugmint-data.key.2";

/// A Plug-ID and a connection password.
pub(crate) type Device = (String, String);

/// A home with a template that lets operators enroll, a serial A whose device connected, and B and
/// C, which have not enrolled.
pub(crate) fn home() -> (Home, String, Device) {
    let (home, template) = Home::with_template(&["--operator-enroll"]);
    for serial in ["A", "B", "C"] {
        home.add(&template, serial, ENROLL);
    }
    let device = home.activate(&template, "A", ENROLL);
    (home, template, device)
}

pub(crate) fn connects(home: &Home, (plug_id, password): &Device) {
    home.done(&["authenticate", plug_id], password);
}

pub(crate) fn list(home: &Home) -> Vec<Value> {
    home.json(&["key", "list"], "").as_array().unwrap().clone()
}

pub(crate) fn standings(home: &Home) -> Vec<(u64, String, bool)> {
    let listed = list(home).into_iter().map(|listed| {
        let standing = listed["standing"].as_str().unwrap().to_owned();
        (listed["version"].as_u64().unwrap(), standing, listed["file_is_there"] == true)
    });
    listed.collect()
}

pub(crate) fn are<const N: usize>(expected: [(u64, &str, bool); N]) -> Vec<(u64, String, bool)> {
    expected.map(|(version, standing, there)| (version, standing.to_owned(), there)).to_vec()
}

#[test]
fn a_root_key_is_replaced_and_its_file_destroyed_while_every_serial_lives_on() {
    let (home, template, device) = home();
    let sealed = home.json(&["serial", "show", &template, "C"], "")["sealed"].clone();
    assert_eq!(sealed, true);
    let added = home.json(&["key", "add"], "");
    let expected =
        json!({ "version": 2, "outcome": "done", "root_key": SECOND, "root_key_made": true });
    assert!(added["root_key"].as_str().unwrap().ends_with(SECOND));
    assert_eq!(
        (&added["version"], &added["outcome"]),
        (&expected["version"], &expected["outcome"])
    );
    home.add(&template, "D", ENROLL);
    connects(&home, &device);
    let swept = home.json(&["key", "sweep"], "");
    assert!(swept["rewritten"].as_u64().unwrap() > 10, "{swept}");
    assert_eq!((&swept["version"], &swept["older"]), (&json!(2), &json!([1])));
    assert_eq!(home.json(&["key", "drop", "1"], "")["outcome"], "done");
    fs::remove_file(home.path(FIRST)).unwrap();

    connects(&home, &device);
    let (again, _) = home.activate(&template, "B", ENROLL);
    home.json(&["serial", "enroll", &template, "C"], "");
    home.activate(&template, "D", ENROLL);
    home.done(&["serial", "reactivate", "--epoch", "0", &template, "B"], "");
    assert_eq!(home.activate(&template, "B", ENROLL).0, again);
    assert_eq!(home.json(&["serial", "show", &template, "B"], "")["key_version"], 1);
    assert_eq!(home.json(&["serial", "show", &template, "D"], "")["key_version"], 2);
    assert_eq!(standings(&home), are([(1, "dropped", false), (2, "current", true)]));
}

#[test]
fn a_key_file_is_made_for_its_owner_alone_and_no_key_is_printed() {
    let (home, ..) = home();
    let first = fs::read(home.path(FIRST)).unwrap();
    let verbs = [&["key", "add"][..], &["key", "list"], &["key", "sweep"], &["key", "drop", "1"]];
    let told: String = verbs.map(|words| home.done(words, "")).concat();
    let mode = fs::metadata(home.path(SECOND)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read(home.path(FIRST)).unwrap(), first);
    for file in [FIRST, SECOND] {
        let key = fs::read_to_string(home.path(file)).unwrap();
        assert!(!told.contains(key.trim_end()));
    }
    assert!(!home.path("plugmint-data").join(SECOND).exists());
}

#[test]
fn each_verb_says_what_comes_next() {
    let mut home = Home::empty();
    home.done(&["--data", "d", "init"], "");
    home.server = SERVED.then(|| Server::begin(&home, &["--data", "d"]));
    let key = |words: &[&str]| home.done(&[&["--data", "d", "key"], words].concat(), "");
    let added = key(&["add"]);
    assert!(added.contains("d.key.2") && added.contains("a copy"), "{added}");
    assert!(added.ends_with("Next: plugmint --data d key sweep\n"), "{added}");
    assert!(key(&["list"]).contains("older: not swept yet"));
    let swept = key(&["sweep"]);
    assert!(swept.ends_with("Next: plugmint --data d key drop 1\n"), "{swept}");
    assert!(key(&["list"]).contains("older: may be dropped"));
    let dropped = key(&["drop", "1"]);
    assert!(dropped.contains("d.key may be deleted"), "{dropped}");
    assert!(key(&["list"]).contains("d.key, may be destroyed"));
    fs::remove_file(home.path("d.key")).unwrap();
    let again = key(&["drop", "1"]);
    assert!(again.contains("dropped already") && again.contains("gone"), "{again}");
    assert_eq!(key(&["sweep"]), "0 records were brought under version 2\n");
}

#[test]
fn the_list_tells_what_lies_under_each_version_by_purpose() {
    let (home, template, _) = home();
    let before = list(&home);
    assert_eq!((before.len(), &before[0]["sealed_keys"]), (1, &json!(2)));
    assert_eq!((&before[0]["standing"], &before[0]["serials"]), (&json!("current"), &json!(3)));
    home.done(&["key", "add"], "");
    home.add(&template, "D", ENROLL);
    let [older, current] = <[Value; 2]>::try_from(list(&home)).unwrap();
    assert_eq!((&older["serials"], &current["serials"]), (&json!(3), &json!(1)));
    // Beside the key of D: what was kept of version 1.
    assert_eq!((&older["sealed_keys"], &current["sealed_keys"]), (&json!(2), &json!(2)));
    assert!(older["record_tags"].as_u64().unwrap() > 0);
    home.done(&["key", "sweep"], "");
    let [older, current] = <[Value; 2]>::try_from(list(&home)).unwrap();
    assert_eq!((&older["serials"], &current["serials"]), (&json!(3), &json!(1)));
    assert_eq!((&older["sealed_keys"], &current["sealed_keys"]), (&json!(0), &json!(4)));
    assert_eq!(older["record_tags"], 0);
    assert_eq!(home.done(&["key", "list"], "").lines().count(), 3);
}

#[test]
fn a_version_is_not_dropped_before_the_sweep_and_the_current_one_never() {
    let (home, _, device) = home();
    let (code, message) = home.fails(1, &["key", "drop", "1"], "");
    assert_eq!(code, "current-root-key");
    assert!(message.contains("plugmint key add"), "{message}");
    home.done(&["key", "add"], "");
    let (code, message) = home.fails(1, &["key", "drop", "1"], "");
    assert_eq!(code, "root-key-in-use");
    assert!(message.contains("2 sealed keys") && message.contains("key sweep"), "{message}");
    assert_eq!(standings(&home), are([(1, "older", true), (2, "current", true)]));
    assert_eq!(home.fails(1, &["key", "drop", "3"], "").0, "unknown-root-key");
    for version in ["0", "01x", "-1", "4294967296", &"5a".repeat(32)] {
        let (code, message) = home.fails(2, &["key", "drop", "--", version], "");
        assert!(code == "usage" && !message.contains("5a5a"), "{message}");
    }
    home.done(&["key", "sweep"], "");
    home.done(&["key", "drop", "1"], "");
    assert_eq!(home.json(&["key", "drop", "1"], "")["outcome"], "already-done");
    connects(&home, &device);
}
