//! Every call with its fields and its answer.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plugmint_http::operators::*;
use serde_json::{Value, json};

use super::house::House;
use super::page::{self, Section};

/// A call with every field that it has, and which of them may be left out.
type Fields = fn(&Value) -> (Value, Vec<String>);

fn fields<C: Call>(call: &Value) -> (Value, Vec<String>) {
    let read = |call: &Value| serde_json::from_value::<C>(call.clone());
    let known = read(call).unwrap_or_else(|error| panic!("{}: {error}", C::PATH));
    let known = serde_json::to_value(known).unwrap();
    let mut optional = Vec::new();
    look_for_optional(&known, "", &mut |pointer, field| {
        let mut call = known.clone();
        let place = call.pointer_mut(pointer).unwrap();
        place.as_object_mut().unwrap().remove(field);
        if read(&call).is_ok() {
            // As people write it: the first of a list stands for all.
            let whole = format!("{pointer}/{field}").replace("/0/", "/");
            optional.push(whole.trim_start_matches('/').replace('/', "."));
        }
    });
    (known, optional)
}

/// Tells every field at any depth, with the place that it lies in.
fn look_for_optional(at: &Value, pointer: &str, tell: &mut dyn FnMut(&str, &str)) {
    match at {
        Value::Object(all) => {
            for (field, value) in all {
                tell(pointer, field);
                // What labels there are is the host's.
                if field != "labels" {
                    look_for_optional(value, &format!("{pointer}/{field}"), tell);
                }
            }
        }
        Value::Array(all) => {
            if let Some(first) = all.first() {
                look_for_optional(first, &format!("{pointer}/0"), tell);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

macro_rules! calls {
    ($($call:ident)*) => {
        [$((<$call as Call>::PATH, fields::<$call> as Fields)),*]
    };
}

/// All calls, in the order of the page.
const CALLS: [(&str, Fields); 53] = calls! {
    About
    CreateTemplate ListTemplates ShowTemplate ChangeTemplate CloseTemplate OpenTemplate
    DeleteTemplate
    CheckSerials Register RegisterAll Known ListSerials CountSerials ShowSerial FindSerial Explain
    History VerifyHistory
    Disable Enable Reactivate Unenroll EnrollByOperator ReplacePasswords ReplaceControlPassword
    Transfer SetAccess Retire
    Enroll Authenticate UnenrollDevice
    EnrollController ListControllers ShowController DisableController EnableController
    ReactivateController RetireController
    Grant ListGrantsOn ListGrantsOf Access Release ReleaseAll
    ReadFeed ForgetEvents
    ListKeys CountKeys AddKey SweepKeys DropKey
    BackUp
};

/// The paths that stand in the sources of the calls.
fn paths_of_the_source() -> BTreeSet<String> {
    let calls = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/http/src/operators/calls");
    let mut paths = BTreeSet::new();
    for file in fs::read_dir(calls).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        let named = source.lines().filter_map(|line| {
            let (name, rest) = line.trim().split_once("(\"")?;
            let (path, behind) = rest.split_once("\")")?;
            let is_call = name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.chars().all(char::is_alphanumeric)
                && [" =>", " is", " while"].iter().any(|what| behind.starts_with(what));
            is_call.then(|| path.to_owned())
        });
        paths.extend(named);
    }
    paths
}

#[test]
fn every_call_stands_on_the_page_once() {
    let told = page::sections().into_iter().map(|section| section.path);
    assert_eq!(told.collect::<Vec<_>>(), CALLS.map(|(path, _)| path));
    assert_eq!(paths_of_the_source(), CALLS.map(|(path, _)| path.to_owned()).into());
}

#[test]
fn what_the_page_asks_is_answered_as_it_says_and_shows_every_field() {
    let sections = page::sections();
    let found: Vec<_> = sections.iter().zip(CALLS).map(found).collect();
    if std::env::var_os("PLUGMINT_WRITE_PAGE").is_some() {
        return page::write(&found);
    }
    for (told, found) in sections.iter().zip(found) {
        assert_eq!(told.call, found.call, "{}: all that may be said", told.path);
        assert_eq!(told.answers, found.answers, "{}", told.path);
        assert_eq!(told.optional, found.optional, "{}", told.path);
    }
}

#[test]
fn a_refusal_looks_as_the_page_shows_it() {
    let nobody = json!({ "serial": { "template": FRIDGES, "serial": "SN-9" } });
    let (status, refused) = House::new().ask("serial/show", &nobody);
    assert_eq!((status, refused), (404, vec![page::refusal()]));
}

/// The template of the page.
const FRIDGES: &str = "mod-25d1f4b0dac948325ac18f6d";

/// What the page should say.
fn found((told, (path, fields)): (&Section, (&str, Fields))) -> Section {
    let (call, optional) = fields(&told.call);
    let (status, answers) = House::for_call(path).ask(path, &call);
    assert_eq!(status, 200, "{path}: {answers:?}");
    told.with(optional, call, answers)
}
