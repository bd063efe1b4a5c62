//! What is sent to another process as JSON comes back as it was, and what is no value is refused
//! there, too.

#![cfg(test)]

use std::fmt::Debug;

use plugmint_core::arb::{
    arb_controller, arb_event, arb_roster, arb_serial_record, arb_template, arb_template_change,
    arb_time,
};
use plugmint_core::controller::ControllerStatus;
use plugmint_core::lifecycle::Verb;
use plugmint_core::{
    AccessLevel, Argon2Cost, ControllerCap, EventHash, KeyVersion, Labels, ProductionTemplate,
    SerialStatus, SourceLimit, TemplateChange, TemplateDesign,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{from_str, from_value, json, to_string};

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let sent = to_string(value).unwrap();
    let read: T = from_str(&sent).unwrap_or_else(|error| panic!("{sent}: {error}"));
    assert_eq!(&read, value, "{sent}");
}

proptest! {
    #[test]
    fn a_template_and_its_design_come_back(template in arb_template(), change in arb_template_change()) {
        comes_back(&template);
        comes_back(template.design());
        comes_back(&change);
    }

    #[test]
    fn a_serial_comes_back((id, record) in arb_serial_record(), at in arb_time()) {
        comes_back(&SerialStatus::new(id, &record, at));
        comes_back(record.head());
    }

    #[test]
    fn a_controller_comes_back(
        (thing, ordinal, controller) in arb_controller(),
        roster in arb_roster(),
    ) {
        comes_back(&ControllerStatus::new(thing, ordinal, &controller, &roster));
    }

    #[test]
    fn an_event_comes_back(event in arb_event()) {
        comes_back(&event);
        comes_back(&event.head());
    }
}

#[test]
fn every_verb_and_every_level_comes_back() {
    Verb::ALL.iter().for_each(comes_back);
    [AccessLevel::None, AccessLevel::Read, AccessLevel::ReadWrite].iter().for_each(comes_back);
}

#[test]
fn a_design_that_says_only_its_name_has_every_default() {
    let design: TemplateDesign = from_value(json!({"name": "Refrigerators"})).unwrap();
    assert_eq!(design, TemplateDesign::new(design.name().clone()));
}

fn refused<T: DeserializeOwned + Debug>(value: serde_json::Value, expected: &str) {
    let error = from_value::<T>(value).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_no_value_is_refused_and_what_was_expected_is_told() {
    refused::<KeyVersion>(json!(0), "nonzero");
    refused::<ControllerCap>(json!(0), "expected 1 to 1024");
    refused::<ControllerCap>(json!(1025), "expected 1 to 1024");
    refused::<SourceLimit>(json!(8), "expected 1 to 7");
    let cost = json!({"memory_kib": 19456, "passes": 0, "lanes": 1});
    refused::<Argon2Cost>(cost, "pass");
    refused::<EventHash>(json!("00"), "expected 64 hex digits");
    refused::<EventHash>(json!("A".repeat(64)), "expected 64 hex digits");
    refused::<Labels>(json!({"a": "\u{7}"}), "not a label's value");
    let many: serde_json::Map<_, _> =
        (0..33).map(|number| (format!("label-{number}"), json!(""))).collect();
    refused::<Labels>(many.into(), "at most");
    refused::<TemplateDesign>(json!({"name": "R", "pasword_class": "chosen"}), "unknown field");
    refused::<TemplateDesign>(json!({"name": ""}), "");
    refused::<TemplateChange>(json!({"argon2": null}), "unknown field");
    refused::<ProductionTemplate>(json!({"name": "R"}), "missing field");
}
