//! Records: whatever bytes a store gives back.
//!
//! No bytes make a decoder panic, and bytes that decode are the one encoding of their value. What
//! the verbs make of a record that decodes is a record that decodes.

use plugmint_core::derivation::KeyCheck;
use plugmint_core::lifecycle::{Decision, SerialRecord};
use plugmint_core::{
    Actor, Author, Credential, Event, Installation, InvalidRecord, PlugId, PlugIdKind,
    ProductionTemplate, SerialId, SerialStatus, TemplateId, UnixMillis,
};

/// Holds the bytes against every codec.
pub fn check(bytes: &[u8]) {
    let template = TemplateId::from_parts([7; 12]);
    let device = PlugId::from_parts(PlugIdKind::Device, [7; 12]);
    canonical(bytes, Installation::decode(bytes), Installation::encode);
    canonical(bytes, KeyCheck::decode(bytes), KeyCheck::encode);
    canonical(bytes, Credential::decode(device, bytes), Credential::encode);
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

fn check_serial(record: &SerialRecord) {
    let serial = "SN-1".parse().unwrap();
    let id = SerialId::new(TemplateId::from_parts([7; 12]), serial);
    let status = SerialStatus::new(id, record);
    assert_eq!(status.stage, record.stage().name());
    assert!(serde_json::to_string(&status).is_ok());
    check_credentials(&id, record);
    let (at, ada) = (UnixMillis::new(5), Author::Operator(Actor::parse("ada").unwrap()));
    let decisions = [
        record.clone().disable(ada.clone(), at).ok(),
        record.clone().enable(ada.clone(), at).ok(),
        Some(record.clone().retire(ada, at)),
    ];
    for decision in decisions.into_iter().flatten() {
        let Decision::Commit(change, _) = decision else { continue };
        let bytes = change.record().encode();
        assert_eq!(SerialRecord::decode(&bytes).unwrap().encode(), bytes);
        assert_eq!(&Event::decode(&change.event().encode()).unwrap(), change.event());
        assert_eq!(change.event().previous(), record.head().last());
        check_credentials(&id, change.record());
    }
}

fn check_credentials(id: &SerialId, record: &SerialRecord) {
    for credential in record.credentials(id) {
        let bytes = credential.encode();
        let read = Credential::decode(*credential.plug_id(), &bytes).unwrap();
        assert_eq!((read.id(), read.encode()), (id, bytes));
    }
}
