//! What the program prints and writes holds no secret but the credentials that were asked for.

use std::fs;
use std::os::unix::fs::FileTypeExt;

use serde_json::Value;

use crate::program::{Home, Ran};

const ENROLL: &str = "canary-of-the-enroll-password";
const CONTROL: &str = "canary-of-the-control-password";
const WRONG: &str = "canary-of-another-password";
const NEW: &str = "canary-of-a-new-password";
const NEW_CONTROL: &str = "canary-of-a-new-control-password";

/// In any run, whatever becomes of it.
fn says_none(home: &Home, ran: &Ran, secrets: &[&str]) {
    let key = fs::read_to_string(home.path("plugmint-data.key")).unwrap();
    for secret in [&[ENROLL, CONTROL, WRONG, NEW, NEW_CONTROL, key.trim_end()], secrets].concat() {
        let said = [&ran.stdout, &ran.stderr].into_iter().any(|text| text.contains(secret));
        assert!(!said, "{ran:?}");
    }
}

#[test]
fn no_password_and_no_root_key_is_printed_or_stored_in_clear() {
    let chosen = ["--password-class", "chosen", "--control-class", "chosen", "--operator-enroll"];
    let (home, template) = Home::with_template(&chosen);
    let csv = format!("serial,enroll_password,control_password\nSN-1,{ENROLL},{CONTROL}\n");
    let csv = home.write("serials.csv", csv);
    let broken = home.write("broken.csv", format!("serial,enroll_password\n\"SN-2\"x,{ENROLL}\n"));
    for words in [
        &["serial", "import", template.as_str(), &csv][..],
        &["serial", "import", template.as_str(), &csv],
        &["serial", "import", template.as_str(), &broken],
        &["serial", "list", "--template", &template],
        &["serial", "show", &template, "SN-1"],
        &["serial", "history", &template, "SN-1"],
    ] {
        for json in [&[][..], &["--json"]] {
            says_none(&home, &home.run(&[words, json].concat(), ""), &[]);
        }
    }
    for (password, code) in [(WRONG, 1), (ENROLL, 0)] {
        let ran = home.run(&["enroll", &template, "SN-1"], password);
        assert_eq!(ran.code, code, "{ran:?}");
        says_none(&home, &ran, &[]);
    }
    stored_none(&home);
}

fn stored_none(home: &Home) {
    for file in fs::read_dir(home.path("plugmint-data")).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_socket() {
            continue;
        }
        let held = fs::read(file.path()).unwrap();
        for secret in [ENROLL, CONTROL, WRONG, NEW, NEW_CONTROL] {
            let found = held.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "{secret}");
        }
    }
}

/// What leads a serial on: words, standard input and exit code, one after the other.
fn life(template: &str) -> Vec<(Vec<&str>, String, i32)> {
    let of = |verb: &[&'static str], stdin: &str, code| {
        let words = [&["serial"], verb, &[template, "SN-1"]].concat();
        (words, stdin.to_owned(), code)
    };
    let both = format!("{NEW}\n{NEW_CONTROL}\n");
    vec![
        of(&["add"], &format!("{ENROLL}\n{CONTROL}\n"), 0),
        of(&["add"], &format!("{ENROLL}\n{CONTROL}\n"), 1),
        of(&["replace-control-password"], WRONG, 0),
        of(&["replace-control-password"], ENROLL, 1),
        of(&["replace-passwords", "--epoch", "0"], &both, 0),
        of(&["replace-passwords", "--epoch", "0"], &both, 0),
        of(&["replace-passwords", "--epoch", "1"], &both, 1),
        of(&["transfer", "--epoch", "1"], &both, 1),
        of(&["transfer", "--epoch", "1"], &format!("{ENROLL}\n{ENROLL}\n"), 1),
        of(&["transfer", "--epoch", "1"], WRONG, 0),
        of(&["explain"], "", 0),
        of(&["show"], "", 0),
        of(&["verify-history"], "", 0),
        of(&["disable"], "", 0),
        of(&["enable"], "", 0),
    ]
}

#[test]
fn no_verb_of_a_life_prints_or_stores_a_password_but_the_one_that_is_shown_once() {
    let chosen = ["--password-class", "chosen", "--control-class", "chosen", "--argon2", "64,1,1"];
    for json in [&[][..], &["--json"]] {
        let (home, template) = Home::with_template(&[&chosen[..], &["--operator-enroll"]].concat());
        for (words, stdin, code) in life(&template) {
            let ran = home.run(&[&words, json].concat(), stdin);
            assert_eq!(ran.code, code, "{words:?}: {ran:?}");
            says_none(&home, &ran, &[]);
        }
        let given: Value = home.json(&["serial", "enroll", &template, "SN-1"], "");
        let password = given["connection_password"].as_str().unwrap();
        let plug_id = given["plug_id"].as_str().unwrap();
        for (words, stdin) in [
            (&["serial", "enroll", template.as_str(), "SN-1"][..], ""),
            (&["authenticate", plug_id], password),
            (&["serial", "show", "--plug-id", plug_id], ""),
            (&["unenroll", plug_id], WRONG),
            (&["unenroll", plug_id], password),
            (&["serial", "list"], ""),
            (&["serial", "count"], ""),
            (&["events", "feed"], ""),
            (&["template", "delete", &template, "--retire-all"], ""),
            (&["events", "forget", "--before", "1h"], ""),
        ] {
            let ran = home.run(&[words, json].concat(), stdin);
            says_none(&home, &ran, &[password]);
        }
        stored_none(&home);
    }
}

#[test]
fn a_password_among_the_arguments_is_refused_and_not_repeated() {
    let (home, template) = Home::with_template(&[]);
    for verb in [
        &["add"][..],
        &["enroll"],
        &["reactivate", "--epoch", "0"],
        &["unenroll", "--epoch", "0"],
        &["replace-passwords", "--epoch", "0"],
        &["transfer", "--epoch", "0"],
        &["replace-control-password"],
        &["explain"],
        &["show"],
    ] {
        let words = [&["serial"], verb, &[template.as_str(), "SN-1", WRONG]].concat();
        for json in [&[][..], &["--json"]] {
            let ran = home.run(&[&words, json].concat(), "");
            assert_eq!(ran.code, 2, "{words:?}");
            says_none(&home, &ran, &[]);
        }
    }
}
