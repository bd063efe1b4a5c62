//! Verbs on root keys that are killed.

use std::fs;

use serde_json::Value;

use crate::keys::{Device, ENROLL, FIRST, connects, home, list};
use crate::program::Home;

const FACTORY: &[u8] = include_bytes!("../../../data/white-refrigerators.csv");

/// What is to sweep under version 1, and what lies under the current version.
fn tags(home: &Home) -> (u64, u64) {
    let listed = list(home);
    let tags = |of: &Value| of["record_tags"].as_u64().unwrap();
    (tags(&listed[0]), tags(listed.last().unwrap()))
}

/// A home with a thousand serials and an older version to sweep, and a device that connects.
fn home_to_sweep() -> (Home, String, Device) {
    let (home, template, device) = home();
    let file = home.write("white.csv", FACTORY);
    home.done(&["serial", "import", &template, &file], "");
    home.done(&["key", "add"], "");
    (home, template, device)
}

/// A home whose sweep was killed in the middle. How many records share a sync, and so how many
/// syncs a sweep has, depends on how fast the disk is: the first that tells is taken.
fn killed_in_the_middle(signal: &str) -> (Home, String, Device) {
    for sync in [12, 8, 5, 3] {
        let (home, template, device) = home_to_sweep();
        assert_eq!(tags(&home).1, 0);
        let is_killed = home.is_killed(signal, "fdatasync", sync, &["key", "sweep"]);
        let (left, swept) = tags(&home);
        if is_killed && left > 100 && swept > 100 {
            return (home, template, device);
        }
    }
    panic!("no sweep is killed in the middle by {signal}");
}

#[test]
fn a_sweep_that_is_killed_in_the_middle_goes_on_where_it_is_called_again() {
    for signal in ["KILL", "INT"] {
        let (home, template, device) = killed_in_the_middle(signal);
        let (left, _) = tags(&home);
        assert_eq!(home.fails(1, &["key", "drop", "1"], "").0, "root-key-in-use");
        connects(&home, &device);
        let rest = home.json(&["key", "sweep"], "");
        assert_eq!(rest["rewritten"], left);
        home.done(&["key", "drop", "1"], "");
        fs::remove_file(home.path(FIRST)).unwrap();
        connects(&home, &device);
        home.activate(&template, "B", ENROLL);
        home.activate(&template, "WR-202637-000000", ENROLL);
    }
}

#[test]
fn whenever_an_add_is_killed_its_key_is_current_or_the_next_add_takes_it_up() {
    let (home, _, device) = home();
    let mut taken_up = 0;
    for call in ["fsync", "fdatasync"] {
        for count in 1.. {
            let before = list(&home).len();
            if !home.is_killed("KILL", call, count, &["key", "add"]) {
                assert!(count > 2, "{call} {count}");
                break;
            }
            let newest = list(&home).pop().unwrap();
            if newest["standing"] == "new" {
                let added = home.json(&["key", "add"], "");
                assert_eq!(added["version"], newest["version"]);
                assert_eq!(added["root_key_made"], false);
                taken_up += 1;
            }
            let versions = list(&home).len();
            assert!(versions == before || versions == before + 1, "{call} {count}");
        }
    }
    assert!(taken_up > 0);
    connects(&home, &device);
    let mut older = list(&home);
    assert_eq!(older.pop().unwrap()["standing"], "current");
    assert!(older.iter().all(|version| version["standing"] == "older"));
}
