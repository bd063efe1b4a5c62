//! Records: one encoding for each value, and every other one refused.

#![cfg(test)]

use std::collections::BTreeSet;

use plugmint_core::arb::{
    arb_controller, arb_controller_event, arb_controller_life, arb_event, arb_grant, arb_known_as,
    arb_life, arb_roster, arb_serial_record, arb_template, arb_template_change, arb_time,
};
use plugmint_core::controller::{Controller, ControllerStageName, KnownAs, Roster};
use plugmint_core::grant::Grant;
use plugmint_core::lifecycle::{Place, Point, SerialRecord, Situation};
use plugmint_core::{Credential, Event, EventKind, InvalidRecord, ProductionTemplate};
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
    fn an_event_is_read_back_from_its_record(
        of_serial in arb_event(),
        of_controller in arb_controller_event(),
    ) {
        prop_assert!(of_controller.about().is_some());
        for event in [of_serial, of_controller] {
            let bytes = event.encode();
            prop_assert_eq!(Event::decode(&bytes).unwrap(), event);
        }
    }

    #[test]
    fn a_controller_is_read_back_from_its_record((_, _, controller) in arb_controller()) {
        let bytes = controller.encode();
        let read = Controller::decode(&bytes).unwrap();
        prop_assert_eq!(format!("{:?}", read), format!("{:?}", controller));
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn the_credential_of_a_controller_is_read_back_from_its_record(
        (id, ordinal, controller) in arb_controller(),
    ) {
        let credential = controller.credential(&id, ordinal);
        let bytes = credential.encode();
        let read = Credential::decode(*controller.plug_id(), &bytes).unwrap();
        prop_assert_eq!((read.id(), read.kind()), (&id, credential.kind()));
        prop_assert_eq!(format!("{:?}", read), format!("{:?}", credential));
        prop_assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn a_grant_a_roster_and_who_is_known_are_read_back_from_their_records(
        grant in arb_grant(),
        roster in arb_roster(),
        known in arb_known_as(),
    ) {
        prop_assert_eq!(Grant::decode(&grant.encode()), Ok(grant));
        prop_assert_eq!(Roster::decode(&roster.encode()), Ok(roster));
        prop_assert_eq!(KnownAs::decode(&known.encode()), Ok(known));
    }

    /// The Thing of a life in other hands is a serial like any other.
    #[test]
    fn a_thing_that_has_controllers_is_read_back_from_its_record(
        (_, _, changes) in arb_controller_life(),
    ) {
        for change in &changes {
            let bytes = change.thing.encode();
            prop_assert_eq!(SerialRecord::decode(&bytes).unwrap().encode(), bytes);
        }
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

    /// Canonical, also what Controllers and grants come to.
    #[test]
    fn bytes_that_decode_are_the_encoding_of_what_they_say_of_controllers(
        (_, _, controller) in arb_controller(),
        event in arb_controller_event(),
        grant in arb_grant(),
        roster in arb_roster(),
        known in arb_known_as(),
        at in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let change = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            bytes
        };
        encodes_what_it_decodes(change(controller.encode()), Controller::decode, Controller::encode)?;
        encodes_what_it_decodes(change(event.encode()), Event::decode, Event::encode)?;
        encodes_what_it_decodes(change(grant.encode()), Grant::decode, Grant::encode)?;
        encodes_what_it_decodes(change(roster.encode()), Roster::decode, Roster::encode)?;
        encodes_what_it_decodes(change(known.encode()), KnownAs::decode, |of| of.encode())?;
    }

    #[test]
    fn a_record_that_is_cut_or_goes_on_is_refused(
        (_, record) in arb_serial_record(),
        template in arb_template(),
        event in arb_controller_event(),
        more in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        ends_where_it_ends(&record.encode(), &more, SerialRecord::decode)?;
        let decode = |bytes: &[u8]| ProductionTemplate::decode(*template.id(), bytes);
        ends_where_it_ends(&template.encode(), &more, decode)?;
        ends_where_it_ends(&event.encode(), &more, Event::decode)?;
    }

    #[test]
    fn a_record_of_a_controller_that_is_cut_or_goes_on_is_refused(
        (id, ordinal, controller) in arb_controller(),
        grant in arb_grant(),
        roster in arb_roster(),
        known in arb_known_as(),
        more in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        ends_where_it_ends(&controller.encode(), &more, Controller::decode)?;
        let credential = controller.credential(&id, ordinal);
        let decode = |bytes: &[u8]| Credential::decode(*credential.plug_id(), bytes);
        ends_where_it_ends(&credential.encode(), &more, decode)?;
        ends_where_it_ends(&grant.encode(), &more, Grant::decode)?;
        ends_where_it_ends(&roster.encode(), &more, Roster::decode)?;
        ends_where_it_ends(&known.encode(), &more, KnownAs::decode)?;
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let id = plugmint_core::TemplateId::from_parts([0; 12]);
        returns(SerialRecord::decode(&bytes));
        returns(ProductionTemplate::decode(id, &bytes));
        returns(Event::decode(&bytes));
        returns(Credential::decode(id.plug_id(), &bytes));
        returns(Controller::decode(&bytes));
        returns(Grant::decode(&bytes));
        returns(Roster::decode(&bytes));
        returns(KnownAs::decode(&bytes));
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

    #[test]
    fn every_event_about_a_controller_names_the_one_before_it(
        (_, thing, changes) in arb_controller_life(),
    ) {
        let mut head = *thing.head();
        for change in &changes {
            prop_assert!(!change.events.is_empty());
            for event in &change.events {
                head = head.followed_by(event).unwrap();
            }
            prop_assert_eq!(change.thing.head(), &head);
        }
    }
}

/// So that what holds for every life that is made here holds for what can come of a serial.
#[test]
fn lives_come_to_every_point_and_every_event() {
    let mut runner = TestRunner::deterministic();
    let mut points = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    let mut stages = BTreeSet::new();
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
    for _ in 0..500 {
        let (_, _, changes) = arb_controller_life().new_tree(&mut runner).unwrap().current();
        for change in &changes {
            kinds.extend(change.events.iter().map(|event| event.kind().name()));
            stages.extend(change.controllers.iter().map(|(_, of)| of.stage().name().as_str()));
        }
    }
    assert_eq!(points, BTreeSet::from(Point::ALL));
    let all = [
        ControllerStageName::Enrolled,
        ControllerStageName::Activated,
        ControllerStageName::MustEnrollAgain,
        ControllerStageName::Retired,
    ];
    assert_eq!(stages, BTreeSet::from(all.map(ControllerStageName::as_str)));
    assert_eq!(kinds, BTreeSet::from(EventKind::ALL.map(EventKind::name)));
}

/// Bytes that decode are those of the value that they decode to.
fn encodes_what_it_decodes<T>(
    bytes: Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, InvalidRecord>,
    encode: impl Fn(&T) -> Vec<u8>,
) -> Result<(), TestCaseError> {
    if let Ok(read) = decode(&bytes) {
        prop_assert_eq!(encode(&read), bytes);
    }
    Ok(())
}

/// A record decodes, and neither a part of it nor anything longer does.
fn ends_where_it_ends<T>(
    bytes: &[u8],
    more: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, InvalidRecord>,
) -> Result<(), TestCaseError> {
    prop_assert!(decode(bytes).is_ok());
    for len in 0..bytes.len() {
        prop_assert!(decode(&bytes[..len]).is_err());
    }
    prop_assert!(decode(&[bytes, more].concat()).is_err());
    Ok(())
}

/// A call that came back.
fn returns<T>(_: T) {}
