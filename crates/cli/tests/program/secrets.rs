//! What the program prints and writes holds no secret but the credentials that were asked for.

use std::fs;

use crate::program::{Home, Ran};

const ENROLL: &str = "canary-of-the-enroll-password";
const CONTROL: &str = "canary-of-the-control-password";
const WRONG: &str = "canary-of-another-password";

/// In any run, whatever becomes of it.
fn says_none(home: &Home, ran: &Ran, secrets: &[&str]) {
    let key = fs::read_to_string(home.path("plugmint-data.key")).unwrap();
    for secret in [&[ENROLL, CONTROL, WRONG, key.trim_end()], secrets].concat() {
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
        &["serial", "list", &template],
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
    for file in fs::read_dir(home.path("plugmint-data")).unwrap() {
        let held = fs::read(file.unwrap().path()).unwrap();
        for secret in [ENROLL, CONTROL, WRONG] {
            let found = held.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
            assert!(!found, "{secret}");
        }
    }
}
