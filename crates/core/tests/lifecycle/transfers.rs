//! A serial that goes to somebody else.

use plugmint_core::derivation::SealedKey;
use plugmint_core::lifecycle::{
    Mark, Outcome, Renewal, SerialRecord, Stage, StageName, TransferRefusal, Which,
};
use plugmint_core::{Epoch, EventKind, KeyVersion, Labels, SourceMark};

use crate::scene::{
    CONTROL, ENROLL, LIVING, Live as _, NEW_CONTROL, NEW_ENROLL, at, auth_verifier, committed,
    connects, control_key_of, credential, enroll, enrolls_with, in_stage, key_of, keys, offered,
    operator, password_of, record_of, registered, registration, renewal, right, sealed,
};

fn refusal(enroll: &str, control: Option<&str>) -> TransferRefusal {
    let (offered, renewal) = (offered(enroll, control), renewal(enroll, control));
    registered().transfer(Epoch::FIRST, &offered, renewal, operator(), at(10)).unwrap_err()
}

#[test]
fn neither_new_password_may_be_either_old_one() {
    let repeated = TransferRefusal::Repeated;
    assert_eq!(refusal(ENROLL, Some(NEW_CONTROL)), repeated(Which::Enroll));
    assert_eq!(refusal(NEW_ENROLL, Some(CONTROL)), repeated(Which::Control));
    assert_eq!(refusal(CONTROL, Some(NEW_CONTROL)), repeated(Which::Enroll));
    assert_eq!(refusal(NEW_ENROLL, Some(ENROLL)), repeated(Which::Control));
    assert_eq!(refusal(CONTROL, Some(ENROLL)), repeated(Which::Enroll));
    assert_eq!(refusal(ENROLL, None), repeated(Which::Enroll));
    assert_eq!(refusal(CONTROL, None), repeated(Which::Enroll));
}

#[test]
fn a_transfer_from_any_stage_leads_to_registered_one_epoch_up() {
    for stage in LIVING {
        let (offered, renewal) = (offered(NEW_ENROLL, None), renewal(NEW_ENROLL, None));
        let decision =
            in_stage(stage).transfer(Epoch::FIRST, &offered, renewal, operator(), at(10));
        let (change, outcome) = committed(decision.unwrap());
        assert_eq!((outcome, change.event().kind()), (Outcome::Done, EventKind::Transferred));
        let record = change.record();
        assert_eq!((record.stage().name(), record.epoch().number()), (StageName::Registered, 1));
        assert!(record.stage().plug_id().is_none() && credential(record).is_none());
    }
}

#[test]
fn what_the_owner_of_before_knows_opens_nothing() {
    for stage in LIVING {
        let record = in_stage(stage).transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
        assert!(enroll(record.clone(), plugmint_core::RepeatPolicy::Always).is_err());
        assert!(!connects(&record, &password_of(0), at(11)));
        assert!(!connects(&record, &password_of(1), at(11)));
        let control = registration(&record).control_verifier().unwrap();
        assert!(!control.matches(&control_key_of(CONTROL).verifier()));
        assert!(control.matches(&control_key_of(NEW_CONTROL).verifier()));
        assert!(enrolls_with(&record, &key_of(NEW_ENROLL).verifier()));
    }
}

#[test]
fn the_device_of_the_new_owner_is_called_something_else() {
    let record = in_stage(StageName::Activated).transferred(NEW_ENROLL, None, 10);
    let record = record.enrolled(NEW_ENROLL, 11);
    assert_ne!(record.stage().plug_id(), Some(&right().plug_id()));
    assert!(connects(&record, &auth_verifier(NEW_ENROLL, 1), at(12)));
    assert!(!connects(&record, &auth_verifier(NEW_ENROLL, 0), at(12)));
}

#[test]
fn what_counts_and_what_the_host_wrote_stays_and_what_the_device_did_goes() {
    let mut labels = Labels::new();
    labels.insert("line", "A").unwrap();
    let mark = SourceMark::from_parts([7; 8]);
    let enrolled = SerialRecord::enroll(
        Some(registered()),
        &right(),
        plugmint_core::RepeatPolicy::Never,
        keys().auth(),
        Some(mark),
        at(2),
    );
    let change = committed(enrolled.unwrap()).0.with_labels(&labels).unwrap();
    let before = change.record().clone().used(3);
    let before = record_of(before.disable(operator(), at(4)).unwrap());
    assert!(registration(&before).is_enrolled_elsewhere(&SourceMark::from_parts([8; 8])));
    let after = before.clone().transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
    let (before, after) = (registration(&before), registration(&after));
    assert_eq!((after.mark(), before.mark()), (Mark::Disabled, Mark::Disabled));
    assert_eq!(after.labels(), &labels);
    assert_eq!(after.next_ordinal(), before.next_ordinal());
    assert_eq!(after.registered_at(), before.registered_at());
    assert_eq!((before.connected_at(), after.connected_at()), (Some(at(3)), None));
    assert!(!after.is_enrolled_elsewhere(&SourceMark::from_parts([8; 8])));
}

#[test]
fn the_serial_is_kept_under_the_key_version_of_its_new_passwords() {
    let version = KeyVersion::new(7).unwrap();
    let verifier = key_of(NEW_ENROLL).verifier();
    let kept = |sealed: Option<SealedKey>| Renewal::new(version, verifier.clone(), None, sealed);
    for key in [None, Some(sealed(NEW_ENROLL))] {
        let is_sealed = key.is_some();
        let offered = offered(NEW_ENROLL, None);
        let decision = in_stage(StageName::Enrolled).transfer(
            Epoch::FIRST,
            &offered,
            kept(key),
            operator(),
            at(10),
        );
        let record = record_of(decision.unwrap());
        assert_eq!(registration(&record).key_version(), version);
        let Stage::Registered(registered) = record.stage() else { panic!("it is Registered") };
        assert_eq!(registered.sealed_key().is_some(), is_sealed);
    }
}

#[test]
fn a_password_of_long_ago_gives_the_plug_id_of_then_with_another_connection_password() {
    let there = in_stage(StageName::Activated).transferred(NEW_ENROLL, Some(NEW_CONTROL), 10);
    let back = there.transferred(ENROLL, Some(CONTROL), 20).enrolled(ENROLL, 21);
    assert_eq!(back.stage().plug_id(), Some(&right().plug_id()));
    assert!(connects(&back, &password_of(2), at(22)));
    assert!(!connects(&back, &password_of(0), at(22)));
}
