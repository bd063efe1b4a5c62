//! `events feed`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::Value;

use crate::program::{Home, Ran};

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

/// What was given, and the last cursor.
fn read(home: &Home, words: &[&str]) -> (Vec<Value>, String) {
    let lines = home.done(&[&["events", "feed", "--json"], words].concat(), "");
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (cursors, events): (Vec<_>, Vec<_>) = lines.partition(|line| line["cursor"].is_string());
    let cursor = cursors.last().map(|line| line["cursor"].as_str().unwrap().to_owned());
    (events, cursor.unwrap())
}

fn home() -> (Home, String) {
    let (home, template) = Home::with_template(&[]);
    for serial in ["A", "B", "C"] {
        home.add(&template, serial, ENROLL);
    }
    (home, template)
}

#[test]
fn the_feed_gives_the_events_of_all_serials_and_where_to_go_on() {
    let (home, template) = home();
    let (events, cursor) = read(&home, &[]);
    let serials: Vec<_> = events.iter().map(|event| event["serial"].as_str().unwrap()).collect();
    assert_eq!(serials, ["A", "B", "C"]);
    assert_eq!(
        (&events[0]["template"], &events[0]["kind"]),
        (&template.into(), &"registered".into())
    );
    home.done(&["serial", "disable", events[0]["template"].as_str().unwrap(), "A"], "");
    let (again, _) = read(&home, &["--after", &cursor]);
    assert_eq!(again.last().unwrap()["kind"], "disabled");
}

#[test]
fn people_get_a_table_and_the_cursor_beside_it() {
    let (home, _) = home();
    let Ran { code, stdout, stderr } = home.run(&["events", "feed"], "");
    assert_eq!((code, stdout.lines().count()), (0, 4));
    assert!(stdout.starts_with("TEMPLATE") && stdout.contains("registered"), "{stdout}");
    assert!(stderr.starts_with("cursor: "), "{stderr}");
}

#[test]
fn a_feed_is_limited_and_a_later_one_resumes_without_a_gap() {
    let (home, _) = home();
    let (all, _) = read(&home, &[]);
    let (first, cursor) = read(&home, &["--limit", "2"]);
    assert_eq!(first, all[..2]);
    let (rest, _) = read(&home, &["--after", &cursor]);
    assert_eq!(rest.last(), all.last());
    let far = "99999999999999";
    assert_eq!(read(&home, &["--after", far]), (vec![], far.to_owned()));
    for words in [&["--after", "yesterday"][..], &["--limit", "0"]] {
        let words = [&["events", "feed"][..], words].concat();
        assert_eq!(home.fails(2, &words, "").0, "usage", "{words:?}");
    }
}

fn next_event(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Value {
    let events = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    events.into_iter().find(|line| line["serial"].is_string()).unwrap()
}

fn follow(home: &Home, words: &[&str]) -> Child {
    home.begin(&[&["events", "feed", "--follow", "--json"], words].concat())
}

#[test]
fn who_follows_is_given_what_happens_meanwhile_once_and_leaves_the_store_free() {
    let (home, template) = home();
    let mut child = follow(&home, &["--limit", "4"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for serial in ["A", "B", "C"] {
        assert_eq!(next_event(&mut lines)["serial"], serial);
    }
    home.done(&["serial", "disable", &template, "B"], "");
    let event = next_event(&mut lines);
    assert_eq!((&event["serial"], &event["kind"]), (&"B".into(), &"disabled".into()));
    assert!(child.wait().unwrap().success());
}

#[test]
fn who_follows_ends_at_an_interrupt_and_says_where_to_go_on() {
    let (home, _) = home();
    let mut child = home.begin(&["events", "feed", "--follow"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("TEMPLATE"));
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signalled.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("cursor: "), "{told}");
}
