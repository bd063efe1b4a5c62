//! `controller show`, and what it says may be done next.

use serde_json::Value;

use crate::program::Home;

use super::{CONTROL, ENROLL, NOBODY, OTHER, home, named, show};

/// Verb and command line of everything that may be done next.
fn next(shown: &Value) -> Vec<(String, String)> {
    let text = |next: &Value, field: &str| next[field].as_str().unwrap().to_owned();
    let next = shown["next"].as_array().unwrap().iter();
    next.map(|next| (text(next, "verb"), text(next, "command"))).collect()
}

fn verbs(home: &Home, plug_id: &str) -> String {
    let next = next(&show(home, plug_id));
    next.into_iter().map(|(verb, _)| verb).collect::<Vec<_>>().join(" ")
}

fn command(home: &Home, plug_id: &str, verb: &str) -> String {
    let next = next(&show(home, plug_id)).into_iter();
    next.into_iter().find(|(name, _)| name == verb).unwrap_or_else(|| panic!("{verb}")).1
}

#[test]
fn one_screen_tells_all_there_is_to_know_of_a_controller() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    home.done(&["authenticate", &plug_id], &password);
    let screen = home.done(&["controller", "show", &plug_id], "");
    for (name, value) in [
        ("Controller", "0"),
        ("Template", template.as_str()),
        ("Thing", "SN-1"),
        ("Stage", "Activated"),
        ("Mark", "enabled"),
        ("The Controller may", "connect"),
        ("Plug-ID", &plug_id),
        ("Epoch", "0"),
        ("Name", "Phone"),
        ("Own serial", "P-7"),
        ("Key version", "1"),
        ("Enrolled", "20"),
        ("First connected", "20"),
    ] {
        let line = screen.lines().find(|line| line.starts_with(&format!("{name}  ")));
        let line = line.unwrap_or_else(|| panic!("{name}: {screen}"));
        assert!(line.split_at(name.len()).1.trim().starts_with(value), "{line}");
    }
    let mut rest = screen.as_str();
    for next in ["It may act on:\n", "SN-1", "read and write", "May be done next:\n", "retire"] {
        rest = rest.split_once(next).unwrap_or_else(|| panic!("{next}: {screen}")).1;
    }
    home.done(&["controller", "retire", &plug_id], "");
    let screen = home.done(&["controller", "show", &plug_id], "");
    assert!(screen.contains("It may act on nothing.\n"), "{screen}");
    assert!(screen.ends_with("Nothing may be done next.\n"), "{screen}");
}

#[test]
fn json_tells_what_the_screen_tells() {
    let (home, template) = home();
    let (plug_id, _) = named(&home, &template);
    let shown = show(&home, &plug_id);
    assert_eq!((&shown["stage"], &shown["mark"]), (&"enrolled".into(), &"enabled".into()));
    assert_eq!((&shown["name"], &shown["own_serial"]), (&"Phone".into(), &"P-7".into()));
    assert_eq!(shown["thing"], serde_json::json!({ "template": template, "serial": "SN-1" }));
    assert_eq!(shown["grants"][0]["thing"]["serial"], "SN-1");
    assert_eq!(shown["grants"][0]["access"], "read-write");
    assert_eq!(shown["grants_next"], Value::Null);
    assert!(shown["next"][0]["comes_to"].is_string());
}

#[test]
fn what_may_be_done_next_follows_the_life_of_a_controller() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    let verbs = || verbs(&home, &plug_id);
    assert_eq!(verbs(), "enroll authenticate unenroll disable reactivate release-all retire");
    home.done(&["authenticate", &plug_id], &password);
    assert_eq!(verbs(), "authenticate unenroll disable reactivate release-all retire");
    home.done(&["grant", "release", "--all", &plug_id], "");
    assert_eq!(verbs(), "authenticate unenroll disable reactivate retire");
    home.done(&["controller", "reactivate", "--epoch", "0", &plug_id], "");
    assert_eq!(verbs(), "enroll disable retire");
    home.done(&["serial", "disable", &template, "SN-1"], "");
    assert_eq!(verbs(), "disable retire");
    home.done(&["controller", "disable", &plug_id], "");
    assert_eq!(verbs(), "enable retire");
    home.done(&["serial", "retire", &template, "SN-1"], "");
    assert_eq!(verbs(), "enable retire");
    home.done(&["controller", "retire", &plug_id], "");
    assert_eq!(verbs(), "");
}

#[test]
fn each_command_line_that_is_shown_does_what_it_says() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    let stage = || show(&home, &plug_id)["stage"].as_str().unwrap().to_owned();
    let run = |verb: &str, stdin: &str| {
        let command = command(&home, &plug_id, verb);
        let ran = home.shell(&command, stdin);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {ran:?}");
        ran.stdout
    };
    assert!(run("enroll", CONTROL).contains(&password));
    run("authenticate", &password);
    assert_eq!(stage(), "activated");
    run("disable", "");
    assert_eq!(show(&home, &plug_id)["mark"], "disabled");
    run("enable", "");
    run("reactivate", "");
    assert_eq!(stage(), "must-enroll-again");
    let again = run("enroll", CONTROL);
    assert!(again.contains(&plug_id) && !again.contains(&password), "{again}");
    assert_eq!(stage(), "enrolled");
    run("release-all", "");
    assert_eq!(show(&home, &plug_id)["grants"], serde_json::json!([]));
    run("retire", "");
    assert_eq!(stage(), "retired");
    let (plug_id, password) = named(&home, &template);
    let ran = home.shell(&command(&home, &plug_id, "unenroll"), &password);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(show(&home, &plug_id)["stage"], "retired");
}

#[test]
fn a_controller_connects_whatever_became_of_its_thing_and_the_screen_says_so() {
    let (home, template) = home();
    let (plug_id, password) = named(&home, &template);
    for verb in ["disable", "enable", "retire"] {
        home.done(&["serial", verb, &template, "SN-1"], "");
        let ran = home.shell(&command(&home, &plug_id, "authenticate"), &password);
        assert_eq!(ran.code, 0, "{verb}: {ran:?}");
    }
    home.done(&["template", "delete", &template], "");
    let ran = home.shell(&command(&home, &plug_id, "retire"), "");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn the_command_lines_of_odd_serials_in_another_place_can_be_run_too() {
    let home = Home::empty();
    let place = ["--data", "an odd/place", "--json"];
    let run = |words: &[&str], stdin: &str| -> Value {
        let words = [&place[..], words].concat();
        serde_json::from_str(&home.done(&words, stdin)).unwrap()
    };
    run(&["init"], "");
    let made = run(&["template", "create", "Odd"], "");
    let template = made["id"].as_str().unwrap();
    let odd = ["it's $(one) \"\\", "-dash", "--json", "a/\u{202e}b'\u{200b}\\"];
    for serial in odd {
        run(&["serial", "add", "--", template, serial], &format!("{ENROLL}\n{CONTROL}\n"));
        run(&["enroll", "--", template, serial], ENROLL);
        let own = format!("--own-serial={serial}");
        let phone = run(&["controller", "enroll", &own, "--", template, serial], CONTROL);
        let plug_id = phone["plug_id"].as_str().unwrap();
        let shown = run(&["controller", "show", plug_id], "");
        assert_eq!(
            (&shown["own_serial"], &shown["thing"]["serial"]),
            (&serial.into(), &serial.into())
        );
        let next = next(&shown);
        let (_, enroll) = next.iter().find(|(verb, _)| verb == "enroll").unwrap();
        let ran = home.shell(enroll, CONTROL);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{enroll}: {ran:?}");
        assert!(ran.stdout.contains(plug_id), "{enroll}: {ran:?}");
    }
}

#[test]
fn a_plug_id_of_the_other_kind_is_told_and_where_to_look_it_up() {
    let (home, template) = Home::with_template(&[]);
    let device = home.thing(&template, "SN-1", CONTROL);
    let (controller, _) = named(&home, &template);
    let (code, message) = home.fails(1, &["serial", "show", "--plug-id", &controller], "");
    assert_eq!(code, "unknown-plug-id");
    let hint = format!("that is a Controller: `plugmint controller show {controller}`");
    assert!(message.contains(&hint), "{message}");
    for words in
        [&["show"][..], &["disable"], &["enable"], &["retire"], &["reactivate", "--any-epoch"]]
    {
        let of = |plug_id| [&["controller"], words, &[plug_id]].concat();
        let (code, message) = home.fails(1, &of(&device), "");
        assert_eq!(code, "unknown-controller");
        let hint = format!("that is a device: `plugmint serial show --plug-id {device}`");
        assert!(message.contains(&hint), "{message}");
        let (code, message) = home.fails(1, &of(NOBODY), "");
        assert_eq!(code, "unknown-controller");
        assert!(message.contains("controller list"), "{message}");
    }
    assert_eq!(home.fails(1, &["serial", "show", "--plug-id", NOBODY], "").0, "unknown-plug-id");
}

#[test]
fn no_password_is_printed_but_the_one_that_was_asked_for() {
    let chosen = ["--control-class", "chosen", "--argon2", "64,1,1"];
    let (control, wrong) = ("canary-of-the-control-password", "canary-of-another-password");
    for json in [&[][..], &["--json"]] {
        let (home, template) = Home::with_template(&chosen);
        home.thing(&template, "SN-1", control);
        let enroll = ["controller", "enroll", "--own-serial", "P-7", &template, "SN-1"];
        let (plug_id, password) = home.phone(&enroll[2..], control);
        let grant = [template.as_str(), "SN-1", &plug_id];
        for (words, stdin, code) in [
            (&enroll[..], wrong, 1),
            (&[&enroll[..], &[control]].concat(), "", 2),
            (&["controller", "list", &template, "SN-1"], "", 0),
            (&["controller", "list", &template, "SN-1", control], "", 2),
            (&["controller", "show", &plug_id], "", 0),
            (&["controller", "show", &plug_id, control], "", 2),
            (&["controller", "disable", &plug_id, &password], "", 2),
            (&["authenticate", &plug_id], &password, 0),
            (&["grant", "list", &template, "SN-1"], "", 0),
            (&["grant", "list", "--of", &plug_id], "", 0),
            (&[&["grant", "release"], &grant[..]].concat(), "", 0),
            (&[&["grant", "add"], &grant[..]].concat(), "", 0),
            (&[&["grant", "add"], &grant[..], &[control]].concat(), "", 2),
            (&["grant", "add", &template, "SN-1", control], "", 2),
            (&["serial", "set-access", &template, "SN-1", control], "", 2),
            (&["serial", "show", &template, "SN-1"], "", 0),
            (&["controller", "reactivate", "--epoch", "0", &plug_id], "", 0),
            (&["unenroll", &plug_id], &password, 1),
            (&["serial", "history", &template, "SN-1"], "", 0),
        ] {
            let ran = home.run(&[words, json].concat(), stdin);
            assert_eq!(ran.code, code, "{words:?}: {ran:?}");
            for secret in [control, wrong, &password, OTHER] {
                let said = ran.stdout.contains(secret) || ran.stderr.contains(secret);
                assert!(!said, "{words:?}: {ran:?}");
            }
        }
    }
}
