//! What a connection is admitted for.

use plugmint_core::Admission;
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{SerialRecord, StageName};

use crate::scene::{
    ENROLL, Live as _, at, committed, credential, disabled, id, in_stage, operator, record_of,
    right, right_verifier,
};

#[test]
fn a_credential_admits_the_right_password_and_says_what_it_is_worth() {
    assert!(credential(&in_stage(StageName::Registered)).is_none());
    let enrolled = credential(&in_stage(StageName::Enrolled)).unwrap();
    assert!(matches!(enrolled.admit(&right_verifier()), Admission::Activates(_)));
    let activated = credential(&in_stage(StageName::Activated)).unwrap();
    let Admission::Admitted(proven) = activated.admit(&right_verifier()) else {
        panic!("an activated device is admitted")
    };
    let principal = proven.principal();
    assert_eq!((principal.plug_id(), principal.id()), (&right().plug_id(), &id()));
}

#[test]
fn a_credential_admits_nobody_while_disabled_or_once_retired() {
    for stage in [StageName::Enrolled, StageName::Activated] {
        let retired = committed(in_stage(stage).retire(operator(), at(9))).0.record().clone();
        for record in [disabled(stage), retired] {
            let credential = credential(&record).unwrap();
            assert_eq!(credential.admit(&right_verifier()), Admission::Refused);
        }
    }
}

#[test]
fn a_credential_holds_no_verifier_while_nothing_may_connect() {
    let verifier = *right_verifier().expose_bytes();
    let holds = |record: SerialRecord| {
        let bytes = credential(&record).unwrap().encode();
        bytes.windows(32).any(|window| window == verifier)
    };
    assert!(holds(in_stage(StageName::Activated)));
    assert!(!holds(disabled(StageName::Activated)));
}

#[test]
fn a_wrong_password_is_not_admitted() {
    for stage in [StageName::Enrolled, StageName::Activated] {
        let credential = credential(&in_stage(stage)).unwrap();
        assert_eq!(credential.admit(&AuthVerifier::from_parts([7; 32])), Admission::Refused);
    }
}

/// Whether a change of a serial ends a password that connects.
fn revokes(before: &SerialRecord, after: &SerialRecord, millis: u64) -> bool {
    credential(before).unwrap().is_revoked_by(&credential(after).unwrap(), at(millis))
}

#[test]
fn a_credential_is_revoked_when_a_password_of_it_ends() {
    for stage in [StageName::Enrolled, StageName::Activated] {
        let before = in_stage(stage);
        for after in [
            before.clone().unenrolled(10),
            before.clone().reactivated(None, 10),
            before.clone().retired(10),
            disabled(stage),
        ] {
            assert!(revokes(&before, &after, 10), "{after:?}");
        }
        let closed = credential(&before).unwrap().into_closed();
        assert!(credential(&before).unwrap().is_revoked_by(&closed, at(10)));
    }
}

#[test]
fn a_credential_is_not_revoked_while_its_passwords_connect() {
    let enrolled = in_stage(StageName::Enrolled);
    assert!(!revokes(&enrolled, &enrolled.clone().used(10), 10));
    let activated = in_stage(StageName::Activated);
    assert!(!revokes(&activated, &activated, 10));
    let again = activated.clone().reactivated(Some(100), 10);
    assert!(!revokes(&activated, &again, 10));
    assert!(!revokes(&again, &again.clone().enrolled(ENROLL, 11), 11));
    assert!(!revokes(&again, &again.clone().reactivated(Some(50), 11), 11));
}

#[test]
fn the_first_use_of_a_new_password_revokes_the_one_of_before() {
    let enrolled = in_stage(StageName::Activated).reactivated(Some(100), 10).enrolled(ENROLL, 11);
    let used = enrolled.clone().used(12);
    assert!(revokes(&enrolled, &used, 12));
    // Its time was up before.
    assert!(!revokes(&enrolled, &used, 100));
}

#[test]
fn an_overlap_that_is_ended_is_revoked_unless_its_time_was_up() {
    let again = in_stage(StageName::Activated).reactivated(Some(100), 10);
    let ended = again.clone().reactivated(None, 11);
    assert!(revokes(&again, &ended, 11));
    assert!(!revokes(&again, &ended, 100));
}

#[test]
fn who_is_told_of_a_reactivation_when_its_overlap_is_over_is_told_of_a_revocation() {
    let activated = in_stage(StageName::Activated);
    let again = activated.clone().reactivated(Some(100), 10);
    assert!(!revokes(&activated, &again, 99) && revokes(&activated, &again, 100));
}

#[test]
fn dropping_a_password_that_nobody_used_revokes_it() {
    let enrolled = in_stage(StageName::Activated).reactivated(Some(100), 10).enrolled(ENROLL, 11);
    assert!(revokes(&enrolled, &enrolled.clone().reactivated(Some(100), 12), 12));
}

#[test]
fn a_closed_credential_has_nothing_to_revoke() {
    let off = disabled(StageName::Activated);
    let on = record_of(off.clone().enable(operator(), at(9)).unwrap());
    assert!(!revokes(&off, &on, 10) && !revokes(&off, &off, 10));
}

#[test]
fn a_credential_in_its_overlap_holds_what_connects_and_nothing_else() {
    let again = in_stage(StageName::Activated).reactivated(Some(100), 10);
    let holds = |record: &SerialRecord, verifier: &AuthVerifier| {
        let bytes = credential(record).unwrap().encode();
        bytes.windows(32).any(|window| window == verifier.expose_bytes())
    };
    assert!(holds(&again, &right_verifier()));
    assert!(holds(&again.clone().enrolled(ENROLL, 11), &right_verifier()));
    assert!(!holds(&again.clone().enrolled(ENROLL, 11).used(12), &right_verifier()));
    assert!(!holds(&again.reactivated(None, 13), &right_verifier()));
}
