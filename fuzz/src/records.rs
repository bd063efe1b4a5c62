//! Records: whatever bytes a store gives back.
//!
//! No bytes make a decoder panic, and bytes that decode are the one encoding of their value. What
//! the verbs make of a record that decodes is a record that decodes.

mod controllers;

use plugmint_core::controller::{Controller, KnownAs, Roster};
use plugmint_core::derivation::{AuthVerifier, KeptKeys, KeyCheck, Verifier};
use plugmint_core::grant::Grant;
use plugmint_core::lifecycle::{
    Decision, GrantsThen, Offered, Outcome, Registration, Renewal, SerialRecord, Stage,
};
use plugmint_core::{
    AccessLevel, Actor, Author, Credential, Epoch, Event, HistoryStart, Installation,
    InvalidRecord, KeyStanding, KeyVersion, PlugId, PlugIdKind, ProductionTemplate, Profile,
    SerialId, SerialStatus, TemplateId, UnixMillis,
};

/// Holds the bytes against every codec.
pub fn check(bytes: &[u8]) {
    let template = TemplateId::from_parts([7; 12]);
    let device = PlugId::from_parts(PlugIdKind::Device, [7; 12]);
    canonical(bytes, Installation::decode(bytes), Installation::encode);
    canonical(bytes, KeyCheck::decode(bytes), KeyCheck::encode);
    canonical(bytes, KeyStanding::decode(bytes), |standing| standing.encode());
    canonical(bytes, KeptKeys::decode(bytes), KeptKeys::encode);
    canonical(bytes, HistoryStart::decode(bytes), HistoryStart::encode);
    canonical(bytes, KnownAs::decode(bytes), |known| known.encode());
    canonical(bytes, Profile::decode(bytes), Profile::encode);
    if let Some(roster) = canonical(bytes, Roster::decode(bytes), Roster::encode) {
        controllers::check_roster(&roster);
    }
    if let Some(grant) = canonical(bytes, Grant::decode(bytes), Grant::encode) {
        controllers::check_grant(&grant);
    }
    if let Some(controller) = canonical(bytes, Controller::decode(bytes), Controller::encode) {
        controllers::check_controller(&controller);
    }
    let read = Credential::decode(device, bytes);
    if let Some(credential) = canonical(bytes, read, Credential::encode) {
        check_credential(&credential);
    }
    let read = ProductionTemplate::decode(template, bytes);
    if let Some(template) = canonical(bytes, read, ProductionTemplate::encode) {
        assert!(serde_json::to_string(&template).is_ok());
    }
    if let Some(event) = canonical(bytes, Event::decode(bytes), Event::encode) {
        assert!(serde_json::to_string(&event).is_ok());
        assert_eq!(event.head().count(), event.number().number().saturating_add(1));
    }
    if let Some(record) = canonical(bytes, SerialRecord::decode(bytes), SerialRecord::encode) {
        check_serial(&record);
    }
}

/// The value, if there is one, after it was encoded again.
fn canonical<T>(
    bytes: &[u8],
    read: Result<T, InvalidRecord>,
    encode: impl Fn(&T) -> Vec<u8>,
) -> Option<T> {
    match read {
        Ok(value) => {
            assert_eq!(encode(&value), bytes, "a value has one encoding");
            Some(value)
        }
        Err(invalid) => {
            assert!(!invalid.to_string().is_empty());
            None
        }
    }
}

/// What nobody connects with any more opens nothing, and ends everything that connected.
fn check_credential(credential: &Credential) {
    let at = AT;
    assert!(!credential.is_revoked_by(credential, at));
    let closed = credential.clone().into_closed();
    assert!(!closed.is_revoked_by(credential, at));
    let read = Credential::decode(*closed.plug_id(), &closed.encode()).unwrap();
    assert_eq!((read.id(), read.encode()), (credential.id(), closed.encode()));
}

fn check_serial(record: &SerialRecord) {
    let id = id();
    let status = SerialStatus::new(id, record, AT);
    assert_eq!(status.stage, record.stage().name());
    assert!(serde_json::to_string(&status).is_ok());
    check_credentials(&id, record);
    controllers::check_thing(record);
    for decision in decisions(record) {
        let Decision::Commit(change, _) = decision else { continue };
        let bytes = change.record().encode();
        assert_eq!(SerialRecord::decode(&bytes).unwrap().encode(), bytes);
        assert_eq!(&Event::decode(&change.event().encode()).unwrap(), change.event());
        assert_eq!(change.event().previous(), record.head().last());
        check_credentials(&id, change.record());
    }
}

/// What the verbs of operators make of a record.
fn decisions(record: &SerialRecord) -> Vec<Decision<Outcome>> {
    let (at, record) = (AT, || record.clone());
    let seen = match record().stage() {
        Stage::Retired(retired) => retired.epoch(),
        stage => stage.registration().map_or(Epoch::FIRST, Registration::epoch),
    };
    let offered = || Offered::new(verifier(1), verifier(2));
    let offered_both = offered().with_control(verifier(3), verifier(4));
    let renewal = || Renewal::new(KeyVersion::FIRST, verifier(1), None, None);
    let until = Some(UnixMillis::new(9));
    let unenrolled = record().unenroll_by_device(&AuthVerifier::from_parts([1; 32]), at);
    let replace_control = |grants| {
        let (control, as_enroll) = (verifier(5), verifier(6));
        record().replace_control_password(control, &as_enroll, grants, ada(), at).ok()
    };
    let decided = [
        record().disable(ada(), at).ok(),
        record().enable(ada(), at).ok(),
        Some(record().retire(ada(), at)),
        record().reactivate(seen, None, ada(), at).ok(),
        record().reactivate(seen, until, ada(), at).ok(),
        record().unenroll(seen, ada(), at).ok(),
        unenrolled.ok().map(|decision| decision.map(|()| Outcome::Done)),
        record().replace_passwords(seen, &offered(), renewal(), ada(), at).ok(),
        record().transfer(seen, &offered_both, renewal(), ada(), at).ok(),
        replace_control(GrantsThen::End),
        replace_control(GrantsThen::Stay),
        record().set_access(Some(AccessLevel::Read), ada(), at).ok(),
        record().set_access(None, ada(), at).ok(),
    ];
    decided.into_iter().flatten().collect()
}

fn verifier(byte: u8) -> Verifier {
    Verifier::from_parts([byte; 32])
}

fn check_credentials(id: &SerialId, record: &SerialRecord) {
    for credential in record.credentials(id) {
        let bytes = credential.encode();
        let read = Credential::decode(*credential.plug_id(), &bytes).unwrap();
        assert_eq!((read.id(), read.encode()), (id, bytes));
    }
}

/// Which serial every record of one is.
fn id() -> SerialId {
    SerialId::new(TemplateId::from_parts([7; 12]), "SN-1".parse().unwrap())
}

fn ada() -> Author {
    Author::Operator(Actor::parse("ada").unwrap())
}

const AT: UnixMillis = UnixMillis::new(5);
