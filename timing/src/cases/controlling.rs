//! A control password is presented: `ControlledThing::prove`, and what a registry does with it.

use plugmint::testing::TestRegistry;
use plugmint::{
    Actor, AddThingError, ControlPassword, ControllerRequest, EnrollControllerError,
    EnrollPassword, NewSerial, Outcome, Registry, TemplateDesign, TemplateName,
};
use plugmint_core::controller::ControlledThing;
use plugmint_core::derivation::ControlKey;
use plugmint_core::lifecycle::{Registered, Registration, SerialRecord};
use plugmint_core::{
    Author, ConnectionPassword, Epoch, KeyVersion, PlugId, RepeatPolicy, SerialId, SerialNumber,
};

use crate::memcheck::secret_bytes;
use crate::scene::{
    NOW, Presented, committed, connection_password, id, keys, stretched, template_key,
};
use crate::verdict::Compared::{self, Secrets, Untold};
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("control/enrolled", || [RIGHT, WRONG].into_iter().for_each(prove)),
    Case::path("control/registered", || refuse(|| Some(registered(true)))),
    Case::path("control/disabled", || refuse(|| Some(disabled()))),
    Case::path("control/retired", || refuse(|| Some(retired()))),
    Case::path("control/uncontrollable", || refuse(|| Some(enrolled(registered(false))))),
    Case::path("control/unknown", || refuse(|| None)),
    Case::path("registry/enroll-controller", registry_enroll_controller),
    Case::path("registry/enroll-controller-refused", registry_enroll_controller_refused),
    Case::path("registry/add-thing", registry_add_thing),
];

fn key(password: &str) -> ControlKey {
    template_key().control_key(id().serial(), &stretched(password))
}

/// As it is read from a store.
fn read(record: &SerialRecord) -> SerialRecord {
    SerialRecord::decode(&record.encode()).unwrap()
}

fn registered(is_controllable: bool) -> SerialRecord {
    let enroll = Presented::Right.enroll_key().verifier();
    let control = is_controllable.then(|| key(RIGHT).verifier());
    let registration = Registration::new(KeyVersion::FIRST, enroll, control, NOW);
    let registered = Registered::new(registration, None);
    read(SerialRecord::register(&id(), registered, Author::Device).record())
}

fn enrolled(registered: SerialRecord) -> SerialRecord {
    let (key, policy) = (Presented::Right.enroll_key(), RepeatPolicy::UntilActivated);
    let record = committed(published(&[Secrets], || {
        SerialRecord::enroll(Some(registered), &key, policy, keys().auth(), None, NOW)
    }));
    read(&record)
}

fn disabled() -> SerialRecord {
    committed(enrolled(registered(true)).disable(Author::Device, NOW))
}

fn retired() -> SerialRecord {
    committed::<_, ()>(Ok(enrolled(registered(true)).retire(Author::Device, NOW)))
}

/// Who comes to a Thing that may be controlled is told whether the password was right.
fn prove(password: &str) {
    let (record, presented) = (enrolled(registered(true)), key(password).verifier());
    let proven = published(&[Secrets], || ControlledThing::prove(Some(record), presented));
    assert_eq!(proven.is_ok(), password == RIGHT);
}

/// Nobody learns whether the password was right, so the verdict stays secret.
fn refuse(record: impl Fn() -> Option<SerialRecord>) {
    for password in [RIGHT, WRONG] {
        let (record, presented) = (record(), key(password).verifier());
        let refused = withheld(&[Secrets], || ControlledThing::prove(record, presented));
        assert!(refused.is_err());
    }
}

/// The first enrollment is with a password that is not secret: its Plug-ID becomes a key of the
/// store.
fn registry_enroll_controller() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let [id, _] = pollster::block_on(things(test.registry()));
    let request = ControllerRequest::new().with_own_serial(SerialNumber::parse("phone").unwrap());
    let enroll = |compared: &[Compared], text| {
        let password = control_password(text);
        let asked = test.registry().enroll_controller(None, &id, &password, &request);
        published(compared, || pollster::block_on(asked))
    };
    let refused = enroll(&[Secrets], WRONG);
    assert!(matches!(refused, Err(EnrollControllerError::Refused)));
    let first = ControlPassword::parse(RIGHT).unwrap();
    let first = test.registry().enroll_controller(None, &id, &first, &request);
    pollster::block_on(first).unwrap();
    // Held against the Thing, and against what the Controller came from.
    assert!(enroll(&[Secrets; 2], RIGHT).is_ok());
    let refused = enroll(&[Secrets], WRONG);
    assert!(matches!(refused, Err(EnrollControllerError::Refused)));
}

fn registry_enroll_controller_refused() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let [id, _] = pollster::block_on(things(test.registry()));
    let by = Actor::parse("ada").unwrap();
    let request = ControllerRequest::new();
    let refused = |id: &SerialId| {
        for text in [RIGHT, WRONG] {
            let password = control_password(text);
            let asked = test.registry().enroll_controller(None, id, &password, &request);
            let answer = withheld(&[Secrets], || pollster::block_on(asked));
            assert!(matches!(answer, Err(EnrollControllerError::Refused)));
        }
    };
    refused(&SerialId::new(*id.template(), SerialNumber::parse("SN-0009").unwrap()));
    pollster::block_on(test.registry().unenroll(&id, Epoch::FIRST, &by)).unwrap();
    refused(&id);
    pollster::block_on(test.registry().disable(&id, &by)).unwrap();
    refused(&id);
    pollster::block_on(test.registry().retire(&id, &by)).unwrap();
    refused(&id);
}

fn registry_add_thing() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let [holder, thing] = pollster::block_on(things(test.registry()));
    let told = EnrollPassword::parse(ENROLL).unwrap();
    let told = pollster::block_on(test.registry().enroll(&holder, &told)).unwrap();
    let plug_id: &PlugId = told.credentials().plug_id();
    let right = told.credentials().connection_password().expose_text().to_string();
    let first = ControlPassword::parse(RIGHT).unwrap();
    let own = ConnectionPassword::parse(&right).unwrap();
    let first = test.registry().add_thing(None, plug_id, &own, &thing, &first);
    pollster::block_on(first).unwrap();
    let add = |compared: &[Compared], connection: &str, control: &str| {
        let (own, control) = (connection_password(connection), control_password(control));
        let asked = test.registry().add_thing(None, plug_id, &own, &thing, &control);
        published(compared, || pollster::block_on(asked))
    };
    let once = [Secrets, Untold];
    let refused = add(&once, WRONG_CONNECTION, RIGHT);
    assert!(matches!(refused, Err(AddThingError::Refused)));
    // The holder before the slow hash and behind it, and then the Thing.
    let all = [&once[..], &once, &[Secrets]].concat();
    assert_eq!(add(&all, &right, RIGHT).unwrap(), Outcome::AlreadyDone);
    let refused = add(&all, &right, WRONG);
    assert!(matches!(refused, Err(AddThingError::ThingRefused)));
}

/// Two Things of a new template, both enrolled.
async fn things(registry: &Registry) -> [SerialId; 2] {
    let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap());
    let template = registry.create_template(registry.company(), design).await.unwrap();
    let by = Actor::parse("ada").unwrap();
    let ids = ["SN-0001", "SN-0002"]
        .map(|serial| SerialId::new(*template.id(), SerialNumber::parse(serial).unwrap()));
    for id in &ids {
        let enroll = || EnrollPassword::parse(ENROLL).unwrap();
        let control = ControlPassword::parse(RIGHT).unwrap();
        let new = NewSerial::new(*id.serial(), enroll()).with_control_password(control);
        registry.register(id.template(), new, &by).await.unwrap();
        registry.enroll(id, &enroll()).await.unwrap();
    }
    ids
}

/// Parsed from a text that is not secret; from here on it is.
fn control_password(text: &str) -> ControlPassword {
    let password = ControlPassword::parse(text).unwrap();
    secret_bytes(password.expose_text().as_bytes());
    password
}

const ENROLL: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";
const RIGHT: &str = "cWz8yS3kQ0a1-Vt5xJrLpA";
const WRONG: &str = "dWz8yS3kQ0a1-Vt5xJrLpA";
const WRONG_CONNECTION: &str = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
