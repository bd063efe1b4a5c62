//! One serial, the passwords that it may have, and ways to get it anywhere in its life.

use plugmint_core::derivation::{
    AuthVerifier, ControlKey, EnrollKey, PasswordText, PlatformKeys, RootKey, SealNonce, SealedKey,
    StretchMemory, Stretched, Verifier,
};
use plugmint_core::lifecycle::{
    Change, Decision, EnrollRefusal, Enrollment, Offered, Registered, Registration, Renewal,
    SerialRecord, Stage, StageName,
};
use plugmint_core::{
    Actor, Argon2Cost, Author, Credential, Epoch, KeyVersion, PasswordClass, RepeatPolicy,
    SerialId, UnixMillis,
};

pub(crate) const POLICIES: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];
pub(crate) const STAGES: [StageName; 4] =
    [StageName::Registered, StageName::Enrolled, StageName::Activated, StageName::Retired];
pub(crate) const LIVING: [StageName; 3] =
    [StageName::Registered, StageName::Enrolled, StageName::Activated];

pub(crate) const NONCE: [u8; SealNonce::LEN] = [1; SealNonce::LEN];

/// The enroll password that a serial is registered with, and its control password.
pub(crate) const ENROLL: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";
pub(crate) const CONTROL: &str = "CCCCCCCCCCCCCCCCCCCCCA";

/// Passwords that it has not.
pub(crate) const NEW_ENROLL: &str = "EEEEEEEEEEEEEEEEEEEEEA";
pub(crate) const NEW_CONTROL: &str = "DDDDDDDDDDDDDDDDDDDDDA";
pub(crate) const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAA";

pub(crate) fn keys() -> PlatformKeys {
    PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32)).unwrap())
}

pub(crate) fn id() -> SerialId {
    SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), "SN-0001".parse().unwrap())
}

fn stretched(password: &str) -> Stretched {
    let text = PasswordText::of_any(password.as_bytes()).unwrap();
    PasswordClass::Generated
        .stretching(Argon2Cost::DEFAULT, &id(), text)
        .run(&mut StretchMemory::new())
        .unwrap()
}

pub(crate) fn key_of(password: &str) -> EnrollKey {
    keys().template_key(id().template()).enroll_key(id().serial(), &stretched(password))
}

pub(crate) fn control_key_of(password: &str) -> ControlKey {
    keys().template_key(id().template()).control_key(id().serial(), &stretched(password))
}

pub(crate) fn right() -> EnrollKey {
    key_of(ENROLL)
}

/// What proves the connection password of that epoch under that enroll password.
pub(crate) fn auth_verifier(enroll: &str, epoch: u32) -> AuthVerifier {
    let credentials = key_of(enroll).credentials(Epoch::new(epoch));
    keys().auth().verifier(credentials.plug_id(), credentials.connection_password())
}

/// The same under the enroll password that the serial was registered with.
pub(crate) fn password_of(epoch: u32) -> AuthVerifier {
    auth_verifier(ENROLL, epoch)
}

pub(crate) fn right_verifier() -> AuthVerifier {
    password_of(0)
}

pub(crate) fn operator() -> Author {
    Author::Operator(Actor::parse("ada").unwrap())
}

pub(crate) fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}

pub(crate) fn sealed(enroll: &str) -> SealedKey {
    let nonce = SealNonce::from_random(NONCE);
    SealedKey::seal(KeyVersion::FIRST, keys().seal(), nonce, &id(), &key_of(enroll)).unwrap()
}

/// A serial with both passwords and a sealed key.
pub(crate) fn registered() -> SerialRecord {
    registered_with(Some(sealed(ENROLL)))
}

/// A serial with both passwords.
pub(crate) fn registered_with(sealed_key: Option<SealedKey>) -> SerialRecord {
    registered_under(Some(CONTROL), sealed_key)
}

/// A serial with that control password, or without one.
pub(crate) fn registered_under(
    control: Option<&str>,
    sealed_key: Option<SealedKey>,
) -> SerialRecord {
    let control = control.map(|control| control_key_of(control).verifier());
    let registration = Registration::new(KeyVersion::FIRST, right().verifier(), control, at(1));
    SerialRecord::register(&id(), Registered::new(registration, sealed_key), operator())
        .record()
        .clone()
}

/// What new passwords come to as they are held against the old ones.
pub(crate) fn offered(enroll: &str, control: Option<&str>) -> Offered {
    let offered = Offered::new(key_of(enroll).verifier(), control_key_of(enroll).verifier());
    match control {
        Some(control) => {
            offered.with_control(control_key_of(control).verifier(), key_of(control).verifier())
        }
        None => offered,
    }
}

/// What new passwords come to as they are kept.
pub(crate) fn renewal(enroll: &str, control: Option<&str>) -> Renewal {
    let control = control.map(|control| control_key_of(control).verifier());
    Renewal::new(KeyVersion::FIRST, key_of(enroll).verifier(), control, None)
}

pub(crate) fn committed<A>(decision: Decision<A>) -> (Change, A) {
    match decision {
        Decision::Commit(change, answer) => (*change, answer),
        Decision::Answer(_) => panic!("expected a change"),
    }
}

/// The record that a decision leads to.
pub(crate) fn record_of<A>(decision: Decision<A>) -> SerialRecord {
    committed(decision).0.record().clone()
}

pub(crate) fn answered<A>(decision: Decision<A>) -> A {
    match decision {
        Decision::Answer(answer) => answer,
        Decision::Commit(change, _) => panic!("expected no change, got {:?}", change.event()),
    }
}

pub(crate) fn enroll(
    record: SerialRecord,
    repeat: RepeatPolicy,
) -> Result<Decision<Enrollment>, EnrollRefusal> {
    SerialRecord::enroll(Some(record), &right(), repeat, keys().auth(), None, at(2))
}

pub(crate) fn in_stage(stage: StageName) -> SerialRecord {
    let registered = registered();
    let enrolled = || registered.clone().enrolled(ENROLL, 2);
    match stage {
        StageName::Registered => registered,
        StageName::Enrolled => enrolled(),
        StageName::Activated => enrolled().used(3),
        StageName::Retired => record_of(registered.retire(operator(), at(9))),
    }
}

pub(crate) fn disabled(stage: StageName) -> SerialRecord {
    record_of(in_stage(stage).disable(operator(), at(5)).unwrap())
}

pub(crate) fn credential(record: &SerialRecord) -> Option<Credential> {
    record.credentials(&id()).pop()
}

pub(crate) fn registration(record: &SerialRecord) -> &Registration {
    record.stage().registration().unwrap()
}

/// What proves the connection password that the serial's device was given last.
pub(crate) fn current(record: &SerialRecord) -> AuthVerifier {
    match record.stage() {
        Stage::Enrolled(enrolled) => enrolled.identity().auth_verifier().clone(),
        Stage::Activated(activated) => activated.identity().auth_verifier().clone(),
        Stage::Registered(_) | Stage::Retired(_) => panic!("nobody has a password"),
    }
}

/// Whether a connection password connects, by the record and by the credential: both say the same.
pub(crate) fn connects(record: &SerialRecord, password: &AuthVerifier, at: UnixMillis) -> bool {
    use plugmint_core::Admission;
    let by_record = record.clone().authenticate(password, at).is_ok();
    let by_credential =
        record.credentials(&id()).iter().any(|credential| match credential.admit(password) {
            Admission::Admitted(_) | Admission::Activates(_) => true,
            Admission::Overlap(proven) => proven.principal(at).is_some(),
            Admission::Refused => false,
        });
    assert_eq!(by_record, by_credential, "record and credential agree");
    by_record
}

/// What happens to a serial when all goes well.
pub(crate) trait Live: Sized {
    fn enrolled(self, password: &str, millis: u64) -> Self;
    fn used(self, millis: u64) -> Self;
    fn reactivated(self, until: Option<u64>, millis: u64) -> Self;
    fn unenrolled(self, millis: u64) -> Self;
    fn transferred(self, enroll: &str, control: Option<&str>, millis: u64) -> Self;
    fn retired(self, millis: u64) -> Self;
    fn at_epoch(self, epoch: u32) -> Self;
    fn epoch(&self) -> Epoch;
}

impl Live for SerialRecord {
    fn enrolled(self, password: &str, millis: u64) -> Self {
        let (key, keys) = (key_of(password), keys());
        let policy = RepeatPolicy::Never;
        record_of(Self::enroll(Some(self), &key, policy, keys.auth(), None, at(millis)).unwrap())
    }

    /// The device connects for the first time with the password that it was given last.
    fn used(self, millis: u64) -> Self {
        let password = current(&self);
        record_of(self.authenticate(&password, at(millis)).unwrap())
    }

    fn reactivated(self, until: Option<u64>, millis: u64) -> Self {
        let seen = self.epoch();
        record_of(self.reactivate(seen, until.map(at), operator(), at(millis)).unwrap())
    }

    fn unenrolled(self, millis: u64) -> Self {
        let seen = self.epoch();
        record_of(self.unenroll(seen, operator(), at(millis)).unwrap())
    }

    fn transferred(self, enroll: &str, control: Option<&str>, millis: u64) -> Self {
        let seen = self.epoch();
        let (offered, renewal) = (offered(enroll, control), renewal(enroll, control));
        record_of(self.transfer(seen, &offered, renewal, operator(), at(millis)).unwrap())
    }

    fn retired(self, millis: u64) -> Self {
        record_of(self.retire(operator(), at(millis)))
    }

    /// The same Registered serial at a later epoch, from its bytes: no life of a test is that long.
    fn at_epoch(self, epoch: u32) -> Self {
        let mut bytes = self.encode();
        let control = registration(&self).control_verifier().map_or(0, |_| 32);
        // Version, stage, key version, enroll verifier, control verifier, and how it came to it.
        let start = 1 + 1 + 4 + 32 + (1 + control) + 1;
        bytes[start..start + 4].copy_from_slice(&epoch.to_be_bytes());
        Self::decode(&bytes).unwrap()
    }

    fn epoch(&self) -> Epoch {
        registration(self).epoch()
    }
}

/// Whether a password is the enroll password of a serial.
pub(crate) fn enrolls_with(record: &SerialRecord, verifier: &Verifier) -> bool {
    registration(record).enroll_verifier().matches(verifier)
}
