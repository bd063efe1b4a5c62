//! Disabled, enabled, retired.

use plugmint_core::EventKind;
use plugmint_core::lifecycle::{Mark, Outcome, RetiredSerial, StageName};

use crate::scene::{LIVING, answered, at, committed, disabled, in_stage, operator};

#[test]
fn any_stage_but_retired_is_disabled_and_enabled_again() {
    for stage in LIVING {
        let (change, outcome) = committed(in_stage(stage).disable(operator(), at(5)).unwrap());
        assert_eq!((outcome, change.event().kind()), (Outcome::Done, EventKind::Disabled));
        assert_eq!(change.record().mark(), Some(Mark::Disabled));
        assert_eq!(change.record().stage().name(), stage);
        let again = change.record().clone();
        assert_eq!(
            answered(again.clone().disable(operator(), at(6)).unwrap()),
            Outcome::AlreadyDone
        );
        let (change, outcome) = committed(again.enable(operator(), at(7)).unwrap());
        assert_eq!((outcome, change.event().kind()), (Outcome::Done, EventKind::Enabled));
        assert_eq!(change.record().mark(), Some(Mark::Enabled));
        let again = change.record().clone();
        assert_eq!(answered(again.enable(operator(), at(8)).unwrap()), Outcome::AlreadyDone);
    }
}

#[test]
fn a_retired_serial_is_neither_disabled_nor_enabled() {
    let retired = in_stage(StageName::Retired);
    assert_eq!(retired.clone().disable(operator(), at(9)).unwrap_err(), RetiredSerial);
    assert_eq!(retired.enable(operator(), at(9)).unwrap_err(), RetiredSerial);
}

#[test]
fn any_stage_is_retired_once() {
    for stage in LIVING {
        for record in [in_stage(stage), disabled(stage)] {
            let plug_id = record.stage().plug_id().copied();
            let (change, outcome) = committed(record.retire(operator(), at(9)));
            assert_eq!((outcome, change.event().kind()), (Outcome::Done, EventKind::Retired));
            assert_eq!(change.record().stage().plug_id(), plug_id.as_ref());
            let again = change.record().clone().retire(operator(), at(10));
            assert_eq!(answered(again), Outcome::AlreadyDone);
        }
    }
}
