//! What a server asks, from end to end.

use std::sync::Arc;

use plugmint::testing::{self, FixedClock, TestRegistry};
use plugmint::{
    Actor, AuthenticateError, EnrollError, EnrollPassword, NewSerial, OpenError, Principal,
    Registry, RootKey, TemplateDesign, TemplateName,
};
use plugmint_core::{ConnectionPassword, Epoch, PlugId, SerialId, SerialNumber, UnixMillis};
use plugmint_memory::MemoryStore;

use crate::memcheck::{secret, secret_bytes};
use crate::scene::connection_password;
use crate::verdict::Compared::{self, Secrets, Untold};
use crate::verdict::{published, withheld};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("registry/authenticate", registry_authenticate),
    Case::path("registry/authenticate-refused", registry_authenticate_refused),
    Case::path("registry/authenticate-in-overlap", registry_authenticate_in_overlap),
    Case::path("registry/unenroll-by-device", registry_unenroll_by_device),
    Case::path("registry/enroll", registry_enroll),
    Case::path("registry/enroll-refused", registry_enroll_refused),
    Case::path("registry/open", registry_open),
];

fn registry_authenticate() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let (_, plug_id, right) = pollster::block_on(enrolled(test.registry()));
    let wrong = WRONG_CONNECTION;
    let connect = |compared: &[Compared], plug_id: &PlugId, text: &str| {
        connect(test.registry(), compared, plug_id, text)
    };

    assert!(refused(&connect(&ONCE, &plug_id, wrong)));
    // The first connection is decided on the credential, and on the record of the serial before and
    // after it waited for its turn. Then the credential is held against what it becomes.
    let first = [ONCE, ONCE, ONCE].concat();
    assert!(connect(&[&first[..], &[Untold]].concat(), &plug_id, &right).is_ok());
    assert!(connect(&ONCE, &plug_id, &right).is_ok());
    assert!(refused(&connect(&ONCE, &plug_id, wrong)));
    let nobody = "dev-000000000000000000000000".parse().unwrap();
    assert!(refused(&connect(&[], &nobody, &right)));
}

/// Nobody learns whether the password of a device was right that is disabled or retired.
fn registry_authenticate_refused() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let (id, plug_id, right) = pollster::block_on(enrolled(test.registry()));
    let by = Actor::parse("ada").unwrap();
    let refused = || {
        for text in [&*right, WRONG_CONNECTION] {
            let password = connection_password(text);
            let answer = test.registry().authenticate(&plug_id, &password);
            let answer = withheld(&[Secrets; 2], || pollster::block_on(answer));
            assert!(matches!(answer, Err(AuthenticateError::Refused)));
            let answer = test.registry().unenroll_by_device(&plug_id, &password);
            let answer = withheld(&[Secrets; 2], || pollster::block_on(answer));
            assert!(matches!(answer, Err(AuthenticateError::Refused)));
        }
    };
    pollster::block_on(test.registry().disable(&id, &by)).unwrap();
    refused();
    pollster::block_on(test.registry().retire(&id, &by)).unwrap();
    refused();
}

/// The password of before connects, until the new one has connected.
fn registry_authenticate_in_overlap() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let registry = test.registry();
    let (id, plug_id, former) = pollster::block_on(enrolled(registry));
    let (by, until) = (Actor::parse("ada").unwrap(), UnixMillis::new(u64::MAX));
    let password = ConnectionPassword::parse(&former).unwrap();
    pollster::block_on(registry.authenticate(&plug_id, &password)).unwrap();
    let reactivated = registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &by);
    pollster::block_on(reactivated).unwrap();

    let connect = |compared: &[Compared], text: &str| connect(registry, compared, &plug_id, text);
    assert!(connect(&[Untold, Secrets], &former).is_ok());
    assert!(refused(&connect(&[Untold, Secrets], WRONG_CONNECTION)));
    let again = EnrollPassword::parse(RIGHT).unwrap();
    let again = pollster::block_on(registry.enroll(&id, &again)).unwrap();
    let next = again.credentials().connection_password().expose_text().to_string();
    assert!(connect(&[Secrets; 2], &former).is_ok());
    assert!(refused(&connect(&[Secrets; 2], WRONG_CONNECTION)));
    let first = [&[Secrets; 6][..], &[Untold; 2]].concat();
    assert!(connect(&first, &next).is_ok());
    assert!(refused(&connect(&ONCE, &former)));
    assert!(connect(&ONCE, &next).is_ok());
}

fn registry_unenroll_by_device() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let (_, plug_id, right) = pollster::block_on(enrolled(test.registry()));
    let unenroll = |compared: &[Compared], plug_id: &PlugId, text: &str| {
        let password = connection_password(text);
        let answer = test.registry().unenroll_by_device(plug_id, &password);
        published(compared, || pollster::block_on(answer))
    };
    assert!(unenroll(&ONCE, &plug_id, WRONG_CONNECTION).is_err());
    let nobody = "dev-000000000000000000000000".parse().unwrap();
    assert!(unenroll(&[], &nobody, &right).is_err());
    // Decided on the credential, and on the record before and after it waited for its turn.
    assert!(unenroll(&[ONCE, ONCE, ONCE].concat(), &plug_id, &right).is_ok());
    // It has ended.
    assert!(unenroll(&[Untold; 2], &plug_id, &right).is_err());
}

fn connect(
    registry: &Registry,
    compared: &[Compared],
    plug_id: &PlugId,
    text: &str,
) -> Result<Principal, AuthenticateError> {
    let password = connection_password(text);
    let answer = registry.authenticate(plug_id, &password);
    published(compared, || pollster::block_on(answer))
}

const fn refused(answer: &Result<Principal, AuthenticateError>) -> bool {
    matches!(answer, Err(AuthenticateError::Refused))
}

/// Of class generated, so that nothing is stretched by Argon2id. The first enrollment is with a
/// password that is not secret: its Plug-ID becomes a key of the store.
fn registry_enroll() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let id = pollster::block_on(registered(test.registry()));
    let enroll = |compared: &[Compared], text| {
        let password = enroll_password(text);
        published(compared, || pollster::block_on(test.registry().enroll(&id, &password)))
    };
    assert!(matches!(enroll(&[Secrets], WRONG), Err(EnrollError::Refused)));
    let first = EnrollPassword::parse(RIGHT).unwrap();
    pollster::block_on(test.registry().enroll(&id, &first)).unwrap();
    assert!(enroll(&[Secrets], RIGHT).is_ok());
    assert!(matches!(enroll(&[Secrets], WRONG), Err(EnrollError::Refused)));
}

fn registry_enroll_refused() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let id = pollster::block_on(registered(test.registry()));
    let by = Actor::parse("ada").unwrap();
    let refused = |id: &SerialId| {
        for text in [RIGHT, WRONG] {
            let password = enroll_password(text);
            let answer = test.registry().enroll(id, &password);
            let answer = withheld(&[Secrets], || pollster::block_on(answer));
            assert!(matches!(answer, Err(EnrollError::Refused)));
        }
    };
    refused(&SerialId::new(*id.template(), SerialNumber::parse("SN-0002").unwrap()));
    pollster::block_on(test.registry().disable(&id, &by)).unwrap();
    refused(&id);
    pollster::block_on(test.registry().retire(&id, &by)).unwrap();
    refused(&id);
}

fn registry_open() {
    let store = Arc::new(MemoryStore::new());
    let builder = || testing::builder(Arc::clone(&store) as _, Arc::new(FixedClock::default()), 7);
    pollster::block_on(builder().create(&testing::root_key())).unwrap();

    let open = |byte| {
        let root_key = RootKey::from_random(&mut secret([byte; 32]));
        // Each of five labels' answers against those before it, and the check against the store's.
        published(&[Secrets; 11], || pollster::block_on(builder().open(&root_key)))
    };
    assert!(open(0x5a).is_ok());
    assert!(matches!(open(0x5b), Err(OpenError::WrongRootKey { .. })));
}

/// A serial of a new template.
async fn registered(registry: &Registry) -> SerialId {
    let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap());
    let template = registry.create_template(registry.company(), design).await.unwrap();
    let id = SerialId::new(*template.id(), SerialNumber::parse("SN-0001").unwrap());
    let password = EnrollPassword::parse(RIGHT).unwrap();
    let (new, by) = (NewSerial::new(*id.serial(), password), Actor::parse("ada").unwrap());
    registry.register(id.template(), new, &by).await.unwrap();
    id
}

/// A device that has enrolled, and the text of its connection password.
async fn enrolled(registry: &Registry) -> (SerialId, PlugId, String) {
    let id = registered(registry).await;
    let credentials = registry.enroll(&id, &EnrollPassword::parse(RIGHT).unwrap()).await.unwrap();
    let credentials = credentials.credentials();
    let password: &ConnectionPassword = credentials.connection_password();
    (id, *credentials.plug_id(), password.expose_text().to_string())
}

/// Parsed from a text that is not secret; from here on it is.
fn enroll_password(text: &str) -> EnrollPassword {
    let password = EnrollPassword::parse(text).unwrap();
    secret_bytes(password.expose_text().as_bytes());
    password
}

/// One look at a device without an overlap.
const ONCE: [Compared; 2] = [Secrets, Untold];

const WRONG_CONNECTION: &str = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
const RIGHT: &str = "mWz8yS3kQ0a1-Vt5xJrLpA";
const WRONG: &str = "nWz8yS3kQ0a1-Vt5xJrLpA";
