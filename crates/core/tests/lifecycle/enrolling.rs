//! Who enrolls and who connects.

use plugmint_core::derivation::{AuthVerifier, SealNonce};
use plugmint_core::lifecycle::{EnrollRefusal, SerialRecord, Stage, StageName, Stranger};
use plugmint_core::{Author, EnrollOutcome, Epoch, EventKind, RepeatPolicy};

use crate::scene::{
    Live as _, NONCE, POLICIES, STAGES, WRONG, answered, at, committed, disabled, enroll, in_stage,
    key_of, keys, registered, right, right_verifier,
};

#[test]
fn the_right_password_enrolls_under_every_policy() {
    for repeat in POLICIES {
        let (change, enrollment) = committed(enroll(registered(), repeat).unwrap());
        assert_eq!(enrollment.outcome(), EnrollOutcome::First);
        assert_eq!(change.record().stage().name(), StageName::Enrolled);
        assert_eq!(change.event().kind(), EventKind::Enrolled);
        assert_eq!(change.event().author(), &Author::Device);
        assert_eq!(change.record().stage().plug_id(), Some(enrollment.credentials().plug_id()));
    }
}

#[test]
fn what_an_enrolled_serial_is_told_again_follows_the_policy() {
    for repeat in [RepeatPolicy::UntilActivated, RepeatPolicy::Always] {
        let again = answered(enroll(in_stage(StageName::Enrolled), repeat).unwrap());
        assert_eq!(again.outcome(), EnrollOutcome::Repeated);
        assert_eq!(
            *again.credentials().connection_password().expose_text(),
            *right().credentials(Epoch::FIRST).connection_password().expose_text()
        );
    }
    assert_eq!(
        enroll(in_stage(StageName::Enrolled), RepeatPolicy::Never).unwrap_err(),
        EnrollRefusal::AlreadyEnrolled
    );
}

#[test]
fn what_an_activated_serial_is_told_again_follows_the_policy() {
    let again = answered(enroll(in_stage(StageName::Activated), RepeatPolicy::Always).unwrap());
    assert_eq!(again.outcome(), EnrollOutcome::Repeated);
    for repeat in [RepeatPolicy::UntilActivated, RepeatPolicy::Never] {
        assert_eq!(
            enroll(in_stage(StageName::Activated), repeat).unwrap_err(),
            EnrollRefusal::AlreadyActivated
        );
    }
}

#[test]
fn a_wrong_password_is_a_stranger_in_every_stage_under_every_policy() {
    let wrong = key_of(WRONG);
    for stage in STAGES {
        for repeat in POLICIES {
            let record = Some(in_stage(stage));
            let refusal = SerialRecord::enroll(record, &wrong, repeat, keys().auth(), None, at(2))
                .unwrap_err();
            assert_eq!(refusal, EnrollRefusal::Stranger(Stranger), "{stage}");
        }
    }
}

#[test]
fn disabled_and_retired_are_strangers_even_with_the_right_password() {
    for stage in STAGES {
        for repeat in POLICIES {
            let record = match stage {
                StageName::Retired => in_stage(stage),
                StageName::Registered | StageName::Enrolled | StageName::Activated => {
                    disabled(stage)
                }
            };
            assert_eq!(
                enroll(record.clone(), repeat).unwrap_err(),
                EnrollRefusal::Stranger(Stranger),
                "{stage}"
            );
            assert_eq!(record.authenticate(&right_verifier(), at(3)).unwrap_err(), Stranger);
        }
    }
}

#[test]
fn the_first_connection_activates_and_erases_the_sealed_key() {
    let Stage::Enrolled(enrolled) = in_stage(StageName::Enrolled).stage().clone() else { panic!() };
    assert!(enrolled.sealed_key().is_some());
    let before = in_stage(StageName::Enrolled);
    let (change, _) = committed(before.authenticate(&right_verifier(), at(3)).unwrap());
    assert_eq!(change.event().kind(), EventKind::Activated);
    assert_eq!(change.record().stage().name(), StageName::Activated);
    let holds_nonce = |bytes: &[u8]| bytes.windows(SealNonce::LEN).any(|window| window == NONCE);
    assert!(holds_nonce(&in_stage(StageName::Enrolled).encode()));
    assert!(!holds_nonce(&change.record().encode()));
}

#[test]
fn an_unknown_serial_is_a_stranger_under_every_policy() {
    for repeat in POLICIES {
        let refusal = SerialRecord::enroll(None, &right(), repeat, keys().auth(), None, at(2));
        assert_eq!(refusal.unwrap_err(), EnrollRefusal::Stranger(Stranger));
    }
}

#[test]
fn a_later_connection_changes_nothing() {
    answered(in_stage(StageName::Activated).authenticate(&right_verifier(), at(4)).unwrap());
}

#[test]
fn a_registered_serial_does_not_authenticate() {
    let refusal = in_stage(StageName::Registered).authenticate(&right_verifier(), at(4));
    assert_eq!(refusal.unwrap_err(), Stranger);
}

#[test]
fn a_wrong_connection_password_is_a_stranger_in_every_stage() {
    for stage in STAGES {
        let wrong = AuthVerifier::from_parts([0; 32]);
        assert_eq!(in_stage(stage).authenticate(&wrong, at(4)).unwrap_err(), Stranger, "{stage}");
    }
}

#[test]
fn a_reissue_keeps_the_plug_id_and_changes_the_password() {
    let first = right().credentials(Epoch::FIRST);
    let second = right().credentials(Epoch::new(1));
    assert_eq!(first.plug_id(), second.plug_id());
    assert_ne!(
        *first.connection_password().expose_text(),
        *second.connection_password().expose_text()
    );
}

#[test]
fn a_serial_of_a_raised_epoch_enrolls_as_reissued() {
    let record = in_stage(StageName::Enrolled).unenrolled(4);
    let (change, enrollment) = committed(enroll(record, RepeatPolicy::Never).unwrap());
    assert_eq!(enrollment.outcome(), EnrollOutcome::Reissued);
    assert_eq!(change.event().kind(), EventKind::Reissued);
}
