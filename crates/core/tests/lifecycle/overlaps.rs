//! The connection password of before, while its time lasts.

use plugmint_core::lifecycle::{
    Mark, OperatorEnrollRefusal, RevokeRefusal, SerialRecord, Stage, StageName, Stranger,
};
use plugmint_core::{Admission, ProvenBy, RepeatPolicy};

use crate::scene::{
    ENROLL, Live as _, NEW_CONTROL, NEW_ENROLL, answered, at, committed, connects, credential,
    in_stage, keys, operator, password_of, record_of, registered, registration, right,
};

/// Registered at epoch 1, and the password of epoch 0, which was used, connects until 100.
fn in_overlap() -> SerialRecord {
    in_stage(StageName::Activated).reactivated(Some(100), 10)
}

#[test]
fn the_password_that_was_used_last_connects_until_its_instant_and_not_at_it() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        assert!(connects(&record, &password_of(0), at(99)));
        assert!(!connects(&record, &password_of(0), at(100)));
        assert!(!connects(&record, &password_of(0), at(101)));
    }
}

#[test]
fn without_an_overlap_the_password_ends_at_once() {
    let record = in_stage(StageName::Activated).reactivated(None, 10);
    assert!(!connects(&record, &password_of(0), at(10)));
    assert!(record.stage().overlap().is_none());
}

#[test]
fn an_overlap_that_would_end_now_is_none() {
    for until in [9, 10] {
        let record = in_stage(StageName::Activated).reactivated(Some(until), 10);
        assert!(record.stage().overlap().is_none());
        assert!(!connects(&record, &password_of(0), at(8)));
    }
}

#[test]
fn a_connection_in_the_overlap_says_so_and_writes_nothing() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        let by = ProvenBy::Overlap { until: at(100) };
        assert_eq!(answered(record.clone().authenticate(&password_of(0), at(20)).unwrap()), by);
        let credential = credential(&record).unwrap();
        let Admission::Overlap(proven) = credential.admit(&password_of(0)) else {
            panic!("it connects")
        };
        assert_eq!(proven.principal(at(20)).unwrap().proven_by(), by);
    }
}

#[test]
fn the_overlap_ends_with_the_first_use_of_the_new_password() {
    let record = in_overlap().enrolled(ENROLL, 11);
    assert!(
        connects(&record, &password_of(0), at(12)) && connects(&record, &password_of(1), at(12))
    );
    let record = record.used(12);
    assert!(!connects(&record, &password_of(0), at(12)));
    assert!(connects(&record, &password_of(1), at(12)));
    assert!(record.stage().overlap().is_none());
}

#[test]
fn an_overlap_whose_time_is_up_does_not_outlive_an_enrollment() {
    let record = in_overlap().enrolled(ENROLL, 100);
    assert!(record.stage().overlap().is_none());
    assert!(!connects(&record, &password_of(0), at(50)));
}

#[test]
fn reactivating_an_epoch_that_nobody_used_drops_it_and_sets_the_older_overlap_anew() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        for (until, last) in [(50, 49), (500, 499)] {
            let record = record.clone().reactivated(Some(until), 20);
            assert_eq!(record.epoch().number(), 2);
            assert!(connects(&record, &password_of(0), at(last)));
            assert!(!connects(&record, &password_of(0), at(last + 1)));
            assert!(!connects(&record, &password_of(1), at(20)));
        }
    }
}

#[test]
fn reactivating_without_an_overlap_ends_the_one_that_runs() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        let record = record.reactivated(None, 20);
        assert!(!connects(&record, &password_of(0), at(20)));
        assert!(record.stage().overlap().is_none());
    }
}

#[test]
fn a_password_that_nobody_used_has_no_overlap() {
    let record = in_stage(StageName::Enrolled).reactivated(Some(100), 10);
    assert!(record.stage().overlap().is_none());
    assert!(!connects(&record, &password_of(0), at(10)));
}

#[test]
fn a_password_that_has_ended_does_not_return_in_an_overlap() {
    // Its time was up.
    let record = in_overlap().enrolled(ENROLL, 11).reactivated(Some(900), 100);
    assert!(!connects(&record, &password_of(0), at(100)));
    // Its device was taken off, and enrolled again.
    let record = in_stage(StageName::Activated).unenrolled(10).enrolled(ENROLL, 11);
    assert!(!connects(&record.reactivated(Some(900), 12), &password_of(0), at(13)));
    // It was revoked at once, and the device enrolled again.
    let record = in_stage(StageName::Activated).reactivated(None, 10).enrolled(ENROLL, 11);
    assert!(!connects(&record.reactivated(Some(900), 12), &password_of(0), at(13)));
}

#[test]
fn a_registered_serial_whose_overlap_is_over_has_nothing_to_revoke() {
    let refusal = in_overlap().reactivate(in_overlap().epoch(), Some(at(900)), operator(), at(100));
    assert_eq!(refusal.unwrap_err(), RevokeRefusal::NotEnrolled);
}

#[test]
fn unenrolling_transferring_and_retiring_end_an_overlap() {
    let enrolled = in_overlap().enrolled(ENROLL, 11);
    let ended = [
        enrolled.clone().unenrolled(20),
        enrolled.clone().transferred(NEW_ENROLL, Some(NEW_CONTROL), 20),
        in_overlap().transferred(NEW_ENROLL, Some(NEW_CONTROL), 20),
        enrolled.clone().retired(20),
        in_overlap().retired(20),
        record_of(enrolled.unenroll_by_device(&password_of(1), at(20)).unwrap()),
    ];
    for record in ended {
        assert!(!connects(&record, &password_of(0), at(20)), "{record:?}");
        assert!(record.stage().overlap().is_none());
    }
}

#[test]
fn the_password_of_an_overlap_takes_no_device_off() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        let refusal = record.unenroll_by_device(&password_of(0), at(20));
        assert_eq!(refusal.unwrap_err(), Stranger);
    }
}

#[test]
fn a_disabled_serial_refuses_the_password_of_its_overlap_too() {
    let record = record_of(in_overlap().disable(operator(), at(20)).unwrap());
    assert!(!connects(&record, &password_of(0), at(21)));
    let record = record_of(record.enable(operator(), at(22)).unwrap());
    assert_eq!(record.mark(), Some(Mark::Enabled));
    assert!(connects(&record, &password_of(0), at(23)));
}

#[test]
fn a_disabled_device_is_reactivated_and_its_overlap_runs_once_it_is_enabled() {
    let record = record_of(in_stage(StageName::Activated).disable(operator(), at(9)).unwrap());
    let record = record.reactivated(Some(100), 10);
    assert!(!connects(&record, &password_of(0), at(11)));
    let record = record_of(record.enable(operator(), at(12)).unwrap());
    assert!(connects(&record, &password_of(0), at(13)));
}

#[test]
fn the_plug_id_stays_through_a_reactivation() {
    for record in [in_overlap(), in_overlap().enrolled(ENROLL, 11)] {
        assert_eq!(record.stage().plug_id(), Some(&right().plug_id()));
    }
}

#[test]
fn the_first_connection_under_these_passwords_stays_on_record_through_a_reactivation() {
    let record = in_overlap().enrolled(ENROLL, 11).used(12);
    assert_eq!(registration(&record).connected_at(), Some(at(3)));
}

#[test]
fn a_device_that_was_used_has_no_sealed_key_left_for_its_operator() {
    let record = in_stage(StageName::Activated).reactivated(None, 10);
    let key = right();
    let refusal = record.enroll_by_operator(None, keys().auth(), operator(), at(11));
    assert_eq!(refusal.unwrap_err(), OperatorEnrollRefusal::NotSealed);
    // One that was not used has it still.
    let record = in_stage(StageName::Enrolled).reactivated(None, 10);
    let enrolled = record.enroll_by_operator(Some(&key), keys().auth(), operator(), at(11));
    let (change, enrollment) = committed(enrolled.unwrap());
    assert_eq!(change.event().author(), &operator());
    let password = keys().auth().verifier(
        enrollment.credentials().plug_id(),
        enrollment.credentials().connection_password(),
    );
    assert!(connects(change.record(), &password, at(12)));
}

#[test]
fn an_operator_does_not_enroll_with_the_key_of_another_password() {
    let wrong = crate::scene::key_of(NEW_ENROLL);
    let refusal = registered().enroll_by_operator(Some(&wrong), keys().auth(), operator(), at(11));
    assert_eq!(refusal.unwrap_err(), OperatorEnrollRefusal::NotSealed);
}

#[test]
fn a_repeat_while_the_overlap_runs_gives_the_new_password() {
    let record = in_overlap().enrolled(ENROLL, 11);
    let repeat = RepeatPolicy::UntilActivated;
    let repeated =
        SerialRecord::enroll(Some(record.clone()), &right(), repeat, keys().auth(), None, at(12));
    let again = answered(repeated.unwrap());
    let credentials = again.credentials();
    let password = keys().auth().verifier(credentials.plug_id(), credentials.connection_password());
    assert!(password.matches(&password_of(1)));
    assert!(matches!(record.stage(), Stage::Enrolled(_)));
}
