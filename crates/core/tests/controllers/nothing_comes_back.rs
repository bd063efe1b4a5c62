//! An ordinal is used once, whatever happens to its Thing, and a password that has ended is over.

use plugmint_core::controller::ControllerRequest;
use plugmint_core::lifecycle::{EnrollOutcome, GrantsThen, Outcome, Stage, Stranger};
use plugmint_core::{AccessLevel, KeyVersion, Ordinal};

use crate::home::{Home, of_lamp};
use crate::scene::{CONTROL, ENROLL, LAMP, NEW_CONTROL, NEW_ENROLL, known_as};

const FIRST: (usize, Ordinal) = (LAMP, Ordinal::FIRST);
const BACK: (KeyVersion, &str, Option<&str>) = (KeyVersion::FIRST, ENROLL, Some(CONTROL));
const AWAY: (KeyVersion, &str, Option<&str>) = (KeyVersion::FIRST, NEW_ENROLL, Some(NEW_CONTROL));

fn next_ordinal(home: &Home) -> u32 {
    home.things[LAMP].registration().next_ordinal().number()
}

#[test]
fn the_next_ordinal_never_falls() {
    let verbs: [fn(&mut Home) -> Outcome; 11] = [
        |home| home.release(LAMP, of_lamp(0)),
        |home| {
            home.release_all(of_lamp(0));
            Outcome::Done
        },
        |home| home.retire(FIRST),
        |home| home.disable_thing(LAMP).unwrap(),
        |home| home.enable_thing(LAMP).unwrap(),
        |home| home.reactivate_thing(LAMP).unwrap(),
        |home| {
            home.enroll_thing(LAMP, ENROLL).unwrap();
            Outcome::Done
        },
        |home| home.unenroll(LAMP).unwrap(),
        |home| home.transfer(LAMP, AWAY).unwrap(),
        |home| home.replace_passwords(LAMP, BACK).unwrap(),
        |home| home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End).unwrap(),
    ];
    let mut home = Home::enrolled(4);
    home.comes();
    home.comes();
    for verb in verbs {
        assert_eq!(verb(&mut home), Outcome::Done);
        assert_eq!(next_ordinal(&home), 2);
    }
    home.retire_thing(LAMP);
    let Stage::Retired(retired) = home.things[LAMP].record.stage() else { panic!("it is over") };
    assert_eq!(retired.next_ordinal().number(), 2);
}

#[test]
fn the_ordinal_of_whoever_was_retired_stays_used() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.retire(FIRST);
    let second = home.comes_as("PHONE-1");
    assert_eq!(second.ordinal.number(), 1);
    assert_ne!(second.credentials.plug_id(), first.credentials.plug_id());
    assert!(!second.verifier.matches(&first.verifier));
    assert_eq!(home.connect((LAMP, second.ordinal), &first.verifier), Err(Stranger));
}

#[test]
fn the_ordinal_of_whoever_made_room_stays_used() {
    let mut home = Home::enrolled(1);
    let ordinals = (0..5).map(|_| home.comes().ordinal.number());
    assert_eq!(ordinals.collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn a_control_password_of_long_ago_gives_ordinals_that_nobody_had() {
    let mut home = Home::enrolled(4);
    let before = home.comes_as("PHONE-1");
    home.connect(FIRST, &before.verifier).unwrap();
    home.transfer(LAMP, AWAY).unwrap();
    home.transfer(LAMP, BACK).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    let after = home.enroll(LAMP, CONTROL, &ControllerRequest::new()).unwrap();
    assert_eq!((after.outcome, after.ordinal.number()), (EnrollOutcome::First, 1));
    assert!(!after.verifier.matches(&before.verifier));
    // Whoever was there before has lost the Thing, and connects.
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    assert_eq!(home.connect(FIRST, &before.verifier), Ok(false));
}

#[test]
fn a_password_that_was_revoked_does_not_connect_when_the_control_password_comes_back() {
    let mut home = Home::enrolled(4);
    let before = home.comes_as("PHONE-1");
    home.reactivate(FIRST, 0).unwrap();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End).unwrap();
    home.replace_control(LAMP, CONTROL, GrantsThen::End).unwrap();
    let after = home.enroll(LAMP, CONTROL, &known_as("PHONE-1")).unwrap();
    assert_eq!((after.outcome, after.ordinal), (EnrollOutcome::Reissued, Ordinal::FIRST));
    assert!(!after.verifier.matches(&before.verifier));
    assert_eq!(home.connect(FIRST, &before.verifier), Err(Stranger));
    assert_eq!(home.connect(FIRST, &after.verifier), Ok(true));
}

#[test]
fn a_grant_that_has_ended_does_not_count_when_its_thing_is_enrolled_again() {
    let mut home = Home::enrolled(4);
    home.comes();
    for _ in 0..3 {
        home.unenroll(LAMP).unwrap();
        home.enroll_thing(LAMP, ENROLL).unwrap();
        assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
    }
}
