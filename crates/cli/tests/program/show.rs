//! `serial show` and `serial explain`.

use serde_json::Value;

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";
const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";

fn show(home: &Home, template: &str, serial: &str) -> Value {
    home.json(&["serial", "show", template, serial], "")
}

/// Verb and command line of everything that may be done next.
fn next(shown: &Value) -> Vec<(String, String)> {
    let text = |next: &Value, field: &str| next[field].as_str().unwrap().to_owned();
    let next = shown["next"].as_array().unwrap().iter();
    next.map(|next| (text(next, "verb"), text(next, "command"))).collect()
}

fn verbs(shown: &Value) -> Vec<String> {
    next(shown).into_iter().map(|(verb, _)| verb).collect()
}

#[test]
fn one_screen_tells_all_there_is_to_know_of_a_serial() {
    let (home, template) = Home::with_template(&["--operator-enroll"]);
    let add = ["serial", "add", &template, "SN-1", "--label", "batch=12", "--label", "line=7"];
    home.done(&add, &format!("{ENROLL}\n{CONTROL}\n"));
    let (plug_id, _) = home.activate(&template, "SN-1", ENROLL);
    let screen = home.done(&["serial", "show", &template, "SN-1"], "");
    for (name, value) in [
        ("Serial", "SN-1"),
        ("Template", template.as_str()),
        ("Template's name", "White refrigerators"),
        ("Template's state", "open"),
        ("Stage", "Activated"),
        ("Mark", "enabled"),
        ("Plug-ID", &plug_id),
        ("Epoch", "0"),
        ("Overlap", "none"),
        ("Key version", "1"),
        ("Control password", "yes"),
        ("Sealed enroll key", "no"),
        ("Next Controller", "0"),
        ("Labels", "batch=12, line=7"),
        ("Registered", "20"),
        ("First connected", "20"),
        ("Enrolled", "20"),
        ("Activated", "20"),
    ] {
        let line = screen.lines().find(|line| line.starts_with(&format!("{name}  ")));
        let line = line.unwrap_or_else(|| panic!("{name}: {screen}"));
        assert!(line.split_at(name.len()).1.trim().starts_with(value), "{line}");
    }
    assert!(screen.contains("The last 3 of 3 events:\n"), "{screen}");
    let mut rest = screen.as_str();
    for next in ["registered", "enrolled", "activated", "May be done next:\n", "reactivate"] {
        rest = rest.split_once(next).unwrap_or_else(|| panic!("{next}: {screen}")).1;
    }
}

#[test]
fn json_tells_what_the_screen_tells() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    let shown = show(&home, &template, "SN-1");
    assert_eq!(shown["template_name"], "White refrigerators");
    assert_eq!(shown["template_state"], "open");
    assert_eq!((&shown["stage"], &shown["epoch"]), (&"registered".into(), &0.into()));
    assert_eq!(shown["overlap_left_millis"], Value::Null);
    assert_eq!(shown["last_events"][0]["kind"], "registered");
    assert_eq!(shown["next"][0]["verb"], "enroll");
    assert_eq!(shown["next"][0]["answer"]["enrolls"], "first");
    assert!(shown["next"][0]["because"].is_string());
}

#[test]
fn only_the_last_five_events_are_shown() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    for _ in 0..3 {
        home.done(&["serial", "disable", &template, "SN-1"], "");
        home.done(&["serial", "enable", &template, "SN-1"], "");
    }
    let shown = show(&home, &template, "SN-1");
    let numbers: Vec<_> = shown["last_events"].as_array().unwrap().iter().collect();
    let numbers: Vec<_> = numbers.iter().map(|event| event["number"].as_u64().unwrap()).collect();
    assert_eq!((numbers, &shown["events"]), (vec![2, 3, 4, 5, 6], &7.into()));
}

#[test]
fn a_serial_is_found_by_its_plug_id() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    let (plug_id, _) = home.activate(&template, "SN-1", ENROLL);
    let shown = home.json(&["serial", "show", "--plug-id", &plug_id], "");
    assert_eq!((&shown["template"], &shown["serial"]), (&template.into(), &"SN-1".into()));
    let nobody = ["serial", "show", "--plug-id", "dev-000000000000000000000000"];
    assert_eq!(home.fails(1, &nobody, "").0, "unknown-plug-id");
    for words in [&["serial", "show"][..], &["serial", "show", "mod-5c66bc451866d3c62ba0b904"]] {
        assert_eq!(home.fails(2, words, "").0, "usage");
    }
}

#[test]
fn what_may_be_done_next_follows_the_life_of_a_serial() {
    let (home, template) = Home::with_template(&["--operator-enroll"]);
    home.add(&template, "SN-1", ENROLL);
    let may = |verb: &str| verbs(&show(&home, &template, "SN-1")).contains(&verb.to_owned());
    assert!(may("enroll") && may("enroll-by-operator") && may("replace-passwords"));
    assert!(!may("register") && !may("enable") && !may("authenticate") && !may("reactivate"));
    home.activate(&template, "SN-1", ENROLL);
    assert!(may("authenticate") && may("reactivate") && may("unenroll") && !may("enroll"));
    home.done(&["serial", "disable", &template, "SN-1"], "");
    assert!(may("enable") && !may("disable") && !may("authenticate"));
    home.done(&["serial", "retire", &template, "SN-1"], "");
    assert!(verbs(&show(&home, &template, "SN-1")).is_empty());
    let screen = home.done(&["serial", "show", &template, "SN-1"], "");
    assert!(screen.ends_with("Nothing may be done next.\n"), "{screen}");
}

#[test]
fn each_command_line_that_is_shown_does_what_it_says() {
    for verb in [
        "enroll-by-operator",
        "disable",
        "replace-passwords",
        "replace-control-password",
        "transfer",
        "retire",
    ] {
        let (home, template) = Home::with_template(&["--operator-enroll"]);
        home.add(&template, "SN-1", ENROLL);
        let next = next(&show(&home, &template, "SN-1"));
        let (_, command) = next.iter().find(|(name, _)| name == verb).unwrap();
        let ran = home.shell(command, CONTROL);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {ran:?}");
        assert!(home.json(&["serial", "history", &template, "SN-1"], "")[1].is_object(), "{verb}");
    }
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    home.activate(&template, "SN-1", ENROLL);
    for verb in ["reactivate", "unenroll"] {
        let next = next(&show(&home, &template, "SN-1"));
        let (_, command) = next.iter().find(|(name, _)| name == verb).unwrap();
        assert_eq!(home.shell(command, "").code, 0, "{command}");
        home.json(&["enroll", &template, "SN-1"], ENROLL);
    }
}

#[test]
fn who_controls_a_serial_is_shown_what_only_the_operator_knows_in_capitals() {
    let (home, template) = Home::with_template(&[]);
    let add = ["serial", "add", &template, "SN-1"];
    home.done(&add, &format!("{ENROLL}\n{CONTROL}\n"));
    let command = |verb: &str| {
        let next = next(&show(&home, &template, "SN-1"));
        next.into_iter().find(|(name, _)| name == verb).map(|(_, command)| command)
    };
    assert_eq!(command("enroll-controller"), None);
    assert_eq!(command("grant"), None);
    home.activate(&template, "SN-1", ENROLL);
    assert_eq!(command("release"), None);
    let ran = home.shell(&command("enroll-controller").unwrap(), CONTROL);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let listed = home.json(&["grant", "list", &template, "SN-1"], "");
    let holder = listed["grants"][0]["holder"].as_str().unwrap().to_owned();
    for (verb, unknown, value) in [
        ("release", "PLUG_ID", holder.as_str()),
        ("grant", "PLUG_ID", &holder),
        ("set-access", "LEVEL", "none"),
    ] {
        let command = command(verb).unwrap();
        assert!(command.ends_with(unknown), "{command}");
        let ran = home.shell(&command.replace(unknown, value), "");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {ran:?}");
    }
    // What a phone does with its own password is not done by hand.
    assert_eq!(command("add-thing"), None);
}

#[test]
fn the_command_line_of_an_odd_serial_in_another_place_can_be_run_too() {
    let home = Home::empty();
    home.done(&["--data", "an odd/place", "--root-key", "its key", "init"], "");
    let place = ["--data", "an odd/place", "--root-key", "its key"];
    let words = |words: &[&'static str]| [&place[..], words].concat();
    let made = home.json(&words(&["template", "create", "Odd"]), "");
    let template = made["id"].as_str().unwrap();
    for serial in ["it's $(one) \"\\", "-dash", "--json", "a/\u{202e}b'\u{200b}\\"] {
        let add = [&place[..], &["serial", "add", "--", template, serial]].concat();
        home.done(&add, ENROLL);
        let show = [&place[..], &["serial", "show", "--json", "--", template, serial]].concat();
        let shown: Value = serde_json::from_str(&home.done(&show, "")).unwrap();
        assert_eq!(shown["serial"], serial);
        let next = next(&shown);
        let (_, command) = next.iter().find(|(verb, _)| verb == "retire").unwrap();
        let ran = home.shell(command, "");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {ran:?}");
        let shown: Value = serde_json::from_str(&home.done(&show, "")).unwrap();
        assert_eq!(shown["stage"], "retired");
    }
}

#[test]
fn a_verb_is_explained_with_its_reason_and_nothing_is_done() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    let explain = |verb: &str| home.json(&["serial", "explain", &template, "SN-1", verb], "");
    assert_eq!(explain("enroll")[0]["answer"]["enrolls"], "first");
    assert_eq!(explain("enable")[0]["answer"], "already-done");
    assert_eq!(explain("reactivate")[0]["answer"]["refused"], "not-enrolled");
    let told = home.done(&["serial", "explain", &template, "SN-1", "reactivate"], "");
    assert!(told.contains("refused: `not-enrolled`") && told.contains("revoke"), "{told}");
    assert_eq!(show(&home, &template, "SN-1")["events"], 1);
}

#[test]
fn what_is_explained_of_controllers_is_told_with_how_many_there_are() {
    let (home, template) = Home::with_template(&[]);
    home.thing(&template, "SN-1", CONTROL);
    home.phone(&[&template, "SN-1"], CONTROL);
    let (gone, _) = home.phone(&[&template, "SN-1"], CONTROL);
    home.done(&["controller", "retire", &gone], "");
    let told = |screen: &str| {
        let line = screen.lines().find_map(|line| line.strip_prefix("Controllers"));
        line.map(|line| line.trim().to_owned())
    };
    let shown = told(&home.done(&["serial", "show", &template, "SN-1"], ""));
    assert_eq!(shown.as_deref(), Some("1, and 1 retired"));
    for verb in [&["release"][..], &["enroll-controller"], &["retire"], &[]] {
        let words = [&["serial", "explain", &template, "SN-1"], verb].concat();
        assert_eq!(told(&home.done(&words, "")), shown, "{verb:?}");
    }
    for words in [["SN-1", "disable"], ["SN-9", "release"]] {
        let words = [&["serial", "explain", &template], &words[..]].concat();
        assert_eq!(told(&home.done(&words, "")), None, "{words:?}");
    }
}

#[test]
fn every_verb_is_explained_where_none_is_named_also_for_a_serial_that_nobody_knows() {
    let (home, template) = Home::with_template(&[]);
    let all = home.json(&["serial", "explain", &template, "SN-9"], "");
    assert_eq!(all.as_array().unwrap().len(), 19);
    assert_eq!(all[0]["verb"], "register");
    assert_eq!(all[0]["answer"]["becomes"], "registered");
    let (code, message) = home.fails(2, &["serial", "explain", &template, "SN-9", "rise"], "");
    assert_eq!(code, "usage");
    assert!(message.contains("reactivate"), "{message}");
}
