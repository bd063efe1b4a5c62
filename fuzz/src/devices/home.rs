//! A registry with devices, and what stands for what they know.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use plugmint::derivation::{PasswordText, StretchMemory};
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    AccountHash, Actor, Argon2Cost, CompanyId, ControlPassword, ControllerRequest, Credentials,
    EnrollPassword, NewSerial, Registry, SerialId, TemplateId,
};
use plugmint_http::{Account, Claim, DeviceApi, OwnReads, Owners, OwnersUnavailable};
use plugmint_memory::MemoryStore;
use plugmint_tests::design;

/// Three Things and a Controller behind a router: `A` is activated, `B` enrolled, `N` registered.
pub(super) struct Home {
    pub(super) router: Router,
    pub(super) reads: OwnReads,
    names: [(u8, String); 11],
}

impl Home {
    pub(super) async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let settings = builder(store, Arc::new(FixedClock::default()), 1);
        let registry = settings.create(&root_key()).await.unwrap();
        let template = registry.create_template(registry.company(), design()).await.unwrap();
        let model = *template.id();
        for serial in ["A", "B", "N"] {
            register(&registry, &model, serial).await;
        }
        let password = EnrollPassword::parse(PASS).unwrap();
        let control = ControlPassword::parse(CONTROL).unwrap();
        let (of_a, of_b) = (id(&model, "A"), id(&model, "B"));
        let a = registry.enroll(&of_a, &password).await.unwrap();
        let b = registry.enroll(&of_b, &password).await.unwrap();
        let (a, b) = (a.credentials(), b.credentials());
        registry.authenticate(a.plug_id(), a.connection_password()).await.unwrap();
        let request = ControllerRequest::new();
        let phone = registry.enroll_controller(None, &of_a, &control, &request).await.unwrap();
        let names = names(&model, [a, b, phone.credentials()]);
        let owner = Ada { company: *registry.company(), hash: HASH.clone() };
        let api = DeviceApi::new(registry).with_owners(Arc::new(owner)).with_body_limit(2_000);
        Self { reads: api.own_reads(), router: api.router(), names }
    }

    /// A text with what its names stand for.
    pub(super) fn named(&self, mut text: &[u8]) -> Vec<u8> {
        let mut named = Vec::new();
        while let [byte, rest @ ..] = text {
            let known = |name: &u8| self.names.iter().find(|(known, _)| known == name);
            if let Some((_, stands_for)) = rest.first().and_then(known).filter(|_| *byte == b'$') {
                named.extend_from_slice(stands_for.as_bytes());
                text = &rest[1..];
            } else {
                named.push(*byte);
                text = rest;
            }
        }
        named
    }

    /// Whether a password that is right stands in its headers.
    pub(super) fn proves(&self, request: &Request<Body>) -> bool {
        let is_secret = |name: &u8| b"abcw".contains(name);
        let secrets = self.names.iter().filter(|(name, _)| is_secret(name));
        let secrets: Vec<_> = secrets.map(|(_, secret)| secret.as_bytes()).collect();
        request.headers().values().any(|value| secrets.contains(&value.as_bytes()))
    }
}

async fn register(registry: &Registry, model: &TemplateId, serial: &str) {
    let new = NewSerial::new(serial.parse().unwrap(), EnrollPassword::parse(PASS).unwrap());
    let new = new.with_control_password(ControlPassword::parse(CONTROL).unwrap());
    registry.register(model, new, &Actor::parse("ada").unwrap()).await.unwrap();
}

fn id(model: &TemplateId, serial: &str) -> SerialId {
    SerialId::new(*model, serial.parse().unwrap())
}

/// The template, the devices, their passwords, those that they came with, and the owner's.
fn names(model: &TemplateId, devices: [&Credentials; 3]) -> [(u8, String); 11] {
    let [one, two, three] = devices.map(|device| device.plug_id().to_string());
    let auth = |device: &Credentials| device.connection_password().expose_text().to_string();
    let [a, b, c] = devices.map(auth);
    [
        (b'M', model.to_string()),
        (b'1', one),
        (b'2', two),
        (b'3', three),
        (b'a', a),
        (b'b', b),
        (b'c', c),
        (b'p', PASS.to_owned()),
        (b'q', CONTROL.to_owned()),
        (b'e', EMAIL.to_owned()),
        (b'w', MASTER.to_owned()),
    ]
}

/// She owns all of them.
struct Ada {
    company: CompanyId,
    hash: AccountHash,
}

#[async_trait]
impl Owners for Ada {
    async fn find(&self, claim: Claim<'_>) -> Result<Option<Account>, OwnersUnavailable> {
        let is_hers = match claim {
            Claim::Email(email) => email == EMAIL,
            Claim::Company(company) => *company == self.company,
        };
        Ok(is_hers.then(|| Account::new(EMAIL, self.company, self.hash.clone())))
    }
}

static HASH: LazyLock<AccountHash> = LazyLock::new(|| {
    let password = PasswordText::of_any(MASTER.as_bytes()).unwrap();
    let cost = Argon2Cost::new(64, 1, 1).unwrap();
    AccountHash::of_password(password, cost, [0; 16], &mut StretchMemory::new()).unwrap()
});

const PASS: &str = "00000000000000000000000000000001";
const CONTROL: &str = "00000000000000000000000000000002";
const EMAIL: &str = "ada@example.com";
const MASTER: &str = "correct battery staple";
