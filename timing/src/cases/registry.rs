//! What a server asks, from end to end.

use std::sync::Arc;

use plugmint::testing::{self, FixedClock, TestRegistry};
use plugmint::{
    Actor, AuthenticateError, EnrollPassword, NewSerial, OpenError, Principal, Registry, RootKey,
    TemplateDesign, TemplateName,
};
use plugmint_core::{ConnectionPassword, PlugId, SerialId, SerialNumber};
use plugmint_memory::MemoryStore;

use crate::memcheck::secret;
use crate::scene::connection_password;
use crate::verdict::Compared::{self, Secrets};
use crate::verdict::published;

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("registry/authenticate", registry_authenticate),
    Case::path("registry/open", registry_open),
];

fn registry_authenticate() {
    let test = pollster::block_on(TestRegistry::new(7)).unwrap();
    let (plug_id, right) = pollster::block_on(enrolled(test.registry()));
    let wrong = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
    let connect = |compared: &[Compared], plug_id: &PlugId, text| {
        let password = connection_password(text);
        let answer = test.registry().authenticate(plug_id, &password);
        published(compared, || pollster::block_on(answer))
    };
    let refused = |answer: Result<Principal, AuthenticateError>| {
        matches!(answer, Err(AuthenticateError::Refused))
    };

    assert!(refused(connect(&[Secrets], &plug_id, wrong)));
    // The first connection is decided on the credential, and on the record of the serial before and
    // after it waited for its turn.
    assert!(connect(&[Secrets, Secrets, Secrets], &plug_id, &right).is_ok());
    assert!(connect(&[Secrets], &plug_id, &right).is_ok());
    assert!(refused(connect(&[Secrets], &plug_id, wrong)));
    let nobody = "dev-000000000000000000000000".parse().unwrap();
    assert!(refused(connect(&[], &nobody, &right)));
}

fn registry_open() {
    let store = Arc::new(MemoryStore::new());
    let builder = || testing::builder(Arc::clone(&store) as _, Arc::new(FixedClock::default()), 7);
    pollster::block_on(builder().create(&testing::root_key())).unwrap();

    let open = |byte| {
        let root_key = RootKey::from_random(&mut secret([byte; 32]));
        published(&[Secrets], || pollster::block_on(builder().open(&root_key)))
    };
    assert!(open(0x5a).is_ok());
    assert!(matches!(open(0x5b), Err(OpenError::WrongRootKey { .. })));
}

/// A device of a new template, and the text of its connection password.
async fn enrolled(registry: &Registry) -> (PlugId, String) {
    let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap());
    let template = registry.create_template(registry.company(), design).await.unwrap();
    let id = SerialId::new(*template.id(), SerialNumber::parse("SN-0001").unwrap());
    let password = || EnrollPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA").unwrap();
    let (new, by) = (NewSerial::new(*id.serial(), password()), Actor::parse("ada").unwrap());
    registry.register(id.template(), new, &by).await.unwrap();
    let credentials = registry.enroll(&id, &password()).await.unwrap();
    let credentials = credentials.credentials();
    let password: &ConnectionPassword = credentials.connection_password();
    (*credentials.plug_id(), password.expose_text().to_string())
}
