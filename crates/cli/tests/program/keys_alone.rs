//! Root keys, where no server is: a server has read its key files, and syncs for all verbs.

#[cfg(target_os = "linux")]
mod kills;

use std::fs;

use serde_json::json;

use crate::keys::files::write_key;
use crate::keys::{FIRST, SECOND, are, connects, home, standings};

#[test]
fn a_key_that_the_registry_has_not_taken_up_is_named_by_every_verb_and_taken_up_by_add() {
    let (home, _, device) = home();
    write_key(&home, SECOND, "5a", 0o600);
    let (code, message) = home.fails(1, &["template", "list"], "");
    assert_eq!(code, "unknown-root-key");
    assert!(message.contains(SECOND) && message.contains("plugmint key add"), "{message}");
    assert_eq!(standings(&home), are([(1, "current", true), (2, "new", true)]));
    let added = home.json(&["key", "add"], "");
    assert_eq!((&added["version"], &added["root_key_made"]), (&json!(2), &json!(false)));
    assert_eq!(fs::read_to_string(home.path(SECOND)).unwrap(), "5a".repeat(32));
    connects(&home, &device);
    assert_eq!(home.json(&["key", "add"], "")["version"], 3);
    let expected = are([(1, "older", true), (2, "older", true), (3, "current", true)]);
    assert_eq!(standings(&home), expected);
}

#[test]
fn without_the_file_of_a_version_that_is_not_dropped_nothing_opens_and_the_file_is_named() {
    let (home, _, device) = home();
    home.done(&["key", "add"], "");
    for swept in [false, true] {
        if swept {
            home.done(&["key", "sweep"], "");
        }
        for file in [FIRST, SECOND] {
            let key = fs::read(home.path(file)).unwrap();
            fs::rename(home.path(file), home.path("away")).unwrap();
            for words in [&["key", "list"][..], &["key", "drop", "1"], &["authenticate", &device.0]]
            {
                let (code, message) = home.fails(1, words, &device.1);
                assert_eq!(code, "missing-root-key", "{message}");
                assert!(
                    message.contains(&format!("{file}: ")) && message.contains("put the file back")
                );
            }
            fs::rename(home.path("away"), home.path(file)).unwrap();
            assert_eq!(fs::read(home.path(file)).unwrap(), key);
        }
        connects(&home, &device);
    }
    write_key(&home, SECOND, "77", 0o600);
    let (code, message) = home.fails(1, &["key", "list"], "");
    assert!(code == "wrong-root-key" && message.contains(SECOND), "{message}");
}
