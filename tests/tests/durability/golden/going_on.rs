//! What operators do with a store that an earlier version wrote.

use plugmint::{Outcome, SerialId};
use plugmint_tests::{
    Golden, GoldenStory, Keys, Scene, answer, difference, everything, open_golden,
};
use pollster::block_on;
use serde_json::{Value, json};

use super::with_each;

#[test]
fn a_sealed_key_gives_what_the_device_itself_is_told() {
    with_each(|golden, store| {
        let scene = open_golden(golden.story, store);
        assert_eq!(enrolled_by_operator(golden, &scene), if_whole(golden, 9, 5));
    });
}

#[test]
fn a_golden_store_goes_on_under_the_next_root_key() {
    with_each(|golden, store| {
        let scene = open_golden(golden.story, store);
        let registry = &scene.registry;
        let keys = Keys::of(if_whole(golden, &[2, 3, 4, 5], &[1, 2]));
        assert_eq!(block_on(registry.rotate_root_key(&keys)).unwrap(), Outcome::Done);
        let swept = block_on(registry.sweep_keys(None)).unwrap();
        assert!(swept.rewritten > 0 && swept.next.is_none(), "{swept:?}");
        let (found, mut expected) = (everything(registry), golden.holds());
        assert_eq!(found.len(), expected.len());
        // Of the key versions there is one more now.
        for of_keys in ["key_versions", "key_progress"] {
            assert!(expected[0].as_object_mut().unwrap().remove(of_keys).is_some());
        }
        for (found, expected) in found.into_iter().zip(expected) {
            assert_eq!(difference(&found, &expected), None);
        }
        for ask in golden.asks() {
            let answer = answer(registry, &ask);
            let expected = as_under_another_key(&ask);
            let differs = difference(&answer, &expected).is_some();
            assert!(!differs, "{} {}{}", ask["ask"], ask["of"], ask["plug_id"]);
        }
    });
}

#[test]
fn a_sealed_key_that_was_swept_gives_the_same() {
    with_each(|golden, store| {
        let scene = open_golden(golden.story, store);
        let keys = Keys::of(if_whole(golden, &[2, 3, 4, 5], &[1, 2]));
        block_on(scene.registry.rotate_root_key(&keys)).unwrap();
        block_on(scene.registry.sweep_keys(None)).unwrap();
        assert_eq!(enrolled_by_operator(golden, &scene), if_whole(golden, 9, 5));
    });
}

/// A Controller that comes for the first time hangs on the current root key.
fn as_under_another_key(ask: &Value) -> Value {
    let answer = &ask["answer"];
    if ask["ask"] == "control" && answer["outcome"] == "first" {
        return json!({ "outcome": "first" });
    }
    answer.clone()
}

/// How many serials operators enroll that have a sealed key and no device yet: each gives what its
/// device was told.
fn enrolled_by_operator(golden: &Golden, scene: &Scene) -> usize {
    let (holds, asks) = (golden.holds(), golden.asks());
    let all = holds.iter().map(|line| &line["status"]);
    let sealed = all.filter(|of| of["stage"] == "registered" && of["sealed"] == true);
    let told = sealed.filter_map(|status| {
        let is_its = |ask: &&Value| {
            let of = |field: &str| ask["of"][field] == status[field];
            ask["ask"] == "enroll" && of("template") && of("serial")
        };
        let first = asks.iter().find(is_its)?;
        first["answer"].get("password").map(|_| (status, &first["answer"]))
    });
    let told: Vec<_> = told.collect();
    for (status, expected) in &told {
        let text = |field: &str| status[field].as_str().unwrap();
        let id = SerialId::new(text("template").parse().unwrap(), text("serial").parse().unwrap());
        let enrolled = block_on(scene.registry.enroll_by_operator(&id, &scene.ada)).unwrap();
        let credentials = enrolled.credentials();
        assert_eq!(json!(credentials.plug_id()), expected["plug_id"]);
        let password = credentials.connection_password().expose_text().to_string();
        assert_eq!(json!(password), expected["password"]);
    }
    told.len()
}

fn if_whole<T>(golden: &Golden, whole: T, plain: T) -> T {
    match golden.story {
        GoldenStory::Whole => whole,
        GoldenStory::Plain => plain,
        other => panic!("{other:?}"),
    }
}
