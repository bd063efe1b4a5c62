//! A Controller connects, is kept out, takes itself off, or is retired.

use plugmint_core::controller::{ControllerRefusal, ControllerStageName, ControllerStatus};
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{Mark, Outcome, Stranger};
use plugmint_core::{
    AccessLevel, Admission, Author, EventKind, Ordinal, Principal, PrincipalKind, ProvenBy,
};

use crate::home::{Home, of_lamp};
use crate::scene::{GATE, LAMP, id, operator};

const FIRST: (usize, Ordinal) = (LAMP, Ordinal::FIRST);

/// Who connects with a password, as the credential of the lamp's first Controller says it.
fn principal(home: &Home, presented: &AuthVerifier) -> Option<Principal> {
    let credential = home.attached(LAMP, Ordinal::FIRST).controller.credential(&id(LAMP), FIRST.1);
    match credential.admit(presented) {
        Admission::Admitted(proven) | Admission::Activates(proven) => Some(proven.principal()),
        Admission::Overlap(_) | Admission::Refused => None,
    }
}

fn last_event(home: &Home) -> (EventKind, Author) {
    let event = home.things[LAMP].events.last().unwrap();
    let controller = &home.things[LAMP].controllers[&Ordinal::FIRST];
    assert_eq!(event.about(), Some(controller.plug_id()));
    (event.kind(), event.author().clone())
}

#[test]
fn the_first_connection_activates_and_the_next_ones_write_nothing() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(true));
    assert_eq!(last_event(&home), (EventKind::ControllerActivated, Author::Device));
    let controller = &home.things[LAMP].controllers[&Ordinal::FIRST];
    assert_eq!(controller.stage().name(), ControllerStageName::Activated);
    let connected_at = controller.connected_at();
    assert!(connected_at.is_some());
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(false));
    assert_eq!(home.things[LAMP].controllers[&Ordinal::FIRST].connected_at(), connected_at);
}

#[test]
fn whoever_connects_is_told_from_things_by_its_ordinal() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    let principal = principal(&home, &told.verifier).unwrap();
    assert_eq!(principal.kind(), PrincipalKind::Controller { ordinal: Ordinal::FIRST });
    assert_eq!(principal.plug_id(), told.credentials.plug_id());
    assert_eq!((principal.id(), principal.proven_by()), (&id(LAMP), ProvenBy::Current));
}

#[test]
fn nobody_connects_with_the_password_of_another_controller() {
    let mut home = Home::enrolled(4);
    let (_, second) = (home.comes(), home.comes());
    assert_eq!(home.connect(FIRST, &second.verifier), Err(Stranger));
    assert_eq!(principal(&home, &second.verifier), None);
}

#[test]
fn a_controller_without_grants_connects() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    home.release_all(of_lamp(0));
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(true));
}

#[test]
fn a_controller_connects_whatever_becomes_of_its_thing() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    home.grant(GATE, of_lamp(0)).unwrap();
    home.disable_thing(LAMP).unwrap();
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(true));
    home.retire_thing(LAMP);
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(false));
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::Read);
}

#[test]
fn a_controller_that_is_disabled_neither_connects_nor_acts_until_it_is_enabled() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    assert_eq!(home.disable(FIRST), Ok(Outcome::Done));
    assert_eq!(last_event(&home), (EventKind::ControllerDisabled, operator()));
    assert_eq!(home.disable(FIRST), Ok(Outcome::AlreadyDone));
    assert_eq!(home.connect(FIRST, &told.verifier), Err(Stranger));
    assert_eq!(principal(&home, &told.verifier), None);
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.retire_itself(FIRST, &told.verifier), Err(Stranger));
    assert_eq!(home.enable(FIRST), Ok(Outcome::Done));
    assert_eq!(last_event(&home), (EventKind::ControllerEnabled, operator()));
    assert_eq!(home.enable(FIRST), Ok(Outcome::AlreadyDone));
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(true));
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
}

#[test]
fn a_controller_that_is_retired_never_connects_or_acts_again() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    home.connect(FIRST, &told.verifier).unwrap();
    assert_eq!(home.retire(FIRST), Outcome::Done);
    assert_eq!(last_event(&home), (EventKind::ControllerRetired, operator()));
    assert_eq!(home.retire(FIRST), Outcome::AlreadyDone);
    assert_eq!(home.connect(FIRST, &told.verifier), Err(Stranger));
    assert_eq!(principal(&home, &told.verifier), None);
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.holder(of_lamp(0)), None);
    for refused in [home.disable(FIRST), home.enable(FIRST)] {
        assert_eq!(refused, Err(ControllerRefusal::Retired));
    }
}

#[test]
fn a_controller_takes_itself_off_with_its_password_connected_or_not() {
    for has_connected in [false, true] {
        let mut home = Home::enrolled(4);
        let told = home.comes();
        if has_connected {
            home.connect(FIRST, &told.verifier).unwrap();
        }
        assert_eq!(home.retire_itself(FIRST, &told.verifier), Ok(()));
        assert_eq!(last_event(&home), (EventKind::ControllerRetired, Author::Device));
        assert!(home.roster(LAMP).ordinals().is_empty());
        // It is a stranger when it repeats that: its password has ended.
        assert_eq!(home.retire_itself(FIRST, &told.verifier), Err(Stranger));
    }
}

#[test]
fn a_controller_does_not_take_another_one_off() {
    let mut home = Home::enrolled(4);
    let (_, second) = (home.comes(), home.comes());
    assert_eq!(home.retire_itself(FIRST, &second.verifier), Err(Stranger));
}

#[test]
fn an_operator_is_shown_where_a_controller_stands() {
    let mut home = Home::enrolled(4);
    let told = home.comes_as("PHONE-1");
    let status = |home: &Home| {
        let controller = home.attached(LAMP, Ordinal::FIRST).controller;
        ControllerStatus::new(id(LAMP), Ordinal::FIRST, &controller, &home.roster(LAMP))
    };
    let shown = status(&home);
    assert_eq!((&shown.plug_id, shown.thing), (told.credentials.plug_id(), id(LAMP)));
    assert_eq!((shown.stage, shown.mark), (ControllerStageName::Enrolled, Some(Mark::Enabled)));
    assert_eq!((shown.connected_at, shown.retired_at), (None, None));
    home.connect(FIRST, &told.verifier).unwrap();
    home.disable(FIRST).unwrap();
    let shown = status(&home);
    assert_eq!((shown.stage, shown.mark), (ControllerStageName::Activated, Some(Mark::Disabled)));
    assert!(shown.connected_at.is_some());
    home.retire(FIRST);
    let shown = status(&home);
    assert_eq!((shown.stage, shown.mark), (ControllerStageName::Retired, None));
    assert!(shown.retired_at.is_some());
}
