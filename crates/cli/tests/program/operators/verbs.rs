//! Every verb of the program.

use std::collections::BTreeSet;

use crate::program::Home;

use super::{CONTROL, ENROLL};

/// Those that touch no store, or are refused while it is served.
const OTHERS: [&str; 6] = ["init", "demo", "restore", "serve", "hash-password", "derive"];

/// Every verb that help names.
fn verbs(home: &Home, under: &[&str]) -> BTreeSet<String> {
    let help = home.done(&[under, &["--help"]].concat(), "");
    let commands = help.split_once("Commands:\n").map(|(_, commands)| commands).unwrap_or_default();
    let named = commands.lines().take_while(|line| !line.is_empty());
    let named = named.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let named =
        named.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let mut found = BTreeSet::new();
    for name in named {
        let path = [under, &[name]].concat();
        let below = verbs(home, &path);
        if below.is_empty() {
            found.insert(path.join(" "));
        }
        found.extend(below);
    }
    found
}

/// What is asked for, one after the other: a verb, the rest of its words, and its standard input.
type Step = (&'static str, Vec<String>, String);

fn step(verb: &'static str, words: &[&str], stdin: &str) -> Step {
    (verb, words.iter().copied().map(str::to_owned).collect(), stdin.to_owned())
}

/// A life in which every verb has its turn, in the templates T and U, with a device and a phone.
fn life(home: &Home, t: &str, u: &str) -> Vec<Step> {
    let both = format!("{ENROLL}\n{CONTROL}\n");
    let others = |digit: &str| format!("{}\n{}\n", digit.repeat(32), digit.repeat(40));
    let csv = home.write("rows.csv", format!("serial,enroll_password\nI-1,{ENROLL}\n"));
    vec![
        step("template list", &[], ""),
        step("template show", &[t], ""),
        step("template change", &[t, "--name", "Other"], ""),
        step("template close", &[u], ""),
        step("template open", &[u], ""),
        step("template delete", &[u], ""),
        step("serial import", &[t, &csv], ""),
        step("serial add", &[t, "SN-1"], &both),
        step("serial replace-passwords", &["--any-epoch", t, "SN-1"], &others("1")),
        step("serial list", &[], ""),
        step("serial count", &[], ""),
        step("serial show", &[t, "SN-1"], ""),
        step("serial explain", &[t, "SN-1"], ""),
        step("serial enroll", &[t, "SN-1"], ""),
        step("serial unenroll", &["--any-epoch", t, "SN-1"], ""),
        step("enroll", &[t, "SN-1"], &"1".repeat(32)),
        step("serial set-access", &[t, "SN-1", "read"], ""),
        step("serial replace-control-password", &[t, "SN-1"], ENROLL),
        step("serial disable", &[t, "SN-1"], ""),
        step("serial enable", &[t, "SN-1"], ""),
        step("serial reactivate", &[t, "SN-1", "--any-epoch", "--overlap", "1h"], ""),
        step("serial history", &[t, "SN-1"], ""),
        step("serial verify-history", &[t, "SN-1"], ""),
        step("serial transfer", &["--any-epoch", t, "SN-1"], &others("2")),
        step("serial retire", &[t, "SN-1"], ""),
        step("events feed", &[], ""),
        step("events forget", &["--before", "1970-01-02T00:00:00Z"], ""),
        step("key list", &[], ""),
        step("key add", &[], ""),
        step("key sweep", &[], ""),
        step("key drop", &["1"], ""),
        step("backup", &["b.redb"], ""),
    ]
}

/// What a phone does, and is done to it, on a Thing that is enrolled.
fn phones(home: &Home, t: &str) -> Vec<Step> {
    let thing = home.thing(t, "SN-2", CONTROL);
    let (phone, _) = home.phone(&[t, "SN-2", "--own-serial", "P-1"], CONTROL);
    let (leaving, password) = home.phone(&[t, "SN-2"], CONTROL);
    assert!(thing.starts_with("dev-"));
    vec![
        step("controller enroll", &[t, "SN-2", "--own-serial", "P-2"], CONTROL),
        step("controller list", &[t, "SN-2"], ""),
        step("controller show", &[&phone], ""),
        step("controller disable", &[&phone], ""),
        step("controller enable", &[&phone], ""),
        step("grant list", &[t, "SN-2"], ""),
        step("grant release", &[t, "SN-2", &phone], ""),
        step("grant add", &[t, "SN-2", &phone], ""),
        step("controller reactivate", &["--any-epoch", &phone], ""),
        step("controller retire", &[&phone], ""),
        step("authenticate", &[&leaving], &password),
        step("unenroll", &[&leaving], &password),
    ]
}

#[test]
fn every_verb_that_uses_a_store_asks_the_server_that_owns_it() {
    let (home, t) = Home::with_template(&["--operator-enroll"]);
    let u = home.template(&[]);
    let mut done = BTreeSet::from(["template create".to_owned()]);
    for (verb, rest, stdin) in phones(&home, &t).into_iter().chain(life(&home, &t, &u)) {
        let words: Vec<_> = verb.split(' ').chain(rest.iter().map(String::as_str)).collect();
        // The server holds the store: who opened it here would be told so.
        home.json_lines(&words, &stdin);
        done.insert(verb.to_owned());
    }
    let mut all = verbs(&home, &[]);
    for other in OTHERS {
        assert!(all.remove(other), "{other}");
    }
    assert_eq!(done, all);
}
