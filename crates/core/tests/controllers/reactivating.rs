//! The password of a Controller ends, and it comes again.

use plugmint_core::controller::{Controller, ControllerStageName, ReactivateControllerRefusal};
use plugmint_core::lifecycle::{EnrollOutcome, EpochRefusal, GrantsThen, Outcome, Stranger};
use plugmint_core::{AccessLevel, Author, Epoch, EventKind, KeyVersion, Ordinal};

use crate::home::{Home, Told, of_lamp};
use crate::scene::{
    CONTROL, ENROLL, GATE, LAMP, NEW_CONTROL, NEW_ENROLL, known_as, operator, password_of,
};

const FIRST: (usize, Ordinal) = (LAMP, Ordinal::FIRST);

/// A Controller of the lamp, which has connected.
fn with_phone() -> (Home, Told) {
    let mut home = Home::enrolled(4);
    let told = home.comes_as("PHONE-1");
    home.connect(FIRST, &told.verifier).unwrap();
    (home, told)
}

#[test]
fn a_controller_that_is_reactivated_does_not_connect_and_its_grants_stay() {
    let (mut home, told) = with_phone();
    home.grant(GATE, of_lamp(0)).unwrap();
    assert_eq!(home.reactivate(FIRST, 0), Ok(Outcome::Done));
    let controller = &home.things[LAMP].controllers[&Ordinal::FIRST];
    assert_eq!(controller.stage().name(), ControllerStageName::MustEnrollAgain);
    assert_eq!(controller.epoch(), Epoch::new(1));
    assert_eq!(home.connect(FIRST, &told.verifier), Err(Stranger));
    assert_eq!(home.connect(FIRST, &password_of(Ordinal::FIRST, 1)), Err(Stranger));
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::Read);
    let event = home.things[LAMP].events.last().unwrap();
    assert_eq!((event.kind(), event.author()), (EventKind::ControllerReactivated, &operator()));
}

#[test]
fn it_gets_another_password_under_the_same_plug_id_with_its_own_serial_number() {
    let (mut home, told) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    let again = home.comes_as("PHONE-1");
    assert_eq!((again.outcome, again.ordinal), (EnrollOutcome::Reissued, told.ordinal));
    assert_eq!(again.credentials.plug_id(), told.credentials.plug_id());
    assert!(again.verifier.matches(&password_of(Ordinal::FIRST, 1)));
    let event = home.things[LAMP].events.last().unwrap();
    assert_eq!((event.kind(), event.author()), (EventKind::ControllerReissued, &Author::Device));
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Repeated);
    assert_eq!(home.connect(FIRST, &told.verifier), Err(Stranger));
    assert_eq!(home.connect(FIRST, &again.verifier), Ok(true));
}

#[test]
fn when_it_connected_first_is_kept() {
    let (mut home, _) = with_phone();
    let first = home.things[LAMP].controllers[&Ordinal::FIRST].connected_at();
    home.reactivate(FIRST, 0).unwrap();
    let again = home.comes_as("PHONE-1");
    home.connect(FIRST, &again.verifier).unwrap();
    assert_eq!(home.things[LAMP].controllers[&Ordinal::FIRST].connected_at(), first);
}

#[test]
fn it_is_granted_the_thing_again_if_that_has_ended_meanwhile() {
    let (mut home, _) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    home.unenroll(LAMP).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Reissued);
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
    assert_eq!(home.roster(LAMP).ordinals(), [Ordinal::FIRST]);
}

#[test]
fn one_that_has_not_connected_is_reactivated_too() {
    let mut home = Home::enrolled(4);
    let told = home.comes_as("PHONE-1");
    assert_eq!(home.reactivate(FIRST, 0), Ok(Outcome::Done));
    assert_eq!(home.connect(FIRST, &told.verifier), Err(Stranger));
}

#[test]
fn one_that_is_disabled_is_reactivated_and_stays_disabled() {
    let (mut home, _) = with_phone();
    home.disable(FIRST).unwrap();
    assert_eq!(home.reactivate(FIRST, 0), Ok(Outcome::Done));
    assert!(home.enroll(LAMP, CONTROL, &known_as("PHONE-1")).is_err());
    home.enable(FIRST).unwrap();
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Reissued);
}

#[test]
fn one_without_an_own_serial_number_is_not_reissuable() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    home.connect(FIRST, &told.verifier).unwrap();
    let refused = home.reactivate(FIRST, 0);
    assert_eq!(refused, Err(ReactivateControllerRefusal::NotReissuable));
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(false));
}

#[test]
fn one_whose_own_serial_number_another_one_came_with_since_is_not_reissuable() {
    let (mut home, told) = with_phone();
    let second = home.comes_as("PHONE-1");
    assert_eq!(second.outcome, EnrollOutcome::First);
    let refused = home.reactivate(FIRST, 0);
    assert_eq!(refused, Err(ReactivateControllerRefusal::NotReissuable));
    assert_eq!(home.connect(FIRST, &told.verifier), Ok(false));
    assert_eq!(home.reactivate((LAMP, second.ordinal), 0), Ok(Outcome::Done));
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Reissued);
}

#[test]
fn one_of_another_control_password_is_not_reissuable() {
    let new = (KeyVersion::FIRST, NEW_ENROLL, Some(NEW_CONTROL));
    for replace in [
        |home: &mut Home, _| home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap(),
        |home: &mut Home, _| home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End).unwrap(),
        |home: &mut Home, new| home.transfer(LAMP, new).unwrap(),
        |home: &mut Home, _| home.retire_thing(LAMP),
    ] {
        let (mut home, told) = with_phone();
        assert_eq!(replace(&mut home, new), Outcome::Done);
        let refused = home.reactivate(FIRST, 0).unwrap_err();
        assert_eq!(refused, ReactivateControllerRefusal::NotReissuable);
        assert_eq!(refused.code(), "not-reissuable");
        assert_eq!(home.connect(FIRST, &told.verifier), Ok(false));
    }
}

#[test]
fn a_reactivated_one_that_comes_with_another_control_password_is_another_controller() {
    let (mut home, _) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    let told = home.enroll(LAMP, NEW_CONTROL, &known_as("PHONE-1")).unwrap();
    assert_eq!((told.outcome, told.ordinal.number()), (EnrollOutcome::First, 1));
}

#[test]
fn a_call_that_saw_the_epoch_of_before_does_nothing() {
    let (mut home, _) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    assert_eq!(home.reactivate(FIRST, 0), Ok(Outcome::AlreadyDone));
    let again = home.comes_as("PHONE-1");
    home.connect(FIRST, &again.verifier).unwrap();
    assert_eq!(home.reactivate(FIRST, 0), Ok(Outcome::AlreadyDone));
    assert_eq!(home.connect(FIRST, &again.verifier), Ok(false));
}

#[test]
fn a_call_that_saw_another_epoch_is_refused() {
    let (mut home, _) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    home.comes_as("PHONE-1");
    home.reactivate(FIRST, 1).unwrap();
    for number in [0, 3, u32::MAX] {
        let (seen, now) = (Epoch::new(number), Epoch::new(2));
        let moved = ReactivateControllerRefusal::Epoch(EpochRefusal::Moved { seen, now });
        assert_eq!(home.reactivate(FIRST, number), Err(moved));
    }
}

#[test]
fn what_must_enroll_again_and_what_is_retired_has_no_password_to_end() {
    let (mut home, _) = with_phone();
    home.reactivate(FIRST, 0).unwrap();
    assert_eq!(home.reactivate(FIRST, 1), Err(ReactivateControllerRefusal::NotEnrolled));
    home.retire(FIRST);
    for seen in [0, 1, 2] {
        assert_eq!(home.reactivate(FIRST, seen), Err(ReactivateControllerRefusal::Retired));
    }
}

#[test]
fn the_last_epoch_is_the_last() {
    let (mut home, _) = with_phone();
    let mut bytes = home.things[LAMP].controllers[&Ordinal::FIRST].encode();
    // Version, key version, control verifier, Plug-ID.
    let start = 1 + 4 + 32 + 12;
    bytes[start..start + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    let controller = Controller::decode(&bytes).unwrap();
    home.things[LAMP].controllers.insert(Ordinal::FIRST, controller);
    let refused = ReactivateControllerRefusal::Epoch(EpochRefusal::Last);
    assert_eq!(home.reactivate(FIRST, u32::MAX), Err(refused));
}
