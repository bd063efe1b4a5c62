//! What a connection is admitted for.

use super::*;

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
