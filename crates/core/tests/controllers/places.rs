//! How many Controllers a Thing has, and who makes room.

use plugmint_core::controller::{
    ControllerRequest, ControllerStageName, EnrollControllerRefusal, Roster,
};
use plugmint_core::lifecycle::{EnrollOutcome, GrantsThen, Stranger};
use plugmint_core::{AccessLevel, Author, ControllerCap, EventKind, KeyVersion, Ordinal};

use crate::home::{Home, Told, of_lamp};
use crate::scene::{CONTROL, ENROLL, LAMP, NEW_CONTROL, NEW_ENROLL, known_as};

fn ordinals(roster: &Roster) -> Vec<u32> {
    roster.ordinals().iter().map(|ordinal| ordinal.number()).collect()
}

fn connected(home: &mut Home, own_serial: &str) -> Told {
    let told = home.comes_as(own_serial);
    home.connect((LAMP, told.ordinal), &told.verifier).unwrap();
    told
}

fn comes(home: &mut Home) -> Result<Told, EnrollControllerRefusal> {
    home.enroll(LAMP, CONTROL, &ControllerRequest::new())
}

#[test]
fn a_template_that_does_not_say_lets_64_have_a_place() {
    assert_eq!(ControllerCap::DEFAULT.number(), 64);
    let mut home = Home::enrolled(64);
    for number in 0..64 {
        connected(&mut home, &format!("PHONE-{number}"));
    }
    assert_eq!(comes(&mut home).unwrap_err(), EnrollControllerRefusal::TooMany);
}

#[test]
fn whoever_finds_no_place_is_refused_while_all_have_connected() {
    let mut home = Home::enrolled(2);
    connected(&mut home, "PHONE-1");
    connected(&mut home, "PHONE-2");
    let before = home.things[LAMP].record.encode();
    let refused = comes(&mut home).unwrap_err();
    assert_eq!(
        (refused, refused.code()),
        (EnrollControllerRefusal::TooMany, "too-many-controllers")
    );
    assert_eq!(home.things[LAMP].record.encode(), before);
    assert_eq!(ordinals(&home.roster(LAMP)), [0, 1]);
}

#[test]
fn the_oldest_that_never_connected_makes_room() {
    let mut home = Home::enrolled(3);
    connected(&mut home, "PHONE-1");
    let idle = home.comes_as("PHONE-2");
    home.comes_as("PHONE-3");
    let told = comes(&mut home).unwrap();
    assert_eq!(ordinals(&home.roster(LAMP)), [0, 2, 3]);
    let controllers = &home.things[LAMP].controllers;
    assert_eq!(controllers[&idle.ordinal].stage().name(), ControllerStageName::Retired);
    assert_eq!(home.connect((LAMP, idle.ordinal), &idle.verifier), Err(Stranger));
    assert_eq!(home.access(LAMP, of_lamp(1)), AccessLevel::None);
    let [.., retired, enrolled] = &home.things[LAMP].events[..] else { panic!("there are two") };
    assert_eq!((retired.kind(), retired.author()), (EventKind::ControllerRetired, &Author::Device));
    assert_eq!(retired.about(), Some(idle.credentials.plug_id()));
    assert_eq!(enrolled.kind(), EventKind::ControllerEnrolled);
    assert_eq!(enrolled.about(), Some(told.credentials.plug_id()));
}

#[test]
fn whoever_must_enroll_again_and_had_connected_makes_no_room() {
    let mut home = Home::enrolled(1);
    let told = connected(&mut home, "PHONE-1");
    home.reactivate((LAMP, told.ordinal), 0).unwrap();
    assert_eq!(comes(&mut home).unwrap_err(), EnrollControllerRefusal::TooMany);
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Reissued);
    assert_eq!(comes(&mut home).unwrap_err(), EnrollControllerRefusal::TooMany);
}

#[test]
fn whoever_has_a_place_needs_none() {
    let mut home = Home::enrolled(1);
    let told = home.comes_as("PHONE-1");
    assert_eq!(home.comes_as("PHONE-1").ordinal, told.ordinal);
    home.release(LAMP, of_lamp(0));
    let again = home.comes_as("PHONE-1");
    assert_eq!((again.ordinal, again.is_written), (told.ordinal, true));
    assert_eq!(ordinals(&home.roster(LAMP)), [0]);
}

#[test]
fn whoever_is_retired_leaves_its_place() {
    let mut home = Home::enrolled(1);
    let told = connected(&mut home, "PHONE-1");
    home.retire((LAMP, told.ordinal));
    assert!(home.roster(LAMP).ordinals().is_empty());
    assert_eq!(comes(&mut home).unwrap().ordinal.number(), 1);
}

#[test]
fn whoever_is_disabled_or_holds_nothing_keeps_its_place() {
    let mut home = Home::enrolled(1);
    let told = connected(&mut home, "PHONE-1");
    home.disable((LAMP, told.ordinal)).unwrap();
    home.release_all(of_lamp(0));
    assert_eq!(comes(&mut home).unwrap_err(), EnrollControllerRefusal::TooMany);
}

#[test]
fn controllers_of_before_live_on_and_take_no_place() {
    let end: [fn(&mut Home) -> &'static str; 3] = [
        |home| {
            home.unenroll(LAMP).unwrap();
            home.enroll_thing(LAMP, ENROLL).unwrap();
            CONTROL
        },
        |home| {
            let new = (KeyVersion::FIRST, NEW_ENROLL, Some(NEW_CONTROL));
            home.transfer(LAMP, new).unwrap();
            home.enroll_thing(LAMP, NEW_ENROLL).unwrap();
            NEW_CONTROL
        },
        |home| {
            home.replace_control(LAMP, NEW_CONTROL, GrantsThen::End).unwrap();
            NEW_CONTROL
        },
    ];
    for end in end {
        let mut home = Home::enrolled(1);
        let before = connected(&mut home, "PHONE-1");
        let control = end(&mut home);
        assert!(home.roster(LAMP).ordinals().is_empty());
        let after = home.enroll(LAMP, control, &ControllerRequest::new()).unwrap();
        assert_eq!(ordinals(&home.roster(LAMP)), [1]);
        assert_eq!(home.connect((LAMP, before.ordinal), &before.verifier), Ok(false));
        assert_eq!(home.connect((LAMP, after.ordinal), &after.verifier), Ok(true));
        // One of before that is retired takes nobody's place away.
        home.retire((LAMP, before.ordinal));
        assert_eq!(ordinals(&home.roster(LAMP)), [1]);
    }
}

#[test]
fn places_stay_taken_while_grants_stay() {
    let mut home = Home::enrolled(1);
    connected(&mut home, "PHONE-1");
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    let refused = home.enroll(LAMP, NEW_CONTROL, &known_as("PHONE-1")).unwrap_err();
    assert_eq!(refused, EnrollControllerRefusal::TooMany);
}

#[test]
fn one_of_before_that_comes_again_takes_a_place() {
    let mut home = Home::enrolled(1);
    let before = home.comes_as("PHONE-1");
    home.unenroll(LAMP).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    let idle = comes(&mut home).unwrap();
    let again = home.comes_as("PHONE-1");
    assert_eq!((again.outcome, again.ordinal), (EnrollOutcome::Repeated, before.ordinal));
    assert_eq!(home.roster(LAMP).ordinals(), [before.ordinal]);
    let controllers = &home.things[LAMP].controllers;
    assert_eq!(controllers[&idle.ordinal].stage().name(), ControllerStageName::Retired);
    home.connect((LAMP, before.ordinal), &before.verifier).unwrap();
    assert_eq!(comes(&mut home).unwrap_err(), EnrollControllerRefusal::TooMany);
}

#[test]
fn one_of_before_that_finds_no_place_is_refused() {
    let mut home = Home::enrolled(1);
    home.comes_as("PHONE-1");
    home.unenroll(LAMP).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    connected(&mut home, "PHONE-2");
    let refused = home.enroll(LAMP, CONTROL, &known_as("PHONE-1")).unwrap_err();
    assert_eq!(refused, EnrollControllerRefusal::TooMany);
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
}

#[test]
fn the_oldest_stands_first_whenever_it_came_again() {
    let mut home = Home::enrolled(3);
    home.comes_as("PHONE-1");
    home.unenroll(LAMP).unwrap();
    home.enroll_thing(LAMP, ENROLL).unwrap();
    home.comes_as("PHONE-2");
    home.comes_as("PHONE-1");
    assert_eq!(home.roster(LAMP).ordinals(), [Ordinal::FIRST, Ordinal::new(1)]);
}
