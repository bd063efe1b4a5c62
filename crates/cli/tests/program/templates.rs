//! `template ...`.

use serde_json::{Value, json};

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

fn show(home: &Home, template: &str) -> Value {
    home.json(&["template", "show", template], "")
}

#[test]
fn a_template_is_made_with_its_settings() {
    let home = Home::new();
    let template = home.template(&[
        "--repeat",
        "never",
        "--controllers",
        "3",
        "--access",
        "read",
        "--sources",
        "2",
        "--label",
        "line=7",
        "--label",
        "plant=Graz",
    ]);
    let shown = show(&home, &template);
    assert_eq!(shown["repeat"], "never");
    assert_eq!(shown["controllers"], 3);
    assert_eq!(shown["access"], "read");
    assert_eq!(shown["sources"], json!({ "at-most": 2 }));
    assert_eq!(shown["labels"], json!({ "line": "7", "plant": "Graz" }));
    assert_eq!(shown["state"], "open");
    let screen = home.done(&["template", "show", &template], "");
    for text in ["never", "at most 3", "read", "above 2", "line=7, plant=Graz", "open"] {
        assert!(screen.contains(text), "{text}: {screen}");
    }
}

#[test]
fn a_template_changes_in_what_is_named_and_a_repeat_says_already() {
    let home = Home::new();
    let template = home.template(&["--label", "line=7"]);
    let before = show(&home, &template);
    for (words, field, value) in [
        (&["--name", "Freezers"][..], "name", json!("Freezers")),
        (&["--repeat", "always"], "repeat", json!("always")),
        (&["--controllers", "1"], "controllers", json!(1)),
        (&["--access", "none"], "access", json!("none")),
        (&["--sources", "7"], "sources", json!({ "at-most": 7 })),
        (&["--sources", "off"], "sources", json!("off")),
        (&["--label", "a=b"], "labels", json!({ "a": "b" })),
        (&["--no-labels"], "labels", json!({})),
    ] {
        let words = [&["template", "change", template.as_str()], words].concat();
        assert_eq!(home.json(&words, "")["outcome"], "done", "{words:?}");
        assert_eq!(show(&home, &template)[field], value);
        assert_eq!(home.json(&words, "")["outcome"], "already-done", "{words:?}");
    }
    let after = show(&home, &template);
    for field in ["id", "company", "password_class", "argon2", "operator_enroll", "created_at"] {
        assert_eq!(after[field], before[field]);
    }
}

#[test]
fn a_change_that_changes_nothing_or_names_no_value_is_usage() {
    let (home, template) = Home::with_template(&[]);
    for words in [
        &[][..],
        &["--controllers", "0"],
        &["--controllers", "1025"],
        &["--sources", "8"],
        &["--access", "write"],
        &["--repeat", "sometimes"],
        &["--label", "no-value"],
        &["--no-labels", "--label", "a=b"],
    ] {
        let words = [&["template", "change", template.as_str()], words].concat();
        assert_eq!(home.fails(2, &words, "").0, "usage", "{words:?}");
    }
    let many: Vec<_> = (0..33).map(|number| format!("--label=l{number}=")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let words = [&["template", "change", template.as_str()], &many[..]].concat();
    assert_eq!(home.fails(2, &words, "").0, "usage");
}

#[test]
fn a_closed_template_takes_nobody_in_until_it_is_opened() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "A", ENROLL);
    let verb = |verb: &str| home.json(&["template", verb, &template], "")["outcome"].clone();
    assert_eq!((verb("close"), verb("close")), ("done".into(), "already-done".into()));
    assert!(show(&home, &template)["state"]["closed"]["since"].is_u64());
    assert_eq!(home.fails(1, &["serial", "add", &template, "B"], ENROLL).0, "template-closed");
    assert_eq!(home.fails(1, &["enroll", &template, "A"], ENROLL).0, "refused");
    let listed = home.done(&["template", "list"], "");
    assert!(listed.contains("closed since"), "{listed}");
    let shown = home.done(&["serial", "show", &template, "A"], "");
    assert!(shown.contains("not enroll: its template takes nobody in"), "{shown}");
    assert_eq!((verb("open"), verb("open")), ("done".into(), "already-done".into()));
    home.json(&["enroll", &template, "A"], ENROLL);
}

#[test]
fn a_template_in_use_is_not_deleted_and_the_serial_is_named() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "A", ENROLL);
    home.add(&template, "B", ENROLL);
    home.activate(&template, "B", ENROLL);
    let (code, message) = home.fails(1, &["template", "delete", &template], "");
    assert_eq!(code, "in-use");
    assert!(message.contains("`B`") && message.contains("--retire-all"), "{message}");
    assert_eq!(show(&home, &template)["state"], "open");
    home.json(&["enroll", &template, "A"], ENROLL);
}

#[test]
fn a_template_is_deleted_with_what_lives_in_it_when_that_is_asked_for() {
    let (home, template) = Home::with_template(&[]);
    for serial in ["A", "B", "C"] {
        home.add(&template, serial, ENROLL);
    }
    let (plug_id, password) = home.activate(&template, "B", ENROLL);
    home.json(&["enroll", &template, "C"], ENROLL);
    let delete = ["--actor", "grace", "template", "delete", &template, "--retire-all"];
    let deleted = home.json(&delete, "");
    let done = json!({ "template": template, "looked_at": 3, "retired": 2, "outcome": "done" });
    assert_eq!(deleted, done);
    assert_eq!(home.json(&delete, "")["outcome"], "already-done");
    assert_eq!(home.fails(1, &["authenticate", &plug_id], &password).0, "refused");
    assert_eq!(home.json(&["template", "list"], ""), json!([]));
    assert!(show(&home, &template)["state"]["deleted"]["since"].is_u64());
    let history = home.json(&["serial", "history", &template, "B"], "");
    assert_eq!(history[3]["author"]["operator"], "grace");
    let open = ["template", "open", template.as_str()];
    assert_eq!(home.fails(1, &open, "").0, "unknown-template");
    assert_eq!(home.fails(1, &["enroll", &template, "A"], ENROLL).0, "refused");
}

#[test]
fn a_template_that_nobody_uses_is_deleted_without_more_ado() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "A", ENROLL);
    home.done(&["serial", "retire", &template, "A"], "");
    let told = home.done(&["template", "delete", &template], "");
    assert_eq!(told, format!("{template} is deleted\n"));
}

#[test]
fn verbs_on_a_template_that_nobody_knows_say_so() {
    let home = Home::new();
    let nowhere = "mod-000000000000000000000000";
    for words in [
        &["template", "close", nowhere][..],
        &["template", "open", nowhere],
        &["template", "delete", nowhere],
        &["template", "change", nowhere, "--name", "X"],
    ] {
        assert_eq!(home.fails(1, words, "").0, "unknown-template", "{words:?}");
    }
}
