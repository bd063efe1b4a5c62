//! Records: one encoding for each value, and every other one refused.

#![cfg(test)]

use std::collections::BTreeSet;

use plugmint_core::arb::{
    arb_event, arb_life, arb_serial_record, arb_template, arb_template_change, arb_time,
};
use plugmint_core::lifecycle::{Place, Point, SerialRecord, Situation};
use plugmint_core::{Credential, Event, EventKind, ProductionTemplate};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

proptest! {
    #[test]
    fn a_template_is_read_back_from_its_record(template in arb_template()) {
        let bytes = template.encode();
        let read = ProductionTemplate::decode(*template.id(), &bytes).unwrap();
        prop_assert_eq!(&read, &template);
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn a_changed_template_is_read_back_from_its_record(
        template in arb_template(),
        change in arb_template_change(),
    ) {
        let changed = template.clone().changed(&change);
        let read = ProductionTemplate::decode(*template.id(), &changed.encode()).unwrap();
        prop_assert_eq!(&read, &changed);
        // What passwords and costs hang on is as it was.
        let (old, new) = (template.design(), changed.design());
        prop_assert_eq!(new.password_class(), old.password_class());
        prop_assert_eq!(new.control_class(), old.control_class());
        prop_assert_eq!(new.argon2(), old.argon2());
        prop_assert_eq!(new.operator_enroll(), old.operator_enroll());
        prop_assert_eq!(changed.state(), template.state());
        // A change that is made again changes nothing.
        prop_assert_eq!(changed.clone().changed(&change), changed);
    }

    #[test]
    fn every_life_is_in_a_situation_of_the_table(
        (_, changes) in arb_life(),
        template in arb_template(),
        at in arb_time(),
    ) {
        for change in &changes {
            let situation = Situation::of(Some(change.record()), Some(&template), at);
            prop_assert!(Situation::all().any(|of| of == situation), "{:?}", situation);
        }
    }

    #[test]
    fn a_serial_is_read_back_from_its_record((_, record) in arb_serial_record()) {
        let bytes = record.encode();
        let read = SerialRecord::decode(&bytes).unwrap();
        // Everything that is no secret is shown.
        prop_assert_eq!(format!("{:?}", read), format!("{:?}", record));
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn a_credential_is_read_back_from_its_record((id, record) in arb_serial_record()) {
        for credential in record.credentials(&id) {
            let bytes = credential.encode();
            let read = Credential::decode(*credential.plug_id(), &bytes).unwrap();
            prop_assert_eq!(read.id(), &id);
            prop_assert_eq!(format!("{:?}", read), format!("{:?}", credential));
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn an_event_is_read_back_from_its_record(event in arb_event()) {
        let bytes = event.encode();
        prop_assert_eq!(Event::decode(&bytes).unwrap(), event);
    }

    /// Canonical: what decodes at all is what its value encodes to.
    #[test]
    fn bytes_that_decode_are_the_encoding_of_their_value(
        (id, record) in arb_serial_record(),
        template in arb_template(),
        event in arb_event(),
        at in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let change = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            bytes
        };
        let bytes = change(record.encode());
        if let Ok(read) = SerialRecord::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
        let bytes = change(template.encode());
        if let Ok(read) = ProductionTemplate::decode(*template.id(), &bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
        let bytes = change(event.encode());
        if let Ok(read) = Event::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
        for credential in record.credentials(&id) {
            let bytes = change(credential.encode());
            if let Ok(read) = Credential::decode(*credential.plug_id(), &bytes) {
                prop_assert_eq!(read.encode(), bytes);
            }
        }
    }

    #[test]
    fn a_record_cut_anywhere_is_refused(
        (_, record) in arb_serial_record(),
        template in arb_template(),
    ) {
        let bytes = record.encode();
        for len in 0..bytes.len() {
            prop_assert!(SerialRecord::decode(&bytes[..len]).is_err());
        }
        let bytes = template.encode();
        for len in 0..bytes.len() {
            prop_assert!(ProductionTemplate::decode(*template.id(), &bytes[..len]).is_err());
        }
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let id = plugmint_core::TemplateId::from_parts([0; 12]);
        returns(SerialRecord::decode(&bytes));
        returns(ProductionTemplate::decode(id, &bytes));
        returns(Event::decode(&bytes));
        returns(Credential::decode(id.plug_id(), &bytes));
    }

    #[test]
    fn every_event_of_a_life_names_the_one_before_it((_, changes) in arb_life()) {
        for (number, pair) in changes.windows(2).enumerate() {
            prop_assert_eq!(pair[0].event().number().number(), number as u64);
            let head = pair[0].event().head();
            prop_assert_eq!(pair[1].event().previous(), head.last());
            prop_assert_eq!(pair[1].record().head(), &pair[1].event().head());
        }
    }
}

/// So that what holds for every life that is made here holds for what can come of a serial.
#[test]
fn lives_come_to_every_point_and_every_event() {
    let mut runner = TestRunner::deterministic();
    let mut points = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for _ in 0..2000 {
        let (_, changes) = arb_life().new_tree(&mut runner).unwrap().current();
        for change in &changes {
            let situation = Situation::of(Some(change.record()), None, change.event().at());
            kinds.insert(change.event().kind().name());
            match situation.place() {
                Place::Living(living) => drop(points.insert(living.point())),
                Place::Unknown | Place::Retired => {}
            }
        }
    }
    assert_eq!(points, BTreeSet::from(Point::ALL));
    assert_eq!(kinds, BTreeSet::from(EventKind::ALL.map(EventKind::name)));
}

/// A call that came back.
fn returns<T>(_: T) {}
