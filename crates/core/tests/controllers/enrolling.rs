//! Somebody comes with a control password.

use plugmint_core::controller::{
    ControlledThing, ControllerRequest, ControllerStageName, EnrollControllerRefusal,
};
use plugmint_core::derivation::{PasswordText, PlatformKeys, RootKey, StretchMemory};
use plugmint_core::lifecycle::{
    EnrollOutcome, GrantsThen, Outcome, SerialRecord, StageName, Stranger,
};
use plugmint_core::{
    AccessLevel, Argon2Cost, Author, Epoch, EventKind, KeyVersion, Ordinal, PasswordClass, SerialId,
};

use crate::home::{Home, Who, of_lamp};
use crate::scene::{
    CONTROL, ENROLL, GATE, LAMP, NEW_CONTROL, NEW_ENROLL, WRONG, control_key, known_as,
    second_version,
};

fn is_a_stranger(home: &mut Home, control: &str) -> bool {
    let before = home.things[LAMP].record.encode();
    for request in [ControllerRequest::new(), known_as("PHONE-1")] {
        match home.enroll(LAMP, control, &request) {
            Ok(_) => return false,
            Err(refusal) => assert_eq!(refusal, EnrollControllerRefusal::Stranger(Stranger)),
        }
    }
    assert_eq!(home.things[LAMP].record.encode(), before);
    true
}

#[test]
fn a_controller_enrolls_while_its_thing_is_enrolled_or_activated() {
    let mut home = Home::enrolled(4);
    assert_eq!(home.comes().outcome, EnrollOutcome::First);
    home.connect_thing(LAMP).unwrap();
    assert_eq!(home.things[LAMP].record.stage().name(), StageName::Activated);
    assert_eq!(home.comes().outcome, EnrollOutcome::First);
    assert_eq!(home.things[LAMP].record.stage().name(), StageName::Activated);
}

#[test]
fn whoever_comes_to_a_thing_that_is_registered_is_a_stranger() {
    assert!(is_a_stranger(&mut Home::registered(4), CONTROL));
    let mut home = Home::enrolled(4);
    home.reactivate_thing(LAMP).unwrap();
    assert!(is_a_stranger(&mut home, CONTROL));
    home.enroll_thing(LAMP, ENROLL).unwrap();
    assert!(!is_a_stranger(&mut home, CONTROL));
    home.unenroll(LAMP).unwrap();
    assert!(is_a_stranger(&mut home, CONTROL));
}

#[test]
fn whoever_comes_to_a_thing_that_is_disabled_or_retired_is_a_stranger() {
    let mut home = Home::enrolled(4);
    home.disable_thing(LAMP).unwrap();
    assert!(is_a_stranger(&mut home, CONTROL));
    home.enable_thing(LAMP).unwrap();
    assert!(!is_a_stranger(&mut home, CONTROL));
    home.retire_thing(LAMP);
    assert!(is_a_stranger(&mut home, CONTROL));
}

#[test]
fn whoever_has_not_the_control_password_is_a_stranger() {
    for password in [WRONG, ENROLL, NEW_CONTROL] {
        assert!(is_a_stranger(&mut Home::enrolled(4), password));
    }
    let presented = control_key(LAMP, KeyVersion::FIRST, CONTROL).verifier();
    assert_eq!(ControlledThing::prove(None, presented).unwrap_err(), Stranger);
}

#[test]
fn nobody_controls_a_thing_without_a_control_password() {
    let mut home = Home::enrolled(4);
    home.transfer(LAMP, (KeyVersion::FIRST, NEW_ENROLL, None)).unwrap();
    home.enroll_thing(LAMP, NEW_ENROLL).unwrap();
    for password in [CONTROL, NEW_ENROLL, NEW_CONTROL] {
        assert!(is_a_stranger(&mut home, password));
    }
}

#[test]
fn whoever_comes_is_granted_the_thing_and_nothing_else() {
    let mut home = Home::enrolled(4);
    home.comes();
    assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
    assert_eq!(home.access(GATE, of_lamp(0)), AccessLevel::None);
}

#[test]
fn credentials_are_those_of_the_control_key_and_the_next_ordinal() {
    let mut home = Home::enrolled(4);
    let key = control_key(LAMP, KeyVersion::FIRST, CONTROL);
    for number in 0..3 {
        let told = home.comes();
        let expected = key.credentials(Ordinal::new(number), Epoch::FIRST);
        assert_eq!(told.ordinal.number(), number);
        assert_eq!(told.credentials.plug_id(), expected.plug_id());
        let password = told.credentials.connection_password();
        assert!(password.matches(expected.connection_password()));
        let next = home.things[LAMP].registration().next_ordinal();
        assert_eq!(next.number(), number + 1);
    }
}

/// The case `controller, ordinal 1, second epoch` of the vectors, and the one of its first epoch.
#[test]
fn credentials_are_those_of_the_vectors() {
    let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = PlatformKeys::of_root(&RootKey::parse(digits).unwrap());
    let id =
        SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), "SN-0001".parse().unwrap());
    let stretched = PasswordClass::Chosen
        .stretching(
            Argon2Cost::new(64, 1, 1).unwrap(),
            &id,
            PasswordText::of_any(b"open sesame").unwrap(),
        )
        .run(&mut StretchMemory::new())
        .unwrap();
    let key = keys.template_key(id.template()).control_key(id.serial(), &stretched);
    let passwords = ["awT4QKxoUHMYTvyQ6_g5y8Q45DtgiSaF", "LdjfrdoA9Et14lFO5ZCfmgSKNOlRuLil"];
    for (epoch, password) in (0..).zip(passwords) {
        let told = key.credentials(Ordinal::new(1), Epoch::new(epoch));
        assert_eq!(told.plug_id().to_string(), "dev-d72e7260659da5b655de58f2");
        assert_eq!(&*told.connection_password().expose_text(), password);
    }
}

#[test]
fn what_a_controller_says_of_itself_enters_no_credentials() {
    let (mut silent, mut named) = (Home::enrolled(4), Home::enrolled(4));
    let (silent, told) = (silent.comes(), named.comes_as("PHONE-1"));
    assert_eq!(silent.credentials.plug_id(), told.credentials.plug_id());
    assert!(silent.verifier.matches(&told.verifier));
    let controller = &named.things[LAMP].controllers[&told.ordinal];
    assert_eq!(controller.own_serial().unwrap().as_str(), "PHONE-1");
    assert_eq!(controller.name().unwrap().as_str(), "The phone PHONE-1");
}

#[test]
fn a_repeat_before_the_first_connection_gives_the_same_and_writes_nothing() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    let repeat = home.comes_as("PHONE-1");
    assert_eq!((repeat.outcome, repeat.is_written), (EnrollOutcome::Repeated, false));
    assert_eq!(repeat.ordinal, first.ordinal);
    assert_eq!(repeat.credentials.plug_id(), first.credentials.plug_id());
    assert!(repeat.verifier.matches(&first.verifier));
}

#[test]
fn a_repeat_of_whoever_has_lost_its_grant_is_granted_again() {
    for end in [
        |home: &mut Home| home.release(LAMP, of_lamp(0)),
        |home: &mut Home| {
            home.release_all(of_lamp(0));
            Outcome::Done
        },
        |home: &mut Home| {
            home.unenroll(LAMP).unwrap();
            home.enroll_thing(LAMP, ENROLL).unwrap();
            Outcome::Done
        },
    ] {
        let mut home = Home::enrolled(4);
        let first = home.comes_as("PHONE-1");
        assert_eq!(end(&mut home), Outcome::Done);
        assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::None);
        let repeat = home.comes_as("PHONE-1");
        assert_eq!((repeat.outcome, repeat.is_written), (EnrollOutcome::Repeated, true));
        assert!(repeat.verifier.matches(&first.verifier));
        assert_eq!(home.access(LAMP, of_lamp(0)), AccessLevel::Read);
        let event = home.things[LAMP].events.last().unwrap();
        assert_eq!(event.kind(), EventKind::GrantAdded);
        assert_eq!(event.about(), Some(first.credentials.plug_id()));
        assert!(!home.comes_as("PHONE-1").is_written);
    }
}

#[test]
fn whoever_names_no_own_serial_number_is_another_controller_each_time() {
    let mut home = Home::enrolled(4);
    let (first, second) = (home.comes(), home.comes());
    assert_eq!((second.outcome, second.ordinal.number()), (EnrollOutcome::First, 1));
    assert_ne!(first.credentials.plug_id(), second.credentials.plug_id());
    assert!(!first.verifier.matches(&second.verifier));
}

#[test]
fn whoever_has_connected_and_comes_again_is_another_controller() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.connect((LAMP, first.ordinal), &first.verifier).unwrap();
    let second = home.comes_as("PHONE-1");
    assert_eq!((second.outcome, second.ordinal.number()), (EnrollOutcome::First, 1));
    // Both connect; it is the last one that is known.
    assert_eq!(home.connect((LAMP, first.ordinal), &first.verifier), Ok(false));
    assert_eq!(home.comes_as("PHONE-1").ordinal, second.ordinal);
}

#[test]
fn an_own_serial_number_is_known_to_one_thing_alone() {
    let mut home = Home::enrolled(4);
    let here = home.comes_as("PHONE-1");
    let there = home.enroll(GATE, CONTROL, &known_as("PHONE-1")).unwrap();
    assert_eq!((there.outcome, there.ordinal), (EnrollOutcome::First, here.ordinal));
    assert_ne!(there.credentials.plug_id(), here.credentials.plug_id());
    assert_eq!(home.access(GATE, Who::Controller(GATE, there.ordinal)), AccessLevel::Read);
}

#[test]
fn whoever_comes_with_a_new_control_password_is_another_controller() {
    let mut home = Home::enrolled(4);
    home.comes_as("PHONE-1");
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    assert!(is_a_stranger(&mut home, CONTROL));
    let told = home.enroll(LAMP, NEW_CONTROL, &known_as("PHONE-1")).unwrap();
    assert_eq!((told.outcome, told.ordinal.number()), (EnrollOutcome::First, 1));
}

#[test]
fn a_controller_that_is_disabled_is_not_told_again() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.disable((LAMP, first.ordinal)).unwrap();
    let refused = EnrollControllerRefusal::Stranger(Stranger);
    assert_eq!(home.enroll(LAMP, CONTROL, &known_as("PHONE-1")).unwrap_err(), refused);
    home.enable((LAMP, first.ordinal)).unwrap();
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Repeated);
    home.connect((LAMP, first.ordinal), &first.verifier).unwrap();
    home.reactivate((LAMP, first.ordinal), 0).unwrap();
    home.disable((LAMP, first.ordinal)).unwrap();
    assert_eq!(home.enroll(LAMP, CONTROL, &known_as("PHONE-1")).unwrap_err(), refused);
}

#[test]
fn a_controller_that_is_disabled_does_not_come_back_with_another_control_password() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.disable((LAMP, first.ordinal)).unwrap();
    home.replace_control(LAMP, NEW_CONTROL, GrantsThen::Stay).unwrap();
    let refused = home.enroll(LAMP, NEW_CONTROL, &known_as("PHONE-1")).unwrap_err();
    assert_eq!(refused, EnrollControllerRefusal::Stranger(Stranger));
}

#[test]
fn a_controller_that_is_disabled_does_not_make_room_and_come_back() {
    let mut home = Home::enrolled(1);
    let first = home.comes_as("PHONE-1");
    home.disable((LAMP, first.ordinal)).unwrap();
    let refused = home.enroll(LAMP, CONTROL, &known_as("PHONE-2")).unwrap_err();
    assert_eq!(refused, EnrollControllerRefusal::TooMany);
}

#[test]
fn who_is_told_again_and_granted_the_thing_again_is_told_so_in_its_history() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.reactivate((LAMP, first.ordinal), 0).unwrap();
    home.release(LAMP, Who::Controller(LAMP, first.ordinal));
    assert_eq!(home.comes_as("PHONE-1").outcome, EnrollOutcome::Reissued);
    let [.., reissued, granted] = &home.things[LAMP].events[..] else { panic!("there are two") };
    assert_eq!(reissued.kind(), EventKind::ControllerReissued);
    assert_eq!(granted.kind(), EventKind::GrantAdded);
    home.reactivate((LAMP, first.ordinal), 1).unwrap();
    home.comes_as("PHONE-1");
    let last = home.things[LAMP].events.last().unwrap();
    assert_eq!(last.kind(), EventKind::ControllerReissued);
}

#[test]
fn a_controller_that_was_retired_comes_again_as_another_one() {
    let mut home = Home::enrolled(4);
    let first = home.comes_as("PHONE-1");
    home.disable((LAMP, first.ordinal)).unwrap();
    home.retire((LAMP, first.ordinal));
    let second = home.comes_as("PHONE-1");
    assert_eq!((second.outcome, second.ordinal.number()), (EnrollOutcome::First, 1));
}

#[test]
fn a_controller_keeps_its_key_version_when_its_thing_gets_another_one() {
    let mut home = Home::enrolled(4);
    let before = home.comes();
    let (version, new) = (second_version(), (second_version(), NEW_ENROLL, Some(NEW_CONTROL)));
    home.transfer(LAMP, new).unwrap();
    home.enroll_thing(LAMP, NEW_ENROLL).unwrap();
    let after = home.enroll(LAMP, NEW_CONTROL, &ControllerRequest::new()).unwrap();
    let controllers = &home.things[LAMP].controllers;
    assert_eq!(controllers[&before.ordinal].key_version(), KeyVersion::FIRST);
    assert_eq!(controllers[&after.ordinal].key_version(), version);
    assert_eq!(home.connect((LAMP, before.ordinal), &before.verifier), Ok(true));
    assert_eq!(home.connect((LAMP, after.ordinal), &after.verifier), Ok(true));
}

#[test]
fn an_enrollment_is_told_as_the_devices_with_whom_it_is_about() {
    let mut home = Home::enrolled(4);
    let told = home.comes();
    let event = home.things[LAMP].events.last().unwrap();
    assert_eq!((event.kind(), event.author()), (EventKind::ControllerEnrolled, &Author::Device));
    assert_eq!(event.about(), Some(told.credentials.plug_id()));
    let controller = &home.things[LAMP].controllers[&told.ordinal];
    assert_eq!(controller.stage().name(), ControllerStageName::Enrolled);
    assert_eq!((controller.enrolled_at(), controller.connected_at()), (event.at(), None));
}

#[test]
fn an_ordinal_is_not_given_when_there_is_none_after_it() {
    let mut home = Home::enrolled(4);
    let mut bytes = home.things[LAMP].record.encode();
    // Version, stage, key version, both verifiers, how it came to the second, epoch, what raised
    // it.
    let start = 1 + 1 + 4 + 32 + (1 + 32) + 1 + 4 + 1;
    bytes[start..start + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    home.things[LAMP].record = SerialRecord::decode(&bytes).unwrap();
    let refused = home.enroll(LAMP, CONTROL, &ControllerRequest::new()).unwrap_err();
    assert_eq!((refused, refused.code()), (EnrollControllerRefusal::LastOrdinal, "last-ordinal"));
    assert!(home.things[LAMP].controllers.is_empty());
}
