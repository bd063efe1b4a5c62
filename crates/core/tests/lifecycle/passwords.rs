//! Passwords that are replaced: both before a device has enrolled, that for Controllers at any
//! time.

use plugmint_core::lifecycle::{
    GrantsThen, Outcome, ReplaceControlRefusal, ReplaceRefusal, SerialRecord, StageName, Which,
};
use plugmint_core::{Epoch, EventKind, KeyVersion};

use crate::scene::{
    CONTROL, ENROLL, LIVING, Live as _, NEW_CONTROL, NEW_ENROLL, answered, at, committed,
    control_key_of, disabled, enrolls_with, in_stage, key_of, offered, operator, record_of,
    registered, registration, renewal,
};

type Replaced<E> = Result<plugmint_core::lifecycle::Decision<Outcome>, E>;

fn replace(record: SerialRecord, enroll: &str, control: Option<&str>) -> Replaced<ReplaceRefusal> {
    let seen = record.epoch();
    let (offered, renewal) = (offered(enroll, control), renewal(enroll, control));
    record.replace_passwords(seen, &offered, renewal, operator(), at(10))
}

fn replace_control(record: SerialRecord, control: &str) -> Replaced<ReplaceControlRefusal> {
    let (new, as_enroll) = (control_key_of(control).verifier(), key_of(control).verifier());
    record.replace_control_password(new, &as_enroll, GrantsThen::End, operator(), at(10))
}

fn is_control(record: &SerialRecord, control: &str) -> bool {
    let verifier = control_key_of(control).verifier();
    registration(record).control_verifier().is_some_and(|stored| stored.matches(&verifier))
}

#[test]
fn a_serial_that_has_never_enrolled_has_other_passwords_one_epoch_up() {
    let decision = replace(registered(), NEW_ENROLL, Some(NEW_CONTROL)).unwrap();
    let (change, outcome) = committed(decision);
    assert_eq!((outcome, change.event().kind()), (Outcome::Done, EventKind::PasswordsReplaced));
    let record = change.record();
    assert_eq!((record.stage().name(), record.epoch().number()), (StageName::Registered, 1));
    assert!(enrolls_with(record, &key_of(NEW_ENROLL).verifier()));
    assert!(is_control(record, NEW_CONTROL) && !is_control(record, CONTROL));
    assert_eq!(registration(record).key_version(), KeyVersion::FIRST);
}

#[test]
fn a_password_does_not_replace_itself() {
    let refusal = |enroll, control| replace(registered(), enroll, control).unwrap_err();
    let unchanged = ReplaceRefusal::Unchanged;
    assert_eq!(refusal(ENROLL, Some(NEW_CONTROL)), unchanged(Which::Enroll));
    assert_eq!(refusal(NEW_ENROLL, Some(CONTROL)), unchanged(Which::Control));
    assert_eq!(refusal(ENROLL, Some(CONTROL)), unchanged(Which::Enroll));
    assert_eq!(refusal(ENROLL, None), unchanged(Which::Enroll));
}

#[test]
fn a_serial_that_has_enrolled_keeps_its_passwords_until_it_is_transferred() {
    let enrolled = in_stage(StageName::Enrolled);
    let activated = in_stage(StageName::Activated);
    for record in [
        enrolled.clone(),
        activated.clone(),
        enrolled.clone().reactivated(None, 5),
        activated.reactivated(Some(100), 5),
        enrolled.clone().unenrolled(5),
    ] {
        let refusal = replace(record, NEW_ENROLL, Some(NEW_CONTROL)).unwrap_err();
        assert_eq!(refusal, ReplaceRefusal::HasEnrolled);
    }
    let transferred = enrolled.transferred(NEW_ENROLL, Some(NEW_CONTROL), 6);
    let replaced = committed(replace(transferred, ENROLL, Some(CONTROL)).unwrap());
    assert_eq!((replaced.1, replaced.0.record().epoch().number()), (Outcome::Done, 2));
}

#[test]
fn a_retired_serial_has_no_password_to_replace() {
    let retired = || in_stage(StageName::Retired);
    let (offered, renewal) = (offered(NEW_ENROLL, None), renewal(NEW_ENROLL, None));
    let refusal = retired().replace_passwords(Epoch::FIRST, &offered, renewal, operator(), at(10));
    assert_eq!(refusal.unwrap_err(), ReplaceRefusal::Retired);
    let refusal = replace_control(retired(), NEW_CONTROL).unwrap_err();
    assert_eq!(refusal, ReplaceControlRefusal::Retired);
}

#[test]
fn a_control_password_is_replaced_in_any_stage_and_the_rest_stays() {
    for record in LIVING.into_iter().flat_map(|stage| [in_stage(stage), disabled(stage)]) {
        let (change, outcome) = committed(replace_control(record.clone(), NEW_CONTROL).unwrap());
        assert_eq!(outcome, Outcome::Done);
        assert_eq!(change.event().kind(), EventKind::ControlPasswordReplaced);
        let after = change.record();
        assert!(is_control(after, NEW_CONTROL) && !is_control(after, CONTROL));
        assert!(enrolls_with(after, &key_of(ENROLL).verifier()));
        assert_eq!(after.stage().name(), record.stage().name());
        assert_eq!((after.epoch(), after.mark()), (record.epoch(), record.mark()));
        assert_eq!(after.stage().plug_id(), record.stage().plug_id());
    }
}

#[test]
fn a_repeated_replacement_of_the_control_password_is_done_already() {
    let replaced = record_of(replace_control(registered(), NEW_CONTROL).unwrap());
    assert_eq!(answered(replace_control(replaced, NEW_CONTROL).unwrap()), Outcome::AlreadyDone);
}

#[test]
fn the_control_password_that_a_serial_came_with_does_not_replace_itself() {
    let unchanged = |record| replace_control(record, CONTROL).unwrap_err();
    assert_eq!(unchanged(registered()), ReplaceControlRefusal::Unchanged);
    // A serial comes with passwords anew when both are replaced, and when it is transferred.
    let replaced = record_of(replace_control(registered(), NEW_CONTROL).unwrap());
    let transferred = replaced.clone().transferred(NEW_ENROLL, Some(CONTROL), 11);
    assert_eq!(unchanged(transferred), ReplaceControlRefusal::Unchanged);
    let both = record_of(replace(replaced, NEW_ENROLL, Some(CONTROL)).unwrap());
    assert_eq!(unchanged(both), ReplaceControlRefusal::Unchanged);
}

#[test]
fn a_control_password_of_before_may_be_set_again() {
    let replaced = record_of(replace_control(registered(), NEW_CONTROL).unwrap());
    let (change, outcome) = committed(replace_control(replaced, CONTROL).unwrap());
    assert_eq!(outcome, Outcome::Done);
    assert!(is_control(change.record(), CONTROL));
}

#[test]
fn a_serial_without_a_control_password_is_given_one() {
    let without = registered().transferred(NEW_ENROLL, None, 5);
    let (change, outcome) = committed(replace_control(without, NEW_CONTROL).unwrap());
    assert_eq!(outcome, Outcome::Done);
    let again = replace_control(change.record().clone(), NEW_CONTROL).unwrap();
    assert_eq!(answered(again), Outcome::AlreadyDone);
}

#[test]
fn the_enroll_password_is_not_the_control_password_too() {
    for stage in LIVING {
        let refusal = replace_control(in_stage(stage), ENROLL).unwrap_err();
        assert_eq!(refusal, ReplaceControlRefusal::SamePasswords);
    }
}
