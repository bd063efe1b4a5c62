//! Grants: `grant list`, `add` and `release`, and `serial set-access`.

use serde_json::{Value, json};

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";
const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";
const OTHER: &str = "0123456789abcdef0123456789abcdef";
const NOBODY: &str = "dev-000000000000000000000000";

/// A home with the activated Things SN-1 and SN-2, and a Controller that enrolled with SN-1.
fn home() -> (Home, String, String) {
    let (home, template) = Home::with_template(&[]);
    home.thing(&template, "SN-1", CONTROL);
    home.thing(&template, "SN-2", CONTROL);
    let (phone, _) = home.phone(&["--own-serial", "P-7", &template, "SN-1"], CONTROL);
    (home, template, phone)
}

fn grants(home: &Home, words: &[&str]) -> Vec<Value> {
    let listed = home.json(&[&["grant", "list"], words].concat(), "");
    assert_eq!(listed["next"], Value::Null);
    listed["grants"].as_array().unwrap().clone()
}

fn holders(home: &Home, template: &str, serial: &str) -> Vec<String> {
    let all = grants(home, &[template, serial]).into_iter();
    all.map(|grant| grant["holder"].as_str().unwrap().to_owned()).collect()
}

fn things(home: &Home, holder: &str) -> Vec<String> {
    let all = grants(home, &["--of", holder]).into_iter();
    all.map(|grant| grant["thing"]["serial"].as_str().unwrap().to_owned()).collect()
}

fn level(home: &Home, template: &str) -> Value {
    grants(home, &[template, "SN-1"])[0]["access"].clone()
}

#[test]
fn who_enrolls_is_granted_its_thing_and_both_ways_tell_so() {
    let (home, template, phone) = home();
    assert_eq!(holders(&home, &template, "SN-1"), [phone.as_str()]);
    assert_eq!(things(&home, &phone), ["SN-1"]);
    let of = &grants(&home, &["--of", &phone])[0];
    let shown = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!((&of["plug_id"], &of["access"]), (&shown["plug_id"], &"read-write".into()));
    assert!(of["at"].as_u64().unwrap() > 1_700_000_000_000);
    for words in
        [&["grant", "list", template.as_str(), "SN-1"][..], &["grant", "list", "--of", &phone]]
    {
        let table = home.done(words, "");
        assert!(table.contains("ACCESS") && table.contains("read and write"), "{table}");
        assert_eq!(table.lines().count(), 2);
    }
}

#[test]
fn whoever_may_act_on_a_thing_is_listed_with_its_name_or_its_serial() {
    let (home, template, _) = home();
    home.phone(&["--name", "Ada's \u{202e}phone", &template, "SN-1"], CONTROL);
    let door = home.json(&["serial", "show", &template, "SN-2"], "")["plug_id"].clone();
    home.done(&["grant", "add", &template, "SN-1", door.as_str().unwrap()], "");
    let all = grants(&home, &[&template, "SN-1"]);
    let told = |name: Value, serial: Value| {
        all.iter().filter(|of| of["name"] == name && of["serial"] == serial).count()
    };
    assert_eq!(told(Value::Null, Value::Null), 1);
    assert_eq!(told("Ada's \u{202e}phone".into(), Value::Null), 1);
    assert_eq!(told(Value::Null, json!({ "template": template, "serial": "SN-2" })), 1);
    assert_eq!(all.len(), 3);
    let table = home.done(&["grant", "list", &template, "SN-1"], "");
    assert!(table.contains("NAME") && table.contains("Ada's \\u{202e}phone"), "{table}");
    let door = table.lines().find(|line| line.contains(door.as_str().unwrap())).unwrap();
    assert!(door.contains("SN-2"), "{table}");
}

#[test]
fn an_operator_grants_and_releases_and_a_repeat_says_already() {
    let (home, template, phone) = home();
    let add = ["grant", "add", &template, "SN-2", &phone];
    let added = home.json(&add, "");
    assert_eq!((&added["outcome"], &added["access"]), (&"done".into(), &"read-write".into()));
    assert_eq!((&added["serial"], &added["holder"]), (&"SN-2".into(), &phone.clone().into()));
    assert_eq!(home.json(&add, "")["outcome"], "already-done");
    assert_eq!(things(&home, &phone), ["SN-1", "SN-2"]);
    let release = ["grant", "release", &template, "SN-1", &phone];
    assert_eq!(home.json(&release, "")["outcome"], "done");
    assert_eq!(home.json(&release, "")["outcome"], "already-done");
    assert_eq!(home.done(&release, ""), format!("SN-1 released by {phone} already\n"));
    assert_eq!(things(&home, &phone), ["SN-2"]);
    assert!(holders(&home, &template, "SN-1").is_empty());
}

#[test]
fn all_that_somebody_holds_ends_at_once() {
    let (home, template, phone) = home();
    home.done(&["grant", "add", &template, "SN-2", &phone], "");
    for _ in 0..2 {
        let all = home.json(&["grant", "release", "--all", &phone], "");
        assert_eq!(all, json!({ "holder": phone, "outcome": "done" }));
        assert!(things(&home, &phone).is_empty());
    }
}

#[test]
fn a_thing_may_act_on_another_thing() {
    let (home, template, _) = home();
    let shown = home.json(&["serial", "show", &template, "SN-2"], "");
    let device = shown["plug_id"].as_str().unwrap();
    home.done(&["grant", "add", &template, "SN-1", device], "");
    assert_eq!(things(&home, device), ["SN-1"]);
    home.done(&["grant", "release", "--all", device], "");
    assert!(things(&home, device).is_empty());
}

#[test]
fn what_is_taken_off_is_acted_on_by_nobody() {
    let (home, template, phone) = home();
    home.done(&["grant", "add", &template, "SN-2", &phone], "");
    home.done(&["serial", "unenroll", "--epoch", "0", &template, "SN-1"], "");
    assert!(holders(&home, &template, "SN-1").is_empty());
    assert_eq!(things(&home, &phone), ["SN-2"]);
    home.done(&["serial", "retire", &template, "SN-2"], "");
    assert!(things(&home, &phone).is_empty());
}

#[test]
fn another_control_password_ends_grants_unless_they_are_kept() {
    let (home, template, phone) = home();
    let replace = ["serial", "replace-control-password", &template, "SN-1"];
    home.done(&[&replace[..], &["--keep-grants"]].concat(), OTHER);
    assert_eq!(holders(&home, &template, "SN-1"), [phone.as_str()]);
    home.done(&replace, CONTROL);
    assert!(holders(&home, &template, "SN-1").is_empty());
    assert_eq!(home.json(&["controller", "show", &phone], "")["stage"], "enrolled");
}

#[test]
fn a_thing_that_is_not_enrolled_is_granted_to_nobody_and_it_is_said_what_to_do() {
    let (home, template, phone) = home();
    home.add(&template, "its -third", &format!("{ENROLL}\n{CONTROL}\n"));
    let add = ["grant", "add", &template, "its -third", &phone];
    let (code, message) = home.fails(1, &add, "");
    assert_eq!(code, "not-enrolled");
    let show = format!("plugmint serial show {template} 'its -third'");
    assert!(message.contains(&format!("its device enrolls first: `{show}`")), "{message}");
    let shown = home.shell(&show, "");
    assert!(
        shown.stdout.contains(&format!("plugmint enroll {template} 'its -third'")),
        "{shown:?}"
    );
    home.done(&["serial", "retire", &template, "SN-2"], "");
    assert_eq!(home.fails(1, &["grant", "add", &template, "SN-2", &phone], "").0, "retired");
}

#[test]
fn a_thing_says_what_controllers_may_do_with_it_and_else_its_template_does() {
    let (home, template, _) = home();
    let set = |level: &str| home.json(&["serial", "set-access", &template, "SN-1", level], "");
    let access = || home.json(&["serial", "show", &template, "SN-1"], "")["access"].clone();
    let line = || {
        let screen = home.done(&["serial", "show", &template, "SN-1"], "");
        let line = screen.lines().find(|line| line.starts_with("Access of Controllers"));
        line.unwrap().split_at(21).1.trim().to_owned()
    };
    assert_eq!((access(), level(&home, &template)), (Value::Null, "read-write".into()));
    assert_eq!(line(), "read and write, as its template says");
    for (word, words) in [("read", "read"), ("none", "none"), ("read-write", "read and write")] {
        assert_eq!(set(word)["outcome"], "done");
        assert_eq!(set(word)["outcome"], "already-done");
        assert_eq!((access(), level(&home, &template)), (word.into(), word.into()));
        assert_eq!(line(), format!("{words}, as was set for it"));
    }
    home.done(&["template", "change", &template, "--access", "read"], "");
    assert_eq!(level(&home, &template), "read-write");
    assert_eq!(set("template")["outcome"], "done");
    assert_eq!((access(), level(&home, &template)), (Value::Null, "read".into()));
    let told = home.done(&["serial", "set-access", &template, "SN-1", "template"], "");
    assert_eq!(told, "SN-1 lets Controllers do what its template says already\n");
    let (code, message) = home.fails(2, &["serial", "set-access", &template, "SN-1", "write"], "");
    assert_eq!(code, "usage");
    assert!(message.contains("read-write") && message.contains("template"), "{message}");
    home.done(&["serial", "retire", &template, "SN-1"], "");
    let set = ["serial", "set-access", &template, "SN-1", "read"];
    assert_eq!(home.fails(1, &set, "").0, "retired");
}

#[test]
fn a_grant_stays_and_gives_nothing_while_either_side_is_disabled() {
    let (home, template, phone) = home();
    home.done(&["controller", "disable", &phone], "");
    assert_eq!(level(&home, &template), "none");
    home.done(&["controller", "enable", &phone], "");
    home.done(&["serial", "disable", &template, "SN-1"], "");
    assert_eq!(level(&home, &template), "none");
    home.done(&["serial", "enable", &template, "SN-1"], "");
    assert_eq!(level(&home, &template), "read-write");
}

/// All grants of a list, read with that limit.
fn paged(home: &Home, words: &[&str], limit: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let after = next.iter().flat_map(|next| ["--after", next]);
        let words = ["grant", "list", "--limit", limit].into_iter().chain(words.iter().copied());
        let page = home.json(&words.chain(after).collect::<Vec<_>>(), "");
        assert!(!page["grants"].as_array().unwrap().is_empty(), "no page is empty");
        all.extend(page["grants"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
        if next.is_none() {
            return all;
        }
    }
}

#[test]
fn grants_are_listed_page_by_page_both_ways() {
    let (home, template, phone) = home();
    let mut phones = vec![phone.clone()];
    for serial in ["A", "B/1", "C"] {
        home.thing(&template, serial, CONTROL);
        home.done(&["grant", "add", &template, serial, &phone], "");
        phones.push(home.phone(&["--own-serial", serial, &template, "SN-1"], CONTROL).0);
    }
    // One that has ended stands between those that count.
    home.done(&["controller", "retire", phones[2].as_str()], "");
    home.done(&["serial", "unenroll", "--epoch", "0", &template, "A"], "");
    phones.remove(2);
    phones.sort();
    assert_eq!(holders(&home, &template, "SN-1"), phones);
    assert_eq!(things(&home, &phone), ["B/1", "C", "SN-1"]);
    for limit in ["1", "2", "3", "4"] {
        for words in [&[template.as_str(), "SN-1"][..], &["--of", &phone]] {
            assert_eq!(paged(&home, words, limit), grants(&home, words), "{limit}");
        }
    }
    let shown = home.json(&["controller", "show", &phone], "");
    assert_eq!(shown["grants"].as_array().unwrap().len(), 3);
}

#[test]
fn a_screen_shows_twenty_things_and_where_there_are_more() {
    let (home, template, phone) = home();
    for n in 0..20 {
        let serial = format!("T-{n:02}");
        home.add(&template, &serial, ENROLL);
        home.json(&["enroll", &template, &serial], ENROLL);
        home.done(&["grant", "add", &template, &serial, &phone], "");
    }
    let shown = home.json(&["controller", "show", &phone], "");
    assert_eq!(shown["grants"].as_array().unwrap().len(), 20);
    assert_eq!(shown["grants_next"], format!("{template}/T-18"));
    let screen = home.done(&["controller", "show", &phone], "");
    let more = screen.lines().find_map(|line| line.strip_prefix("And on more: ")).unwrap();
    assert_eq!(home.shell(more, "").stdout.lines().count(), 22);
}

#[test]
fn whom_nobody_knows_and_what_says_nothing_is_told() {
    let (home, template, phone) = home();
    for (words, code) in [
        (&["add", template.as_str(), "SN-1", NOBODY][..], "unknown-holder"),
        (&["add", &template, "SN-9", &phone], "unknown-serial"),
        (&["release", &template, "SN-1", NOBODY], "unknown-holder"),
        (&["release", "--all", NOBODY], "unknown-holder"),
        (&["list", &template, "SN-9"], "unknown-serial"),
        (&["list", "--of", NOBODY], "unknown-holder"),
    ] {
        assert_eq!(home.fails(1, &[&["grant"], words].concat(), "").0, code, "{words:?}");
    }
    let thing = format!("{template}/SN-1");
    for words in [
        &["list"][..],
        &["list", &template],
        &["list", &template, "SN-1", "--of", &phone],
        &["list", &template, "SN-1", "--after", &thing],
        &["list", "--of", &phone, "--after", &phone],
        &["list", "--of", &phone, "--after", "SN-1"],
        &["list", "--of", &template],
        &["add", &template, "SN-1"],
        &["release"],
        &["release", &phone],
        &["release", &template, "SN-1"],
        &["release", "--all", &phone, &template, "SN-1", &phone],
        &["release", "--all"],
    ] {
        assert_eq!(home.fails(2, &[&["grant"], words].concat(), "").0, "usage", "{words:?}");
    }
}
