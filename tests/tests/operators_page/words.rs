//! What a field may say that says one of a few things.

use std::collections::BTreeSet;

use plugmint::{
    AccessLevel, Author, ControlClass, ControllerStageName, EnrollOutcome, EventKind, GrantsThen,
    KeptHead, Living, Mark, OperatorEnroll, Outcome, PasswordClass, PrincipalKind, ProvenBy,
    RepeatPolicy, SerialScope, SourceWatch, StageName, TemplateState, Verb,
};
use plugmint_http::operators::{ComesTo, FailureKind, VersionStanding};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::page::page;

/// Holds what the page shows against what is read and written; gives the words that it leaves out.
type Look = fn(&[Value]) -> BTreeSet<String>;

fn look<T: DeserializeOwned + Serialize>(shown: &[Value]) -> BTreeSet<String> {
    for value in shown {
        let read: T = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), *value);
    }
    let word = |value: &Value| match value {
        Value::Object(all) => all.keys().next().unwrap().clone(),
        word => word.as_str().unwrap().to_owned(),
    };
    let shown: BTreeSet<_> = shown.iter().map(word).collect();
    all_words::<T>().difference(&shown).cloned().collect()
}

/// Who names none of them is told all.
fn all_words<T: DeserializeOwned>() -> BTreeSet<String> {
    let refused = serde_json::from_value::<T>(json!("no such word")).err().unwrap().to_string();
    let (_, expected) = refused.split_once("expected ").unwrap();
    let words: BTreeSet<_> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(words.len() > 1, "{refused}");
    words
}

const WORDS: [(&str, Look); 24] = [
    ("stage of a serial", look::<StageName>),
    ("stage of a Controller", look::<ControllerStageName>),
    ("`mark`", look::<Mark>),
    ("outcome of a verb", look::<Outcome>),
    ("outcome of an enrollment", look::<EnrollOutcome>),
    ("`scope`", look::<SerialScope>),
    ("`verb`", look::<Verb>),
    ("`answer` of an explanation", look::<ComesTo>),
    ("`kind` of an event", look::<EventKind>),
    ("`author`", look::<Author>),
    ("`kind` of who connects", look::<PrincipalKind>),
    ("`proven_by`", look::<ProvenBy>),
    ("`password_class`", look::<PasswordClass>),
    ("`control_class`", look::<ControlClass>),
    ("`operator_enroll`", look::<OperatorEnroll>),
    ("`repeat`", look::<RepeatPolicy>),
    ("`access`", look::<AccessLevel>),
    ("`sources`", look::<SourceWatch>),
    ("`state` of a template", look::<TemplateState>),
    ("`living`", look::<Living>),
    ("`grants` of a new control password", look::<GrantsThen>),
    ("`standing` of a key", look::<VersionStanding>),
    ("`kept` of a history", look::<KeptHead>),
    ("`kind` of a failure", look::<FailureKind>),
];

#[test]
fn every_word_that_a_field_may_say_stands_on_the_page() {
    let page = page();
    let (_, table) = page.split_once("\n## Words\n").unwrap();
    let rows = table.lines().take_while(|line| !line.starts_with("## "));
    let rows: Vec<_> = rows.filter_map(|row| row.strip_prefix("| ")?.split_once(" | ")).collect();
    assert_eq!(rows.len(), WORDS.len() + 1, "a row for each, below their header");
    for ((of, cells), (name, look)) in rows.into_iter().skip(1).zip(WORDS) {
        assert_eq!(of, name);
        let shown = cells.split('`').skip(1).step_by(2);
        let shown: Vec<_> = shown.map(|shown| serde_json::from_str(shown).unwrap()).collect();
        assert_eq!(look(&shown), BTreeSet::new(), "{name}");
    }
}
