//! `serial list` and `serial count`.

use serde_json::{Value, json};

use crate::program::Home;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

/// A home with two templates: three serials in the first, one of each mark and stage, and one
/// serial in the second.
fn home() -> (Home, String, String) {
    let (home, one) = Home::with_template(&[]);
    let two = home.template(&[]);
    for serial in ["A", "B", "C", "D"] {
        home.add(&one, serial, ENROLL);
    }
    home.add(&two, "E/1", ENROLL);
    home.activate(&one, "B", ENROLL);
    home.done(&["serial", "disable", &one, "C"], "");
    home.done(&["serial", "retire", &one, "D"], "");
    (home, one, two)
}

fn serials(listed: &Value) -> Vec<&str> {
    let listed = listed["serials"].as_array().unwrap().iter();
    listed.map(|status| status["serial"].as_str().unwrap()).collect()
}

#[test]
fn serials_are_listed_by_company_and_template_stage_and_mark() {
    let (home, one, two) = home();
    let company = home.json(&["template", "show", &one], "")["company"].clone();
    for (words, found) in [
        (vec!["--template", &one], vec!["A", "B", "C", "D"]),
        (vec!["--template", &two], vec!["E/1"]),
        (vec!["--template", &one, "--stage", "activated"], vec!["B"]),
        (vec!["--template", &one, "--stage", "Activated"], vec!["B"]),
        (vec!["--template", &one, "--stage", "registered"], vec!["A", "C"]),
        (vec!["--template", &one, "--stage", "retired"], vec!["D"]),
        (vec!["--template", &one, "--stage", "enrolled"], vec![]),
        (vec!["--disabled"], vec!["C"]),
        (vec!["--enabled", "--template", &one], vec!["A", "B"]),
    ] {
        let listed = home.json(&[&["serial", "list"][..], &words].concat(), "");
        assert_eq!((serials(&listed), &listed["next"]), (found, &Value::Null), "{words:?}");
    }
    let company = ["serial", "list", "--company", company.as_str().unwrap()];
    for words in [&company[..], &company[..2]] {
        assert_eq!(serials(&home.json(words, "")).len(), 5);
    }
    let elsewhere = ["serial", "list", "--company", "com-000000000000000000000000"];
    assert!(serials(&home.json(&elsewhere, "")).is_empty());
}

#[test]
fn a_list_goes_on_behind_its_cursor_and_has_each_serial_once() {
    let (home, ..) = home();
    let all = home.json(&["serial", "list"], "");
    for limit in ["1", "2", "3", "5"] {
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let after = next.iter().flat_map(|next: &String| ["--after", next]);
            let words: Vec<_> =
                ["serial", "list", "--limit", limit].into_iter().chain(after).collect();
            let page = home.json(&words, "");
            assert!(!serials(&page).is_empty(), "no page is empty");
            found.extend(page["serials"].as_array().unwrap().clone());
            next = page["next"].as_str().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        assert_eq!(Value::Array(found), all["serials"], "{limit}");
    }
}

#[test]
fn people_are_told_where_a_list_goes_on() {
    let (home, one, _) = home();
    let ran = home.run(&["serial", "list", "--template", &one, "--limit", "2"], "");
    assert_eq!((ran.code, ran.stderr), (0, format!("next: {one}/B\n")));
    assert_eq!(ran.stdout.lines().count(), 3);
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let (home, one, two) = home();
    let foreign = format!("{two}/E/1");
    let words = ["serial", "list", "--template", &one, "--after", &foreign];
    assert_eq!(home.fails(1, &words, "").0, "foreign-cursor");
    let company = ["--company", "com-000000000000000000000000", "--after", &foreign];
    let words = [&["serial", "list"][..], &company].concat();
    assert_eq!(home.fails(1, &words, "").0, "foreign-cursor");
    for after in ["", "A", "mod-23/A", &two] {
        assert_eq!(home.fails(2, &["serial", "list", "--after", after], "").0, "usage");
    }
}

#[test]
fn serials_are_counted_by_stage_and_mark() {
    let (home, one, _) = home();
    let counted = home.json(&["serial", "count", "--template", &one], "");
    let expected = json!({
        "registered": 2, "enrolled": 0, "activated": 1, "retired": 1,
        "disabled": 1, "in_overlap": 0, "total": 4,
    });
    assert_eq!(counted, expected);
    assert_eq!(home.json(&["serial", "count"], "")["total"], 5);
    assert_eq!(home.json(&["serial", "count", "--disabled"], "")["total"], 1);
    let told = home.done(&["serial", "count"], "");
    assert!(told.contains("Activated") && told.contains("Total"), "{told}");
}

#[test]
fn filters_that_contradict_each_other_are_usage() {
    let (home, one, _) = home();
    for words in [
        &["--disabled", "--enabled"][..],
        &["--company", "com-000000000000000000000000", "--template", &one],
        &["--stage", "active"],
        &["--limit", "0"],
    ] {
        let words = [&["serial", "list"][..], words].concat();
        assert_eq!(home.fails(2, &words, "").0, "usage", "{words:?}");
    }
    let nowhere = ["serial", "count", "--template", "mod-000000000000000000000000"];
    assert_eq!(home.fails(1, &nowhere, "").0, "unknown-template");
}
