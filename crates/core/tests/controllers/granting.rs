//! Who may act on what, how much, and what ends it.

use plugmint_core::grant::NotControllable;
use plugmint_core::lifecycle::{GrantsThen, Outcome, RetiredSerial, Stranger};
use plugmint_core::{AccessLevel, Author, Event, EventKind, KeyVersion, Ordinal};

use crate::home::{Home, Who, of_lamp};
use crate::scene::{CONTROL, ENROLL, GATE, LAMP, NEW_CONTROL, NEW_ENROLL, WRONG, operator};

const FIRST: (usize, Ordinal) = (LAMP, Ordinal::FIRST);

/// A Controller of the lamp, which may act on both Things, and the lamp, which may act on the gate.
fn granted() -> Home {
    let mut home = Home::enrolled(4);
    home.comes_as("PHONE-1");
    home.grant(GATE, of_lamp(0)).unwrap();
    home.grant(GATE, Who::Thing(LAMP)).unwrap();
    home.grant(LAMP, Who::Thing(GATE)).unwrap();
    assert_eq!(acting(&home), [true, true, true, true]);
    home
}

/// Whether the Controller acts on the lamp and on the gate, the gate on the lamp and the lamp on
/// the gate.
fn acting(home: &Home) -> [bool; 4] {
    let pairs = [
        (LAMP, of_lamp(0)),
        (GATE, of_lamp(0)),
        (LAMP, Who::Thing(GATE)),
        (GATE, Who::Thing(LAMP)),
    ];
    pairs.map(|(of, who)| home.access(of, who) != AccessLevel::None)
}

fn last_event(home: &Home, of: usize) -> &Event {
    home.things[of].events.last().unwrap()
}

#[test]
fn a_holder_adds_a_thing_with_its_control_password() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    assert_eq!(home.add(GATE, of_lamp(0), WRONG), Err(Stranger));
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.add(GATE, of_lamp(0), CONTROL), Ok(Outcome::Done));
    assert_eq!(home.add(GATE, of_lamp(0), CONTROL), Ok(Outcome::AlreadyDone));
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::Read);
    let event = last_event(&home, GATE);
    assert_eq!((event.kind(), event.author()), (EventKind::GrantAdded, &Author::Device));
    assert_eq!(event.about(), Some(told.credentials.plug_id()));
}

#[test]
fn a_thing_is_not_added_unless_it_may_be_controlled() {
    let mut home = Home::enrolled(4);
    home.comes();
    home.disable_thing(GATE).unwrap();
    assert_eq!(home.add(GATE, of_lamp(0), CONTROL), Err(Stranger));
    home.enable_thing(GATE).unwrap();
    home.unenroll(GATE).unwrap();
    assert_eq!(home.add(GATE, of_lamp(0), CONTROL), Err(Stranger));
    home.retire_thing(GATE);
    assert_eq!(home.add(GATE, of_lamp(0), CONTROL), Err(Stranger));
}

#[test]
fn a_thing_holds_what_it_adds_as_a_controller_does() {
    let mut home = Home::enrolled(4);
    assert_eq!(home.add(LAMP, Who::Thing(GATE), CONTROL), Ok(Outcome::Done));
    assert_eq!(home.access(LAMP, Who::Thing(GATE)), AccessLevel::Read);
    // It takes no place, and has no ordinal.
    assert!(home.roster(LAMP).ordinals().is_empty());
    assert_eq!(home.things[LAMP].registration().next_ordinal(), Ordinal::FIRST);
}

#[test]
fn an_operator_grants_what_is_enrolled_disabled_or_not() {
    let mut home = Home::enrolled(4);
    home.comes();
    home.disable_thing(GATE).unwrap();
    assert_eq!(home.grant(GATE, of_lamp(0)), Ok(Outcome::Done));
    assert_eq!(home.grant(GATE, of_lamp(0)), Ok(Outcome::AlreadyDone));
    assert_eq!(last_event(&home, GATE).author(), &operator());
    home.enable_thing(GATE).unwrap();
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::Read);
}

#[test]
fn an_operator_does_not_grant_what_is_not_enrolled_or_is_retired() {
    let mut home = Home::enrolled(4);
    home.comes();
    home.unenroll(GATE).unwrap();
    let refused = home.grant(GATE, of_lamp(0)).unwrap_err();
    assert_eq!((refused, refused.code()), (NotControllable::NotEnrolled, "not-enrolled"));
    home.retire_thing(GATE);
    let refused = home.grant(GATE, of_lamp(0)).unwrap_err();
    assert_eq!((refused, refused.code()), (NotControllable::Retired, "retired"));
}

#[test]
fn grants_are_many_to_many() {
    let mut home = Home::enrolled(4);
    home.comes();
    home.comes();
    for who in [of_lamp(0), of_lamp(1)] {
        home.grant(GATE, who).unwrap();
        for of in [LAMP, GATE] {
            assert_eq!(home.access(of, who), AccessLevel::Read);
        }
    }
}

#[test]
fn one_grant_is_released_and_the_others_stay() {
    let mut home = granted();
    assert_eq!(home.release(LAMP, of_lamp(0)), Outcome::Done);
    assert_eq!(acting(&home), [false, true, true, true]);
    let event = last_event(&home, LAMP);
    assert_eq!((event.kind(), event.author()), (EventKind::GrantReleased, &operator()));
    assert_eq!(home.release(LAMP, of_lamp(0)), Outcome::AlreadyDone);
}

#[test]
fn what_a_holder_releases_at_once_is_all_that_it_holds_and_nothing_else() {
    let mut home = granted();
    home.release_all(of_lamp(0));
    assert_eq!(acting(&home), [false, false, true, true]);
    assert_eq!(last_event(&home, LAMP).kind(), EventKind::GrantsReleased);
    home.release_all(Who::Thing(GATE));
    assert_eq!(acting(&home), [false, false, false, true]);
    let event = last_event(&home, GATE);
    let plug_id = home.things[GATE].record.stage().plug_id();
    assert_eq!((event.kind(), event.about()), (EventKind::GrantsReleased, plug_id));
    // It may be granted again.
    assert_eq!(home.grant(GATE, of_lamp(0)), Ok(Outcome::Done));
    assert_eq!(acting(&home), [false, true, false, true]);
}

#[test]
fn an_unenroll_and_a_retirement_end_what_is_on_a_thing_and_what_it_holds() {
    let end: [fn(&mut Home) -> Outcome; 3] = [
        |home| home.unenroll(LAMP).unwrap(),
        |home| {
            home.unenroll_itself(LAMP).unwrap();
            Outcome::Done
        },
        |home| home.retire_thing(LAMP),
    ];
    for end in end {
        let mut home = granted();
        assert_eq!(end(&mut home), Outcome::Done);
        assert_eq!(acting(&home), [false, true, false, false]);
    }
    let mut home = granted();
    home.unenroll(LAMP).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    assert_eq!(acting(&home), [false, true, false, false]);
}

#[test]
fn a_transfer_ends_what_is_on_a_thing_and_what_it_holds_also_when_it_comes_back() {
    let mut home = granted();
    home.transfer(LAMP, (KeyVersion::FIRST, NEW_ENROLL, Some(NEW_CONTROL))).unwrap();
    assert_eq!(acting(&home), [false, true, false, false]);
    home.transfer(LAMP, (KeyVersion::FIRST, ENROLL, Some(CONTROL))).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    // It is called as before, and holds nothing of what it held.
    assert_eq!(acting(&home), [false, true, false, false]);
}

#[test]
fn a_reactivation_ends_no_grant() {
    let mut home = granted();
    home.reactivate_thing(LAMP).unwrap();
    assert_eq!(acting(&home), [true; 4]);
    home.enroll_thing(LAMP, ENROLL).unwrap();
    assert_eq!(acting(&home), [true; 4]);
}

#[test]
fn another_control_password_ends_what_is_on_a_thing_or_nothing_as_is_asked() {
    let mut home = granted();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    assert_eq!(acting(&home), [true; 4]);
    let mut home = granted();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End).unwrap();
    assert_eq!(acting(&home), [false, true, false, true]);
}

#[test]
fn nobody_acts_while_either_is_disabled_and_the_grant_stays() {
    let mut home = granted();
    home.disable_thing(LAMP).unwrap();
    assert_eq!(acting(&home), [false, true, false, false]);
    home.enable_thing(LAMP).unwrap();
    assert_eq!(acting(&home), [true; 4]);
    home.disable(FIRST).unwrap();
    assert_eq!(acting(&home), [false, false, true, true]);
    home.enable(FIRST).unwrap();
    assert_eq!(acting(&home), [true; 4]);
}

#[test]
fn a_controller_that_is_retired_acts_on_nothing() {
    let mut home = granted();
    home.retire(FIRST);
    assert_eq!(acting(&home), [false, false, true, true]);
}

#[test]
fn the_thing_decides_how_much_and_its_template_where_it_says_nothing() {
    let mut home = granted();
    let all = [AccessLevel::None, AccessLevel::Read, AccessLevel::ReadWrite];
    for level in all {
        home.set_access(LAMP, Some(level)).unwrap();
        assert_eq!(home.access(LAMP, of_lamp(0)), level);
        assert_eq!(home.access(LAMP, Who::Thing(GATE)), level);
        assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::Read);
    }
    home.set_access(LAMP, None).unwrap();
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
}

#[test]
fn how_much_is_set_once_and_told() {
    let mut home = Home::registered(4);
    assert_eq!(home.set_access(LAMP, None), Ok(Outcome::AlreadyDone));
    assert_eq!(home.set_access(LAMP, Some(AccessLevel::Read)), Ok(Outcome::Done));
    let event = last_event(&home, LAMP);
    assert_eq!((event.kind(), event.about()), (EventKind::AccessSet, None));
    assert_eq!(home.set_access(LAMP, Some(AccessLevel::Read)), Ok(Outcome::AlreadyDone));
    home.disable_thing(LAMP).unwrap();
    assert_eq!(home.set_access(LAMP, None), Ok(Outcome::Done));
    home.retire_thing(LAMP);
    assert_eq!(home.set_access(LAMP, None), Err(RetiredSerial));
}

#[test]
fn how_much_stays_through_an_unenroll_and_not_through_a_transfer() {
    let mut home = Home::enrolled(4);
    home.set_access(LAMP, Some(AccessLevel::ReadWrite)).unwrap();
    home.unenroll(LAMP).unwrap();
    assert_eq!(home.things[LAMP].registration().access(), Some(AccessLevel::ReadWrite));
    home.transfer(LAMP, (KeyVersion::FIRST, NEW_ENROLL, None)).unwrap();
    assert_eq!(home.things[LAMP].registration().access(), None);
}

#[test]
fn nobody_is_told_that_grants_have_ended_while_they_stay() {
    let mut home = granted();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    assert!(acting(&home)[0]);
    assert_eq!(home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End), Ok(Outcome::Done));
    assert!(!acting(&home)[0]);
    for again in [GrantsThen::End, GrantsThen::Stay] {
        assert_eq!(home.replace_control(LAMP, NEW_CONTROL, again), Ok(Outcome::AlreadyDone));
    }
}
