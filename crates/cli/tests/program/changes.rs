//! The verbs that lead a serial on: enroll by an operator, reactivate, unenroll, new passwords.

use serde_json::Value;

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";
const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";
const OTHER: &str = "0123456789abcdef0123456789abcdef";
const THIRD: &str = "fedcba9876543210fedcba9876543210";

/// A home with a serial SN-1 in a template that allows operator enrollment.
fn registered() -> (Home, String) {
    let (home, template) = Home::with_template(&["--operator-enroll"]);
    home.add(&template, "SN-1", ENROLL);
    (home, template)
}

fn status(home: &Home, template: &str) -> Value {
    home.json(&["serial", "show", template, "SN-1"], "")
}

#[test]
fn an_operator_enrolls_a_device_and_is_shown_its_credentials_once() {
    let (home, template) = registered();
    let enroll = ["serial", "enroll", template.as_str(), "SN-1"];
    let given = home.json(&enroll, "");
    assert_eq!(given["outcome"], "first");
    let plug_id = given["plug_id"].as_str().unwrap();
    assert_eq!(home.fails(1, &enroll, "").0, "already-enrolled");
    home.done(&["authenticate", plug_id], given["connection_password"].as_str().unwrap());
    assert_eq!(home.fails(1, &enroll, "").0, "already-activated");
    let history = home.json(&["serial", "history", &template, "SN-1"], "");
    assert_eq!(history[1]["author"]["operator"], "operator");
}

#[test]
fn an_operator_enrolls_only_where_the_key_is_sealed_and_the_way_is_free() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    let enroll = ["serial", "enroll", template.as_str(), "SN-1"];
    assert_eq!(home.fails(1, &enroll, "").0, "not-sealed");
    home.done(&["serial", "disable", &template, "SN-1"], "");
    assert_eq!(home.fails(1, &enroll, "").0, "disabled");
    home.done(&["template", "close", &template], "");
    assert_eq!(home.fails(1, &enroll, "").0, "template-closed");
    home.done(&["template", "open", &template], "");
    home.done(&["serial", "retire", &template, "SN-1"], "");
    assert_eq!(home.fails(1, &enroll, "").0, "retired");
    let unknown = ["serial", "enroll", template.as_str(), "SN-9"];
    assert_eq!(home.fails(1, &unknown, "").0, "unknown-serial");
}

#[test]
fn a_reactivated_device_enrolls_again_under_the_same_plug_id() {
    let (home, template) = registered();
    let (plug_id, old) = home.activate(&template, "SN-1", ENROLL);
    let reactivate = ["serial", "reactivate", "--epoch", "0", template.as_str(), "SN-1"];
    let done = home.json(&reactivate, "");
    assert_eq!((&done["outcome"], &done["epoch"]), (&"done".into(), &1.into()));
    assert_eq!(done["overlap_until"], Value::Null);
    assert_eq!(home.json(&reactivate, "")["outcome"], "already-done");
    assert_eq!(home.fails(1, &["authenticate", &plug_id], &old).0, "refused");
    let again = home.json(&["enroll", &template, "SN-1"], ENROLL);
    assert_eq!((&again["outcome"], &again["plug_id"]), (&"reissued".into(), &plug_id.into()));
}

#[test]
fn an_overlap_lets_the_old_password_connect_until_its_time_is_up() {
    let (home, template) = registered();
    let (plug_id, old) = home.activate(&template, "SN-1", ENROLL);
    let words = ["serial", "reactivate", "--epoch", "0", "--overlap", "24h", &template, "SN-1"];
    let until = home.json(&words, "")["overlap_until"].as_u64().unwrap();
    home.done(&["authenticate", &plug_id], &old);
    let shown = status(&home, &template);
    assert_eq!(shown["overlap_until"], until);
    let day = 24 * 60 * 60 * 1000;
    let left = shown["overlap_left_millis"].as_u64().unwrap();
    assert!((day - 600_000..=day).contains(&left), "{left}");
    let told = home.done(&["serial", "show", &template, "SN-1"], "");
    assert!(told.contains("Overlap") && told.contains(" left"), "{told}");
    let ends = ["serial", "reactivate", "--epoch", "1", &template, "SN-1"];
    assert_eq!(home.json(&ends, "")["overlap_until"], Value::Null);
    assert_eq!(home.fails(1, &["authenticate", &plug_id], &old).0, "refused");
}

#[test]
fn who_asks_for_an_overlap_of_a_password_that_was_never_used_is_told_that_there_is_none() {
    let (home, template) = registered();
    home.json(&["enroll", &template, "SN-1"], ENROLL);
    let words = ["serial", "reactivate", "--epoch", "0", "--overlap", "7d", &template, "SN-1"];
    let told = home.done(&words, "");
    assert!(told.contains("no overlap"), "{told}");
}

#[test]
fn an_unenrolled_device_is_taken_off() {
    let (home, template) = registered();
    let (plug_id, old) = home.activate(&template, "SN-1", ENROLL);
    let unenroll = ["serial", "unenroll", "--epoch", "0", template.as_str(), "SN-1"];
    assert_eq!(home.json(&unenroll, "")["outcome"], "done");
    assert_eq!(home.json(&unenroll, "")["outcome"], "already-done");
    assert_eq!(home.fails(1, &["authenticate", &plug_id], &old).0, "refused");
    assert_eq!(status(&home, &template)["stage"], "registered");
}

#[test]
fn a_device_takes_itself_off_with_its_password_and_only_once() {
    let (home, template) = registered();
    let (plug_id, password) = home.activate(&template, "SN-1", ENROLL);
    let unenroll = ["unenroll", plug_id.as_str()];
    assert_eq!(home.fails(1, &unenroll, OTHER).0, "refused");
    assert_eq!(home.json(&unenroll, &password)["plug_id"], *plug_id);
    assert_eq!(home.fails(1, &unenroll, &password).0, "refused");
    assert_eq!(status(&home, &template)["epoch"], 1);
}

#[test]
fn passwords_are_replaced_before_a_device_has_enrolled_and_not_after() {
    let (home, template) = registered();
    let replace = ["serial", "replace-passwords", "--epoch", "0", template.as_str(), "SN-1"];
    let both = format!("{OTHER}\n{CONTROL}\n");
    assert_eq!(home.json(&replace, &both)["outcome"], "done");
    assert_eq!(home.json(&replace, &both)["outcome"], "already-done");
    assert_eq!(home.fails(1, &replace, THIRD).0, "epoch-moved");
    assert_eq!(status(&home, &template)["controllable"], true);
    assert_eq!(home.fails(1, &["enroll", &template, "SN-1"], ENROLL).0, "refused");
    let next = ["serial", "replace-passwords", "--epoch", "1", template.as_str(), "SN-1"];
    assert_eq!(home.fails(1, &next, &both).0, "unchanged-password");
    assert_eq!(home.fails(1, &next, "correct horse").0, "wrong-enroll-password-class");
    home.json(&["enroll", &template, "SN-1"], OTHER);
    assert_eq!(home.fails(1, &next, THIRD).0, "has-enrolled");
}

#[test]
fn a_transferred_serial_has_new_passwords_and_a_new_identity() {
    let (home, template) = registered();
    let (plug_id, old) = home.activate(&template, "SN-1", ENROLL);
    let transfer = ["serial", "transfer", "--epoch", "0", template.as_str(), "SN-1"];
    assert_eq!(home.fails(1, &transfer, ENROLL).0, "repeated-password");
    home.done(&["template", "close", &template], "");
    assert_eq!(home.fails(1, &transfer, OTHER).0, "template-closed");
    home.done(&["template", "open", &template], "");
    assert_eq!(home.json(&transfer, OTHER)["outcome"], "done");
    assert_eq!(home.json(&transfer, OTHER)["outcome"], "already-done");
    assert_eq!(home.fails(1, &["authenticate", &plug_id], &old).0, "refused");
    let (new, _) = home.activate(&template, "SN-1", OTHER);
    assert_ne!(new, plug_id);
    let by_plug_id = home.json(&["serial", "show", "--plug-id", &plug_id], "");
    assert_eq!(by_plug_id["plug_id"], *new);
}

#[test]
fn a_control_password_is_replaced_and_a_repeat_says_already() {
    let (home, template) = registered();
    let replace = ["serial", "replace-control-password", template.as_str(), "SN-1"];
    assert_eq!(home.json(&replace, &format!("{CONTROL}\n"))["outcome"], "done");
    assert_eq!(home.json(&replace, CONTROL)["outcome"], "already-done");
    let shown = status(&home, &template);
    assert_eq!((&shown["controllable"], &shown["epoch"]), (&true.into(), &0.into()));
    assert_eq!(home.fails(1, &replace, ENROLL).0, "same-passwords");
    assert_eq!(home.fails(1, &replace, "short").0, "invalid-password");
    assert_eq!(home.fails(1, &replace, "correct horse").0, "wrong-control-password-class");
    home.done(&["serial", "retire", &template, "SN-1"], "");
    assert_eq!(home.fails(1, &replace, OTHER).0, "retired");
}

#[test]
fn an_epoch_is_named_or_waived_and_never_guessed() {
    let (home, template) = registered();
    home.activate(&template, "SN-1", ENROLL);
    for verb in ["reactivate", "unenroll", "replace-passwords", "transfer"] {
        let (code, message) = home.fails(2, &["serial", verb, &template, "SN-1"], OTHER);
        assert_eq!(code, "usage");
        assert!(message.contains("--epoch") && message.contains("--any-epoch"), "{message}");
        let both = ["serial", verb, "--epoch", "0", "--any-epoch", &template, "SN-1"];
        assert_eq!(home.fails(2, &both, OTHER).0, "usage");
        for epoch in ["-1", "x", "4294967296"] {
            let words = ["serial", verb, "--epoch", epoch, &template, "SN-1"];
            assert_eq!(home.fails(2, &words, OTHER).0, "usage", "{epoch}");
        }
    }
    let stale = ["serial", "unenroll", "--epoch", "7", &template, "SN-1"];
    let (code, message) = home.fails(1, &stale, "");
    assert_eq!(code, "epoch-moved");
    assert!(message.contains("epoch 0"), "{message}");
    let any = ["serial", "reactivate", "--any-epoch", &template, "SN-1"];
    assert_eq!(home.json(&any, "")["epoch"], 1);
    assert_eq!(home.fails(1, &any, "").0, "not-enrolled");
    let any = ["serial", "transfer", "--any-epoch", &template, "SN-1"];
    assert_eq!(home.json(&any, OTHER)["epoch"], 2);
    assert_eq!(home.json(&any, THIRD)["epoch"], 3);
}

#[test]
fn an_overlap_is_a_length_of_time() {
    let (home, template) = registered();
    for overlap in ["", "30", "0s", "-1h", "1y", "soon"] {
        let overlap = format!("--overlap={overlap}");
        let words = ["serial", "reactivate", "--epoch", "0", &overlap, &template, "SN-1"];
        let (code, message) = home.fails(2, &words, "");
        assert_eq!(code, "usage");
        assert!(message.contains("24h"), "{message}");
    }
}

#[test]
fn a_retired_serial_refuses_every_verb_with_that_code() {
    let (home, template) = registered();
    home.done(&["serial", "retire", &template, "SN-1"], "");
    for verb in ["reactivate", "unenroll", "replace-passwords", "transfer"] {
        let words = ["serial", verb, "--epoch", "0", &template, "SN-1"];
        assert_eq!(home.fails(1, &words, OTHER).0, "retired", "{verb}");
        let words = ["serial", verb, "--epoch", "0", &template, "SN-9"];
        assert_eq!(home.fails(1, &words, OTHER).0, "unknown-serial", "{verb}");
    }
}
