//! `serial history`, `serial verify-history` and `events forget`.

use std::process::Command;

use serde_json::Value;

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

/// A home with a serial SN-1 that has three events.
fn home() -> (Home, String) {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    home.activate(&template, "SN-1", ENROLL);
    (home, template)
}

fn numbers(events: &Value) -> Vec<u64> {
    events.as_array().unwrap().iter().map(|event| event["number"].as_u64().unwrap()).collect()
}

#[test]
fn a_history_is_read_page_by_page() {
    let (home, template) = home();
    let history = |words: &[&str]| {
        numbers(&home.json(&[&["serial", "history", &template, "SN-1"], words].concat(), ""))
    };
    assert_eq!(history(&[]), [0, 1, 2]);
    assert_eq!(history(&["--limit", "2"]), [0, 1]);
    assert_eq!(history(&["--after", "0"]), [1, 2]);
    assert_eq!(history(&["--after", "0", "--limit", "1"]), [1]);
    assert_eq!(history(&["--after", "2"]), [0; 0]);
}

#[test]
fn every_verb_of_a_life_has_words_in_its_history() {
    let (home, template) = home();
    let verb = |words: &[&str], stdin: &str| {
        home.done(&[&["serial"], words, &[&template, "SN-1"]].concat(), stdin);
    };
    verb(&["reactivate", "--epoch", "0"], "");
    home.done(&["enroll", &template, "SN-1"], ENROLL);
    verb(&["unenroll", "--epoch", "1"], "");
    verb(&["transfer", "--epoch", "2"], "0123456789abcdef0123456789abcdef");
    verb(&["replace-passwords", "--epoch", "3"], "00112233445566778899aabbccddeeff");
    verb(&["replace-control-password"], "ZMGE8F6asfZvmTnFoo1HlQ");
    let told = home.done(&["serial", "history", &template, "SN-1"], "");
    assert_eq!(told.lines().count(), 10, "{told}");
    assert!(!told.contains("no word for"), "{told}");
}

#[test]
fn a_history_is_verified_and_leads_over_the_head_that_was_kept() {
    let (home, template) = home();
    let verify = ["serial", "verify-history", template.as_str(), "SN-1"];
    let verified = home.json(&verify, "");
    assert_eq!((&verified["events"], &verified["first"]), (&3.into(), &0.into()));
    assert_eq!(verified["kept"], "not-given");
    let head = verified["head"].as_str().unwrap();
    assert!(head.starts_with("3:"), "{head}");
    assert!(home.done(&verify, "").contains(head));
    home.done(&["serial", "disable", &template, "SN-1"], "");
    let again = home.json(&[&verify[..], &["--head", head]].concat(), "");
    assert_eq!((&again["kept"], &again["events"]), (&"on-the-way".into(), &4.into()));
    let other = format!("3:{}", "ab".repeat(32));
    let (code, message) = home.fails(1, &[&verify[..], &["--head", &other]].concat(), "");
    assert_eq!(code, "broken-history");
    assert!(message.contains("event 3"), "{message}");
    for head in ["", "3", "3:ab", head.strip_prefix("3").unwrap()] {
        assert_eq!(home.fails(2, &[&verify[..], &["--head", head]].concat(), "").0, "usage");
    }
    let unknown = ["serial", "verify-history", &template, "SN-9"];
    assert_eq!(home.fails(1, &unknown, "").0, "unknown-serial");
}

#[test]
fn old_events_are_forgotten_and_the_rest_is_still_proven() {
    let (home, template) = home();
    let verify = ["serial", "verify-history", template.as_str(), "SN-1"];
    let early = ["--head", &format!("1:{}", "ab".repeat(32))];
    let date = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%S.%NZ"]).output().unwrap();
    let now = String::from_utf8(date.stdout).unwrap();
    let forget = ["events", "forget", "--before", now.trim_end()];
    assert_eq!(home.json(&["events", "forget", "--before", "1h"], "")["forgotten"], 0);
    assert_eq!(home.json(&forget, "")["forgotten"], 2);
    assert_eq!(home.json(&forget, "")["forgotten"], 0);
    let history = home.json(&["serial", "history", &template, "SN-1"], "");
    assert_eq!(numbers(&history), [2]);
    let verified = home.json(&verify, "");
    assert_eq!((&verified["events"], &verified["first"]), (&3.into(), &2.into()));
    assert!(home.done(&verify, "").contains("Forgotten"));
    assert_eq!(home.fails(1, &[&verify[..], &early].concat(), "").0, "forgotten-head");
    let shown = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!(numbers(&shown["last_events"]), [2]);
}

#[test]
fn what_is_forgotten_is_named_by_a_time_or_an_age() {
    let (home, _) = home();
    let future = ["events", "forget", "--before", "2099-01-01T00:00:00Z"];
    assert_eq!(home.fails(2, &future, "").0, "usage");
    for before in ["", "yesterday", "2026-01-01", "365"] {
        let (code, message) = home.fails(2, &["events", "forget", "--before", before], "");
        assert_eq!(code, "usage");
        assert!(message.contains("90d"), "{message}");
    }
    assert_eq!(home.fails(2, &["events", "forget"], "").0, "usage");
    let forgotten = home.json(&["events", "forget", "--before", "2026-01-01T00:00:00Z"], "");
    assert_eq!(forgotten["before"], 1_767_225_600_000_u64);
}
