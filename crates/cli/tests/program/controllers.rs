//! Controllers: `controller list`, `show`, `enroll` and what becomes of one.

mod screens;

use serde_json::Value;

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";
const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";
const OTHER: &str = "0123456789abcdef0123456789abcdef";
const NOBODY: &str = "dev-000000000000000000000000";

/// A home with a Thing SN-1 that is activated and has a control password.
fn home() -> (Home, String) {
    let (home, template) = Home::with_template(&[]);
    home.thing(&template, "SN-1", CONTROL);
    (home, template)
}

/// A phone with a name and an own serial.
fn named(home: &Home, template: &str) -> (String, String) {
    home.phone(&["--name", "Phone", "--own-serial", "P-7", template, "SN-1"], CONTROL)
}

fn show(home: &Home, plug_id: &str) -> Value {
    home.json(&["controller", "show", plug_id], "")
}

fn outcome(home: &Home, verb: &str, plug_id: &str) -> Value {
    home.json(&["controller", verb, plug_id], "")["outcome"].clone()
}

#[test]
fn two_phones_live_from_their_enrollment_to_their_end() {
    let (home, template) = home();
    let (one, of_one) = named(&home, &template);
    let (two, of_two) = home.phone(&[&template, "SN-1"], CONTROL);
    for (plug_id, password) in [(&one, &of_one), (&two, &of_two)] {
        home.done(&["authenticate", plug_id], password);
    }
    assert_eq!(outcome(&home, "disable", &one), "done");
    assert_eq!(home.fails(1, &["authenticate", &one], &of_one).0, "refused");
    assert_eq!(outcome(&home, "enable", &one), "done");
    home.done(&["controller", "reactivate", "--epoch", "0", &one], "");
    assert_eq!(home.fails(1, &["authenticate", &one], &of_one).0, "refused");
    let (again, new) = named(&home, &template);
    assert_eq!((&again, new == of_one), (&one, false));
    home.done(&["authenticate", &one], &new);
    assert_eq!(outcome(&home, "retire", &two), "done");
    assert_eq!(home.fails(1, &["authenticate", &two], &of_two).0, "refused");
    let listed = home.json(&["controller", "list", &template, "SN-1"], "");
    let of = |at: usize| {
        let one = &listed["controllers"][at];
        (one["ordinal"].as_u64(), one["stage"].as_str(), one["epoch"].as_u64())
    };
    assert_eq!(of(0), (Some(0), Some("activated"), Some(1)));
    assert_eq!(of(1), (Some(1), Some("retired"), Some(0)));
    assert_eq!(listed["next"], Value::Null);
    let serial = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!(serial["controllers"], serde_json::json!({ "living": 1, "retired": 1 }));
}

#[test]
fn who_names_its_own_serial_is_given_the_same_credentials_until_it_has_connected() {
    let (home, template) = home();
    let enroll = ["controller", "enroll", "--own-serial", "-P", &template, "SN-1"];
    let first = home.json(&enroll, CONTROL);
    assert_eq!((&first["outcome"], &first["ordinal"]), (&"first".into(), &0.into()));
    let again = home.json(&enroll, &format!("{CONTROL}\r\n"));
    assert_eq!(again["outcome"], "repeated");
    assert_eq!(again["connection_password"], first["connection_password"]);
    let password = first["connection_password"].as_str().unwrap();
    home.done(&["authenticate", first["plug_id"].as_str().unwrap()], password);
    assert_eq!(home.json(&enroll, CONTROL)["ordinal"], 1);
}

#[test]
fn who_names_no_own_serial_is_another_controller_each_time() {
    let (home, template) = home();
    let (one, _) = home.phone(&[&template, "SN-1"], CONTROL);
    let (two, _) = home.phone(&[&template, "SN-1"], CONTROL);
    assert_ne!(one, two);
    let help = home.done(&["controller", "enroll", "--help"], "");
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("Without --own-serial a second call makes a second Controller"),
        "{help}"
    );
}

#[test]
fn refusals_of_an_enrollment_are_one_to_the_byte() {
    let (home, template) = home();
    home.add(&template, "SN-2", &format!("{ENROLL}\n{CONTROL}\n"));
    home.add(&template, "SN-3", ENROLL);
    let enroll = |template: &str, serial: &str, password: &str| {
        home.run(&["controller", "enroll", template, serial, "--json"], password)
    };
    let wrong = enroll(&template, "SN-1", OTHER);
    assert_eq!(wrong.code, 1);
    assert!(wrong.stderr.contains("serial show"), "{wrong:?}");
    for (template, serial) in [
        (template.as_str(), "SN-2"),
        (&template, "SN-3"),
        (&template, "SN-9"),
        ("mod-000000000000000000000000", "SN-1"),
    ] {
        let ran = enroll(template, serial, CONTROL);
        assert_eq!(
            (ran.code, ran.stdout, ran.stderr),
            (1, wrong.stdout.clone(), wrong.stderr.clone())
        );
    }
    assert_eq!(
        home.fails(1, &["controller", "enroll", &template, "SN-1"], "").0,
        "invalid-password"
    );
}

#[test]
fn a_thing_has_as_many_controllers_as_its_template_says() {
    let (home, template) = Home::with_template(&["--controllers", "1"]);
    home.thing(&template, "SN-1", CONTROL);
    let (idle, _) = home.phone(&[&template, "SN-1"], CONTROL);
    let (one, password) = home.phone(&[&template, "SN-1"], CONTROL);
    assert_eq!(show(&home, &idle)["stage"], "retired");
    home.done(&["authenticate", &one], &password);
    let enroll = ["controller", "enroll", &template, "SN-1"];
    let (code, message) = home.fails(1, &enroll, CONTROL);
    assert_eq!(code, "too-many-controllers");
    assert!(message.contains("controller list"), "{message}");
}

#[test]
fn a_verb_that_is_made_again_says_already_and_a_retired_controller_refuses() {
    let (home, template) = home();
    let (one, _) = named(&home, &template);
    for verb in ["disable", "enable", "retire"] {
        let expected = if verb == "enable" { "already-done" } else { "done" };
        assert_eq!(outcome(&home, verb, &one), expected, "{verb}");
        if verb == "disable" {
            assert_eq!(outcome(&home, verb, &one), "already-done");
            assert_eq!(
                home.done(&["controller", "disable", &one], ""),
                format!("{one} disabled already\n")
            );
            outcome(&home, "enable", &one);
        }
    }
    assert_eq!(outcome(&home, "retire", &one), "already-done");
    for words in [&["disable"][..], &["enable"], &["reactivate", "--epoch", "0"]] {
        let words = [&["controller"], words, &[one.as_str()]].concat();
        assert_eq!(home.fails(1, &words, "").0, "retired", "{words:?}");
    }
}

#[test]
fn a_reactivation_takes_the_epoch_that_was_seen() {
    let (home, template) = home();
    let (one, _) = named(&home, &template);
    let reactivate = ["controller", "reactivate", "--epoch", "0", &one];
    let done = home.json(&reactivate, "");
    assert_eq!((&done["outcome"], &done["epoch"]), (&"done".into(), &1.into()));
    assert_eq!(home.json(&reactivate, "")["outcome"], "already-done");
    let any = ["controller", "reactivate", "--any-epoch", &one];
    assert_eq!(home.fails(1, &any, "").0, "not-enrolled");
    named(&home, &template);
    assert_eq!(home.json(&any, "")["epoch"], 2);
    let stale = ["controller", "reactivate", "--epoch", "7", &one];
    assert_eq!(home.fails(1, &stale, "").0, "epoch-moved");
    assert_eq!(home.fails(2, &["controller", "reactivate", &one], "").0, "usage");
}

#[test]
fn who_could_not_enroll_again_is_not_reactivated() {
    let (home, template) = home();
    let (without, _) = home.phone(&[&template, "SN-1"], CONTROL);
    let reactivate =
        |plug_id: &str| home.fails(1, &["controller", "reactivate", "--epoch", "0", plug_id], "").0;
    assert_eq!(reactivate(&without), "not-reissuable");
    let (with, _) = named(&home, &template);
    home.done(&["serial", "replace-control-password", &template, "SN-1"], OTHER);
    assert_eq!(reactivate(&with), "not-reissuable");
}

#[test]
fn one_whose_own_serial_another_has_taken_over_is_not_reactivated() {
    let (home, template) = home();
    let (one, password) = named(&home, &template);
    home.done(&["authenticate", &one], &password);
    let (two, _) = named(&home, &template);
    assert_ne!(one, two);
    let reactivate = ["controller", "reactivate", "--epoch", "0", one.as_str()];
    assert_eq!(home.fails(1, &reactivate, "").0, "not-reissuable");
    home.done(&["authenticate", &one], &password);
    home.done(&["controller", "retire", &two], "");
    assert_eq!(home.fails(1, &reactivate, "").0, "not-reissuable");
}

#[test]
fn controllers_are_listed_page_by_page_oldest_first() {
    let (home, template) = home();
    for serial in ["P-0", "P-1", "P-2"] {
        home.phone(&["--own-serial", serial, &template, "SN-1"], CONTROL);
    }
    let list = |words: &[&str]| {
        let words = [&["controller", "list", &template, "SN-1"], words].concat();
        let listed = home.json(&words, "");
        let all = listed["controllers"].as_array().unwrap().iter();
        let all: Vec<_> = all.map(|one| one["ordinal"].as_u64().unwrap()).collect();
        (all, listed["next"].as_str().map(str::to_owned))
    };
    assert_eq!(list(&[]), (vec![0, 1, 2], None));
    assert_eq!(list(&["--limit", "2"]), (vec![0, 1], Some("1".to_owned())));
    assert_eq!(list(&["--limit", "2", "--after", "1"]), (vec![2], None));
    assert_eq!(list(&["--limit", "3"]), (vec![0, 1, 2], None));
    let ran = home.run(&["controller", "list", "--limit", "1", &template, "SN-1"], "");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "next: 0\n"));
    assert!(ran.stdout.contains("OWN SERIAL") && ran.stdout.contains("P-0"), "{ran:?}");
    let nowhere = ["controller", "list", &template, "SN-9"];
    assert_eq!(home.fails(1, &nowhere, "").0, "unknown-serial");
    for words in [["--limit", "0"], ["--after", "-1"], ["--after", NOBODY]] {
        let words = [&["controller", "list", &template, "SN-1"], &words[..]].concat();
        assert_eq!(home.fails(2, &words, "").0, "usage");
    }
}

#[test]
fn a_controller_connects_and_takes_itself_off_for_good() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    let principal = home.json(&["authenticate", &plug_id], &password);
    assert_eq!(principal["kind"]["controller"]["ordinal"], 0);
    assert_eq!((&principal["template"], &principal["serial"]), (&template.into(), &"SN-1".into()));
    let told = home.done(&["authenticate", &plug_id], &password);
    assert!(told.contains("Controller 0 of this serial"), "{told}");
    let off = home.done(&["unenroll", &plug_id], &password);
    assert!(off.contains("retired"), "{off}");
    assert_eq!(show(&home, &plug_id)["stage"], "retired");
    assert_eq!(home.fails(1, &["unenroll", &plug_id], &password).0, "refused");
}

#[test]
fn it_is_told_whether_a_device_or_a_controller_was_taken_off() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    let off = home.json(&["unenroll", &plug_id], &password);
    assert_eq!(off["kind"]["controller"]["ordinal"], 0);
    home.add(&template, "SN-2", ENROLL);
    let (device, password) = home.activate(&template, "SN-2", ENROLL);
    assert_eq!(home.json(&["unenroll", &device], &password)["kind"], "thing");
}

#[test]
fn a_history_says_whom_an_event_is_about() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    home.done(&["authenticate", &plug_id], &password);
    for verb in ["disable", "enable"] {
        home.done(&["controller", verb, &plug_id], "");
    }
    home.done(&["controller", "reactivate", "--epoch", "0", &plug_id], "");
    named(&home, &template);
    home.done(&["grant", "release", &template, "SN-1", &plug_id], "");
    home.done(&["grant", "add", &template, "SN-1", &plug_id], "");
    home.done(&["grant", "release", "--all", &plug_id], "");
    home.done(&["controller", "retire", &plug_id], "");
    home.done(&["serial", "set-access", &template, "SN-1", "read"], "");
    let history = home.json(&["serial", "history", &template, "SN-1"], "");
    let events: Vec<_> = history.as_array().unwrap()[3..].iter().collect();
    let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let expected = [
        "controller-enrolled",
        "controller-activated",
        "controller-disabled",
        "controller-enabled",
        "controller-reactivated",
        "controller-reissued",
        "grant-released",
        "grant-added",
        "grants-released",
        "controller-retired",
        "access-set",
    ];
    assert_eq!(kinds, expected);
    let about = |event: &&Value| event["about"].as_str().map(str::to_owned);
    assert!(events[..10].iter().all(|event| about(event).as_ref() == Some(&plug_id)));
    assert_eq!(about(&events[10]), None);
    let history = home.done(&["serial", "history", &template, "SN-1"], "");
    let feed = home.run(&["events", "feed"], "").stdout;
    for told in [history, feed] {
        assert!(told.lines().next().unwrap().ends_with("ABOUT"), "{told}");
        assert_eq!(told.matches(&plug_id).count(), 10, "{told}");
        assert!(!told.contains("no word for"), "{told}");
    }
}
