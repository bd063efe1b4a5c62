//! What a registration keeps: passwords, labels, and where its device enrolled from.

use plugmint_core::derivation::Verifier;
use plugmint_core::lifecycle::{Change, Registration, SerialRecord, Stage, StageName};
use plugmint_core::{InvalidLabel, KeyVersion, Labels, RepeatPolicy, SourceMark};

use crate::scene::{
    LIVING, Live as _, WRONG, at, committed, id, in_stage, key_of, keys, operator, registered,
    registration, right,
};

#[test]
fn a_registered_serial_has_epoch_0_and_one_event() {
    let record = registered();
    assert_eq!(record.stage().name(), StageName::Registered);
    assert_eq!(record.stage().registration().unwrap().epoch().number(), 0);
    assert_eq!(record.head().count(), 1);
    assert!(record.credentials(&id()).is_empty());
}

#[test]
fn a_registration_knows_both_passwords_or_that_there_is_no_second() {
    let (one, other) = (right().verifier(), key_of(WRONG).verifier());
    let with = |control: Option<&Verifier>| {
        Registration::new(KeyVersion::FIRST, one.clone(), control.cloned(), at(1))
    };
    let (alone, both) = (with(None), with(Some(&other)));
    assert!(alone.has_passwords(&one, None) && both.has_passwords(&one, Some(&other)));
    assert!(!alone.has_passwords(&other, None) && !alone.has_passwords(&one, Some(&other)));
    assert!(!both.has_passwords(&one, None) && !both.has_passwords(&one, Some(&one)));
    assert!(!both.has_passwords(&other, Some(&other)));
    assert!(alone.control_verifier().is_none());
    assert!(both.control_verifier().is_some_and(|control| control.matches(&other)));
}

#[test]
fn a_registered_serial_shows_its_labels_and_keeps_its_sealed_key() {
    let mut labels = Labels::new();
    labels.insert("line", "A").unwrap();
    let registration = Registration::new(KeyVersion::FIRST, right().verifier(), None, at(1));
    assert_eq!(registration.with_labels(labels.clone()).labels(), &labels);
    let Stage::Registered(stage) = registered().stage().clone() else { panic!("it is registered") };
    let sealed = stage.sealed_key().unwrap();
    assert!(sealed.open(keys().seal(), &id()).unwrap().verifier().matches(&right().verifier()));
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    let mut labels = Labels::new();
    for (name, value) in pairs {
        labels.insert(name, value).unwrap();
    }
    labels
}

/// A change of a serial, whatever it is.
fn change(stage: StageName) -> Change {
    committed(in_stage(stage).disable(operator(), at(5)).unwrap()).0
}

#[test]
fn a_change_adds_labels_in_every_stage_and_the_new_value_of_a_name_stands() {
    for stage in LIVING {
        let first = change(stage).with_labels(&labels(&[("line", "A"), ("shift", "2")])).unwrap();
        let record = first.record().clone();
        let second = committed(record.enable(operator(), at(6)).unwrap()).0;
        let second = second.with_labels(&labels(&[("line", "B"), ("user", "ada")])).unwrap();
        let expected = labels(&[("line", "B"), ("shift", "2"), ("user", "ada")]);
        assert_eq!(registration(second.record()).labels(), &expected);
        assert_eq!(second.record().stage().name(), stage);
    }
}

#[test]
fn a_change_with_too_many_labels_is_refused() {
    let names: Vec<_> = (0..Labels::MAX_COUNT).map(|number| format!("label-{number}")).collect();
    let full: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let change = change(StageName::Registered).with_labels(&labels(&full)).unwrap();
    let refusal = change.with_labels(&labels(&[("one-more", "x")])).unwrap_err();
    assert_eq!(refusal, InvalidLabel::TooMany);
}

/// The device enrolls from a source, where that is known.
fn enrolled_from(record: SerialRecord, source: Option<SourceMark>, millis: u64) -> SerialRecord {
    let repeat = RepeatPolicy::Never;
    let decision =
        SerialRecord::enroll(Some(record), &right(), repeat, keys().auth(), source, at(millis));
    committed(decision.unwrap()).0.record().clone()
}

fn source(byte: u8) -> SourceMark {
    SourceMark::from_parts([byte; SourceMark::LEN])
}

#[test]
fn a_device_that_has_connected_and_enrolls_from_another_source_is_enrolled_elsewhere() {
    let record = enrolled_from(registered(), Some(source(1)), 2).used(3).unenrolled(4);
    assert!(registration(&record).is_enrolled_elsewhere(&source(2)));
    assert!(!registration(&record).is_enrolled_elsewhere(&source(1)));
}

#[test]
fn a_device_that_has_not_connected_may_enroll_from_anywhere() {
    let record = enrolled_from(registered(), Some(source(1)), 2).unenrolled(4);
    assert!(!registration(&record).is_enrolled_elsewhere(&source(2)));
}

#[test]
fn where_no_source_is_known_nothing_is_elsewhere() {
    let record = enrolled_from(registered(), None, 2).used(3).unenrolled(4);
    assert!(!registration(&record).is_enrolled_elsewhere(&source(2)));
}

#[test]
fn the_last_enrollment_says_where_from() {
    let record = enrolled_from(registered(), Some(source(1)), 2).used(3).unenrolled(4);
    let record = enrolled_from(record, Some(source(2)), 5);
    assert!(registration(&record).is_enrolled_elsewhere(&source(1)));
    assert!(!registration(&record).is_enrolled_elsewhere(&source(2)));
    let read = SerialRecord::decode(&record.encode()).unwrap();
    assert!(registration(&read).is_enrolled_elsewhere(&source(1)));
    let from_nowhere = enrolled_from(record.unenrolled(6), None, 7);
    assert!(!registration(&from_nowhere).is_enrolled_elsewhere(&source(1)));
}

#[test]
fn an_enrollment_by_an_operator_is_from_nowhere() {
    let record = enrolled_from(registered(), Some(source(1)), 2).unenrolled(4);
    let decision = record.enroll_by_operator(Some(&right()), keys().auth(), operator(), at(5));
    let record = committed(decision.unwrap()).0.record().clone().used(6);
    assert!(!registration(&record).is_enrolled_elsewhere(&source(2)));
}
