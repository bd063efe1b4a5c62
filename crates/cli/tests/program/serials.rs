//! Templates and serials, from the prompt's side.

use std::fmt::Write;

use crate::program::Home;

const PASSWORD: &str = "gTygYqudCQ-gY80EK29_tw";
const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";

#[test]
fn a_device_is_added_enrolled_and_connected() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["serial", "add", &template, "SN-1"], PASSWORD);
    let given = home.json(&["enroll", &template, "SN-1"], PASSWORD);
    assert_eq!(given["outcome"], "first");
    let plug_id = given["plug_id"].as_str().unwrap();
    let password = given["connection_password"].as_str().unwrap();
    assert_eq!(password.len(), 32);
    let principal = home.json(&["authenticate", plug_id], password);
    assert_eq!(principal["serial"], "SN-1");
    assert_eq!(principal["template"], template);
    assert_eq!(principal["kind"], "thing");
    let status = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!((&status["stage"], &status["plug_id"]), (&"activated".into(), &plug_id.into()));
    let (code, _) = home.fails(1, &["enroll", &template, "SN-1"], PASSWORD);
    assert_eq!(code, "already-activated");
}

#[test]
fn a_repeat_prints_the_same_credentials() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["serial", "add", &template, "SN-1"], PASSWORD);
    let first = home.json(&["enroll", &template, "SN-1"], PASSWORD);
    let again = home.json(&["enroll", &template, "SN-1"], PASSWORD);
    assert_eq!(again["outcome"], "repeated");
    assert_eq!(first["connection_password"], again["connection_password"]);
}

#[test]
fn one_line_end_of_a_password_is_removed_and_nothing_else() {
    let (home, template) =
        Home::with_template(&["--password-class", "chosen", "--argon2", "64,1,1"]);
    home.done(&["serial", "add", &template, "SN-1"], "correct horse\n");
    for (same, text) in [
        (true, "correct horse"),
        (true, "correct horse\n"),
        (true, "correct horse\r\n"),
        (false, "correct horse "),
        (false, " correct horse"),
        (false, "Correct horse"),
    ] {
        let ran = home.run(&["enroll", &template, "SN-1"], text);
        assert_eq!(ran.code == 0, same, "{text:?}: {ran:?}");
    }
    let (code, _) = home.fails(1, &["enroll", &template, "SN-1"], "correct horse\n\n");
    assert_eq!(code, "invalid-password");
}

#[test]
fn the_second_line_of_add_is_the_control_password() {
    let (home, template) = Home::with_template(&[]);
    let both = format!("{PASSWORD}\n{CONTROL}\n");
    let added = home.json(&["serial", "add", &template, "SN-1"], &both);
    assert_eq!(added["controllable"], true);
    let added = home.json(&["serial", "add", &template, "SN-2"], PASSWORD);
    assert_eq!(added["controllable"], false);
    let same = format!("{PASSWORD}\n{PASSWORD}\n");
    let (code, _) = home.fails(1, &["serial", "add", &template, "SN-3"], &same);
    assert_eq!(code, "same-passwords");
    let three = format!("{PASSWORD}\n{CONTROL}\n{CONTROL}\n");
    let (code, _) = home.fails(1, &["serial", "add", &template, "SN-3"], &three);
    assert_eq!(code, "invalid-password");
}

#[test]
fn a_serial_is_added_once() {
    let (home, template) = Home::with_template(&[]);
    let add = ["serial", "add", template.as_str(), "SN-1"];
    home.done(&add, PASSWORD);
    assert_eq!(home.fails(1, &add, PASSWORD).0, "already-registered");
    assert_eq!(home.fails(1, &add, CONTROL).0, "serial-taken");
}

#[test]
fn a_bad_password_is_told_and_not_repeated() {
    let (home, template) = Home::with_template(&[]);
    let add = ["serial", "add", template.as_str(), "SN-1"];
    for (stdin, code) in [
        (&b""[..], "invalid-password"),
        (b"hush", "invalid-password"),
        (b"hush-hush\x07", "invalid-password"),
        (b"hush-hush\xff", "invalid-password"),
        (b"hush-hush-hush", "wrong-enroll-password-class"),
        (&[b'h'; 129], "invalid-password"),
        (&"h".repeat(70_000).into_bytes(), "invalid-password"),
    ] {
        let (found, message) = home.fails(1, &add, stdin);
        assert_eq!(found, code, "{message}");
        assert!(!message.contains("hush") && !message.contains("hhhh"), "{message}");
    }
    assert_eq!(home.fails(1, &["serial", "show", &template, "SN-1"], "").0, "unknown-serial");
}

#[test]
fn a_bad_serial_is_usage() {
    let (home, template) = Home::with_template(&[]);
    for serial in ["", " SN", "SN ", "S\tN", &"S".repeat(129)] {
        let (code, _) = home.fails(2, &["serial", "add", &template, serial], PASSWORD);
        assert_eq!(code, "usage");
    }
    home.done(&["serial", "add", &template, &"S".repeat(128)], PASSWORD);
    home.done(&["serial", "add", &template, "-dash"], PASSWORD);
    home.done(&["serial", "add", &template, "K\u{fc}hlschrank-\u{2116}42"], PASSWORD);
    home.done(&["serial", "show", &template, "K\u{fc}hlschrank-\u{2116}42"], "");
}

#[test]
fn refusals_of_enrollment_are_one_to_the_byte() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["serial", "add", &template, "SN-1"], PASSWORD);
    home.done(&["serial", "add", &template, "SN-2"], PASSWORD);
    home.done(&["serial", "retire", &template, "SN-2"], "");
    let wrong = home.run(&["enroll", &template, "SN-1", "--json"], CONTROL);
    let unknown = home.run(&["enroll", &template, "SN-9", "--json"], PASSWORD);
    let retired = home.run(&["enroll", &template, "SN-2", "--json"], PASSWORD);
    let nowhere = home.run(&["enroll", "mod-000000000000000000000000", "SN-1", "--json"], PASSWORD);
    for ran in [&unknown, &retired, &nowhere] {
        assert_eq!((ran.code, &ran.stdout, &ran.stderr), (1, &wrong.stdout, &wrong.stderr));
    }
}

#[test]
fn disable_enable_and_retire_do_what_they_say() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["serial", "add", &template, "SN-1"], PASSWORD);
    let verb = |verb: &str| home.json(&["serial", verb, &template, "SN-1"], "");
    assert_eq!(verb("disable")["outcome"], "done");
    assert_eq!(verb("disable")["outcome"], "already-done");
    assert_eq!(home.fails(1, &["enroll", &template, "SN-1"], PASSWORD).0, "refused");
    assert_eq!(verb("enable")["outcome"], "done");
    home.json(&["enroll", &template, "SN-1"], PASSWORD);
    assert_eq!(verb("retire")["outcome"], "done");
    assert_eq!(verb("retire")["outcome"], "already-done");
    assert_eq!(home.fails(1, &["serial", "enable", &template, "SN-1"], "").0, "retired");
    let history = home.json(&["serial", "history", &template, "SN-1"], "");
    let kinds: Vec<_> =
        history.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["registered", "disabled", "enabled", "enrolled", "retired"]);
}

#[test]
fn a_history_names_its_actor() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["--actor", "grace", "serial", "add", &template, "SN-1"], PASSWORD);
    let history = home.json(&["serial", "history", &template, "SN-1"], "");
    assert_eq!(history[0]["author"]["operator"], "grace");
    let shown = home.done(&["serial", "history", &template, "SN-1"], "");
    assert!(shown.contains("grace") && shown.contains("registered"), "{shown}");
}

#[test]
fn templates_are_created_listed_and_shown() {
    let home = Home::new();
    let printed = home.done(&["template", "create", "One"], "");
    let one = printed.trim_end();
    assert!(one.starts_with("mod-") && one.len() == 28, "{printed:?}");
    let two = home.template(&[
        "--password-class",
        "shared",
        "--control-class",
        "chosen",
        "--argon2",
        "64,1,1",
        "--operator-enroll",
    ]);
    let shown = home.json(&["template", "show", &two], "");
    assert_eq!(shown["password_class"], "shared");
    assert_eq!(shown["control_class"], "chosen");
    assert_eq!(shown["argon2"]["memory_kib"], 64);
    assert_eq!(shown["operator_enroll"], "allowed");
    let listed = home.json(&["template", "list"], "");
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let elsewhere = "com-0123456789abcdef01234567";
    let three = home.template(&["--company", elsewhere]);
    let listed = home.json(&["template", "list", "--company", elsewhere], "");
    assert_eq!(listed[0]["id"], three);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(
        home.json(&["template", "list", "--company", "com-000000000000000000000000"], ""),
        serde_json::json!([])
    );
}

#[test]
fn unknown_things_are_told_to_operators() {
    let (home, template) = Home::with_template(&[]);
    let nowhere = "mod-000000000000000000000000";
    for words in [
        vec!["template", "show", nowhere],
        vec!["serial", "list", "--template", nowhere],
        vec!["serial", "add", nowhere, "SN-1"],
        vec!["serial", "retire", nowhere, "SN-1"],
    ] {
        assert_eq!(home.fails(1, &words, PASSWORD).0, "unknown-template", "{words:?}");
    }
    for verb in ["show", "history", "disable", "enable", "retire"] {
        assert_eq!(home.fails(1, &["serial", verb, &template, "SN-9"], "").0, "unknown-serial");
    }
    let dashes = "A".repeat(32);
    assert_eq!(
        home.fails(1, &["authenticate", "dev-000000000000000000000000"], &dashes).0,
        "refused"
    );
    assert_eq!(
        home.fails(1, &["authenticate", "dev-000000000000000000000000"], "short").0,
        "invalid-password"
    );
}

#[test]
fn a_long_list_is_one_json_value_and_one_table() {
    let (home, template) = Home::with_template(&[]);
    let mut file = "serial,enroll_password\n".to_owned();
    for number in 0..2500 {
        writeln!(file, "SN-{number:05},{number:032x}").unwrap();
    }
    let file = home.write("many.csv", file);
    home.done(&["serial", "import", &template, &file], "");
    let listed = home.json(&["serial", "list", "--template", &template], "");
    assert_eq!(listed["serials"].as_array().unwrap().len(), 2500);
    assert_eq!(listed["serials"][2499]["serial"], "SN-02499");
    let table = home.done(&["serial", "list", "--template", &template], "");
    assert_eq!(table.lines().count(), 2501);
    assert_eq!(table.matches("STAGE").count(), 1);
}

#[test]
fn the_demo_comes_to_what_it_should() {
    let steps = Home::empty().json(&["demo"], "");
    let came: Vec<_> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["came_to"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        came[1..],
        [
            "1000 registered",
            "1000 first enrollments",
            "999 connected",
            "999 activated, 1 enrolled",
            "999 connected",
            "Repeated: the same credentials",
            "AlreadyActivated: refused"
        ]
    );
}
