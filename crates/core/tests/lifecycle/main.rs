//! The life of a serial, verb by verb and stage by stage.

#![cfg(test)]

mod credentials;

use plugmint_core::derivation::{
    AuthVerifier, EnrollKey, PasswordText, PlatformKeys, RootKey, SealNonce, SealedKey,
    StretchMemory, Verifier,
};
use plugmint_core::lifecycle::{
    Change, Decision, EnrollRefusal, Enrollment, Mark, Outcome, Registered, Registration,
    RetiredSerial, SerialRecord, Stage, StageName, Stranger,
};
use plugmint_core::{
    Actor, Admission, Argon2Cost, Author, Credential, EnrollOutcome, EventKind, KeyVersion, Labels,
    PasswordClass, RepeatPolicy, SerialId, UnixMillis,
};

const POLICIES: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];
const STAGES: [StageName; 4] =
    [StageName::Registered, StageName::Enrolled, StageName::Activated, StageName::Retired];

const NONCE: [u8; SealNonce::LEN] = [1; SealNonce::LEN];

fn keys() -> PlatformKeys {
    PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32)).unwrap())
}

fn id() -> SerialId {
    SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), "SN-0001".parse().unwrap())
}

fn key_of(password: &str) -> EnrollKey {
    let text = PasswordText::of_any(password.as_bytes()).unwrap();
    let stretched = PasswordClass::Generated
        .stretching(Argon2Cost::DEFAULT, &id(), text)
        .run(&mut StretchMemory::new())
        .unwrap();
    keys().template_key(id().template()).enroll_key(id().serial(), &stretched)
}

fn right() -> EnrollKey {
    key_of("mWz8yS3kQ0a1-Vt5xJrLpA")
}

fn operator() -> Author {
    Author::Operator(Actor::parse("ada").unwrap())
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}

fn registered() -> SerialRecord {
    let registration = Registration::new(KeyVersion::FIRST, right().verifier(), None, at(1));
    let nonce = SealNonce::from_random(NONCE);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys().seal(), nonce, &id(), &right()).unwrap();
    SerialRecord::register(&id(), Registered::new(registration, Some(sealed)), operator())
        .record()
        .clone()
}

fn committed<A>(decision: Decision<A>) -> (Change, A) {
    match decision {
        Decision::Commit(change, answer) => (*change, answer),
        Decision::Answer(_) => panic!("expected a change"),
    }
}

fn answered<A>(decision: Decision<A>) -> A {
    match decision {
        Decision::Answer(answer) => answer,
        Decision::Commit(change, _) => panic!("expected no change, got {:?}", change.event()),
    }
}

fn enroll(
    record: SerialRecord,
    repeat: RepeatPolicy,
) -> Result<Decision<Enrollment>, EnrollRefusal> {
    SerialRecord::enroll(Some(record), &right(), repeat, keys().auth(), at(2))
}

fn right_verifier() -> AuthVerifier {
    let credentials = right().credentials(plugmint_core::Epoch::FIRST);
    keys().auth().verifier(credentials.plug_id(), credentials.connection_password())
}

fn in_stage(stage: StageName) -> SerialRecord {
    let registered = registered();
    let enrolled =
        || committed(enroll(registered.clone(), RepeatPolicy::Never).unwrap()).0.record().clone();
    match stage {
        StageName::Registered => registered,
        StageName::Enrolled => enrolled(),
        StageName::Activated => {
            committed(enrolled().authenticate(&right_verifier(), at(3)).unwrap()).0.record().clone()
        }
        StageName::Retired => committed(registered.retire(operator(), at(9))).0.record().clone(),
    }
}

fn credential(record: &SerialRecord) -> Option<Credential> {
    record.credentials(&id()).pop()
}

fn disabled(stage: StageName) -> SerialRecord {
    committed(in_stage(stage).disable(operator(), at(5)).unwrap()).0.record().clone()
}

#[test]
fn a_registered_serial_has_epoch_0_and_one_event() {
    let record = registered();
    assert_eq!(record.stage().name(), StageName::Registered);
    assert_eq!(record.stage().registration().unwrap().epoch().number(), 0);
    assert_eq!(record.head().count(), 1);
    assert!(record.credentials(&id()).is_empty());
}

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
            *right().credentials(plugmint_core::Epoch::FIRST).connection_password().expose_text()
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
    let wrong = key_of("AAAAAAAAAAAAAAAAAAAAAA");
    for stage in STAGES {
        for repeat in POLICIES {
            let record = Some(in_stage(stage));
            let refusal =
                SerialRecord::enroll(record, &wrong, repeat, keys().auth(), at(2)).unwrap_err();
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
    let (change, ()) = committed(before.authenticate(&right_verifier(), at(3)).unwrap());
    assert_eq!(change.event().kind(), EventKind::Activated);
    assert_eq!(change.record().stage().name(), StageName::Activated);
    let holds_nonce = |bytes: &[u8]| bytes.windows(SealNonce::LEN).any(|window| window == NONCE);
    assert!(holds_nonce(&in_stage(StageName::Enrolled).encode()));
    assert!(!holds_nonce(&change.record().encode()));
}

#[test]
fn an_unknown_serial_is_a_stranger_under_every_policy() {
    for repeat in POLICIES {
        let refusal = SerialRecord::enroll(None, &right(), repeat, keys().auth(), at(2));
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
fn any_stage_but_retired_is_disabled_and_enabled_again() {
    for stage in [StageName::Registered, StageName::Enrolled, StageName::Activated] {
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
    for stage in [StageName::Registered, StageName::Enrolled, StageName::Activated] {
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

#[test]
fn a_reissue_keeps_the_plug_id_and_changes_the_password() {
    let first = right().credentials(plugmint_core::Epoch::FIRST);
    let second = right().credentials(plugmint_core::Epoch::new(1));
    assert_eq!(first.plug_id(), second.plug_id());
    assert_ne!(
        *first.connection_password().expose_text(),
        *second.connection_password().expose_text()
    );
}

#[test]
fn a_record_of_a_raised_epoch_enrolls_as_reissued() {
    // No verb of this crate raises an epoch yet, so the record is made from its bytes: the epoch
    // stands behind version, stage, key version, verifier and the absent control verifier.
    let mut bytes = registered().encode();
    let epoch = 1 + 1 + 4 + 32 + 1;
    bytes[epoch + 3] = 7;
    let record = SerialRecord::decode(&bytes).unwrap();
    let (change, enrollment) = committed(enroll(record, RepeatPolicy::Never).unwrap());
    assert_eq!(enrollment.outcome(), EnrollOutcome::Reissued);
    assert_eq!(change.event().kind(), EventKind::Reissued);
}

#[test]
fn a_registration_knows_both_passwords_or_that_there_is_no_second() {
    let (one, other) = (right().verifier(), key_of("AAAAAAAAAAAAAAAAAAAAAA").verifier());
    let with = |control: Option<&Verifier>| {
        Registration::new(KeyVersion::FIRST, one.clone(), control.cloned(), at(1))
    };
    let (alone, both) = (with(None), with(Some(&other)));
    assert!(alone.has_passwords(&one, None) && both.has_passwords(&one, Some(&other)));
    assert!(!alone.has_passwords(&other, None) && !alone.has_passwords(&one, Some(&other)));
    assert!(!both.has_passwords(&one, None) && !both.has_passwords(&one, Some(&one)));
    assert!(!both.has_passwords(&other, Some(&other)));
    assert!(alone.control_verifier().is_none());
    assert!(both.control_verifier().is_some_and(|control| control.matches(&other)));
}

#[test]
fn a_registered_serial_shows_its_labels_and_keeps_its_sealed_key() {
    let mut labels = Labels::new();
    labels.insert("line", "A").unwrap();
    let registration = Registration::new(KeyVersion::FIRST, right().verifier(), None, at(1));
    assert_eq!(registration.with_labels(labels.clone()).labels(), &labels);
    let Stage::Registered(stage) = registered().stage().clone() else { panic!("it is registered") };
    let sealed = stage.sealed_key().unwrap();
    assert!(sealed.open(keys().seal(), &id()).unwrap().verifier().matches(&right().verifier()));
}
