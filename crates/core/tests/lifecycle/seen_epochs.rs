//! Calls whose answer was lost are made again, and do nothing twice.

use plugmint_core::lifecycle::{
    Decision, EpochRefusal, GrantsThen, Outcome, ReplaceRefusal, RevokeRefusal, SerialRecord,
    StageName, Stranger, TransferRefusal,
};
use plugmint_core::{Epoch, EventKind};

use crate::scene::{
    ENROLL, LIVING, Live as _, NEW_CONTROL, NEW_ENROLL, WRONG, answered, at, committed,
    control_key_of, in_stage, key_of, offered, operator, password_of, record_of, registered,
    renewal,
};

const FIRST: Epoch = Epoch::FIRST;

fn replace(
    record: SerialRecord,
    seen: Epoch,
    enroll: &str,
    control: Option<&str>,
) -> Result<Decision<Outcome>, ReplaceRefusal> {
    let (offered, renewal) = (offered(enroll, control), renewal(enroll, control));
    record.replace_passwords(seen, &offered, renewal, operator(), at(10))
}

fn transfer(
    record: SerialRecord,
    seen: Epoch,
    enroll: &str,
    control: Option<&str>,
) -> Result<Decision<Outcome>, TransferRefusal> {
    let (offered, renewal) = (offered(enroll, control), renewal(enroll, control));
    record.transfer(seen, &offered, renewal, operator(), at(10))
}

const MOVED: EpochRefusal = EpochRefusal::Moved { seen: FIRST, now: Epoch::new(1) };

#[test]
fn a_verb_that_is_repeated_with_the_epoch_that_it_saw_is_done_already() {
    for stage in [StageName::Enrolled, StageName::Activated] {
        let record = in_stage(stage).reactivated(Some(100), 10);
        for until in [Some(at(100)), Some(at(900))] {
            let again = record.clone().reactivate(FIRST, until, operator(), at(11));
            assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
        }
        let again =
            in_stage(stage).reactivated(None, 10).reactivate(FIRST, None, operator(), at(11));
        assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
        let again = in_stage(stage).unenrolled(10).unenroll(FIRST, operator(), at(11));
        assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    }
    for stage in LIVING {
        let record = in_stage(stage).transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
        let again = transfer(record, FIRST, NEW_ENROLL, Some(NEW_CONTROL));
        assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    }
    let record = record_of(replace(registered(), FIRST, NEW_ENROLL, None).unwrap());
    let again = replace(record, FIRST, NEW_ENROLL, None);
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
}

#[test]
fn a_repeat_is_done_already_also_when_the_device_has_enrolled_since() {
    for (record, until) in [
        (
            in_stage(StageName::Activated).reactivated(Some(100), 10).enrolled(ENROLL, 11),
            Some(at(90)),
        ),
        (in_stage(StageName::Activated).reactivated(None, 10).enrolled(ENROLL, 11).used(12), None),
    ] {
        let again = record.reactivate(FIRST, until, operator(), at(13));
        assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    }
    let record = in_stage(StageName::Activated).unenrolled(10).enrolled(ENROLL, 11);
    let again = record.unenroll(FIRST, operator(), at(13));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    let record = in_stage(StageName::Activated)
        .transferred(NEW_ENROLL, Some(NEW_CONTROL), 10)
        .enrolled(NEW_ENROLL, 11)
        .used(12);
    let again = transfer(record, FIRST, NEW_ENROLL, Some(NEW_CONTROL));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    let record = record_of(replace(registered(), FIRST, NEW_ENROLL, Some(NEW_CONTROL)).unwrap());
    let again = replace(record.enrolled(NEW_ENROLL, 11), FIRST, NEW_ENROLL, Some(NEW_CONTROL));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
}

#[test]
fn a_reactivation_without_an_overlap_is_not_done_already_while_one_runs() {
    let record = in_stage(StageName::Activated).reactivated(Some(100), 10);
    for record in [record.clone(), record.enrolled(ENROLL, 11)] {
        let again = |record: &SerialRecord, now| {
            record.clone().reactivate(FIRST, None, operator(), at(now)).map(answered)
        };
        assert_eq!(again(&record, 99), Err(RevokeRefusal::Epoch(MOVED)));
        assert_eq!(again(&record, 100), Ok(Outcome::AlreadyDone));
    }
}

#[test]
fn a_repeat_with_other_passwords_is_no_repeat() {
    let others =
        [(WRONG, Some(NEW_CONTROL)), (NEW_ENROLL, Some(WRONG)), (NEW_ENROLL, None), (ENROLL, None)];
    for (enroll, control) in others {
        let record =
            record_of(transfer(registered(), FIRST, NEW_ENROLL, Some(NEW_CONTROL)).unwrap());
        let refusal = transfer(record, FIRST, enroll, control).unwrap_err();
        assert_eq!(refusal, TransferRefusal::Epoch(MOVED));
        let record =
            record_of(replace(registered(), FIRST, NEW_ENROLL, Some(NEW_CONTROL)).unwrap());
        let refusal = replace(record, FIRST, enroll, control).unwrap_err();
        assert_eq!(refusal, ReplaceRefusal::Epoch(MOVED));
    }
}

#[test]
fn the_rise_of_another_verb_is_refused_as_moved() {
    let reactivated = in_stage(StageName::Activated).reactivated(None, 10);
    let unenrolled = in_stage(StageName::Activated).unenrolled(10);
    let transferred = registered().transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
    let replaced = record_of(replace(registered(), FIRST, NEW_ENROLL, Some(NEW_CONTROL)).unwrap());
    let codes = |record: &SerialRecord| {
        let pair = (NEW_ENROLL, Some(NEW_CONTROL));
        [
            record.clone().reactivate(FIRST, None, operator(), at(11)).map_err(|no| no.code()),
            record.clone().unenroll(FIRST, operator(), at(11)).map_err(|no| no.code()),
            transfer(record.clone(), FIRST, pair.0, pair.1).map_err(|no| no.code()),
            replace(record.clone(), FIRST, pair.0, pair.1).map_err(|no| no.code()),
        ]
        .map(|decision| decision.map(answered))
    };
    let (done, moved) = (Ok(Outcome::AlreadyDone), Err("epoch-moved"));
    assert_eq!(codes(&reactivated), [done, moved, moved, moved]);
    assert_eq!(codes(&unenrolled), [moved, done, moved, moved]);
    assert_eq!(codes(&transferred), [moved, moved, done, moved]);
    assert_eq!(codes(&replaced), [moved, moved, moved, done]);
}

#[test]
fn an_epoch_that_rose_twice_or_has_not_come_yet_is_refused_as_moved() {
    let record = in_stage(StageName::Enrolled).reactivated(None, 10).enrolled(ENROLL, 11);
    let record = record.reactivated(None, 12);
    for seen in [0, 3, u32::MAX] {
        let seen = Epoch::new(seen);
        let refusal = record.clone().reactivate(seen, None, operator(), at(13)).unwrap_err();
        let moved = EpochRefusal::Moved { seen, now: Epoch::new(2) };
        assert_eq!(refusal, RevokeRefusal::Epoch(moved));
    }
}

#[test]
fn no_epoch_comes_after_the_last() {
    let record = || registered().at_epoch(u32::MAX).enrolled(ENROLL, 5);
    let seen = Epoch::new(u32::MAX);
    let refusal = record().reactivate(seen, None, operator(), at(6)).unwrap_err();
    assert_eq!(refusal, RevokeRefusal::Epoch(EpochRefusal::Last));
    let refusal = record().unenroll_by_device(&password_of(u32::MAX), at(6)).unwrap_err();
    assert_eq!(refusal, Stranger);
    let record = in_stage(StageName::Registered).at_epoch(u32::MAX - 1).enrolled(ENROLL, 5);
    let record = record.unenrolled(6);
    assert_eq!(record.epoch(), seen);
    let again = record.unenroll(Epoch::new(u32::MAX - 1), operator(), at(7));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
}

#[test]
fn a_device_that_took_itself_off_is_a_stranger_when_it_repeats_it() {
    for stage in [StageName::Enrolled, StageName::Activated] {
        let (change, ()) =
            committed(in_stage(stage).unenroll_by_device(&password_of(0), at(10)).unwrap());
        assert_eq!(change.event().kind(), EventKind::Unenrolled);
        let again = change.record().clone().unenroll_by_device(&password_of(0), at(11));
        assert_eq!(again.unwrap_err(), Stranger);
    }
}

#[test]
fn what_a_device_took_off_itself_its_operator_need_not_take_off_again() {
    let record = in_stage(StageName::Activated).unenroll_by_device(&password_of(0), at(10));
    let again = record_of(record.unwrap()).unenroll(FIRST, operator(), at(11));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
}

#[test]
fn a_retired_serial_is_retired_whatever_epoch_was_seen() {
    for seen in [FIRST, Epoch::new(7)] {
        let record = in_stage(StageName::Retired);
        let refusal = record.clone().reactivate(seen, None, operator(), at(11)).unwrap_err();
        assert_eq!(refusal, RevokeRefusal::Retired);
        assert_eq!(transfer(record, seen, WRONG, None).unwrap_err(), TransferRefusal::Retired);
    }
}

#[test]
fn a_transfer_is_not_repeated_over_a_control_password_that_was_replaced_since() {
    let record = registered().transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
    let (control, as_enroll) = (control_key_of(WRONG).verifier(), key_of(WRONG).verifier());
    let replaced =
        record.replace_control_password(control, &as_enroll, GrantsThen::End, operator(), at(11));
    let refusal = transfer(record_of(replaced.unwrap()), FIRST, NEW_ENROLL, Some(NEW_CONTROL));
    assert_eq!(refusal.unwrap_err(), TransferRefusal::Epoch(MOVED));
}

#[test]
fn a_repeated_reactivation_leaves_the_overlap_its_first_end() {
    let record = in_stage(StageName::Activated).reactivated(Some(100), 10);
    let again = record.clone().reactivate(FIRST, Some(at(900)), operator(), at(11));
    assert_eq!(answered(again.unwrap()), Outcome::AlreadyDone);
    assert_eq!(record.stage().overlap().unwrap().until(), at(100));
}
