//! A server over a registry, and who calls it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use plugmint::derivation::{PasswordText, StretchMemory};
use plugmint::{
    AccessLevel, AccountHash, Argon2Cost, CompanyId, PlugId, Registry, SerialId, StageName, Store,
    TemplateDesign,
};
use plugmint_http::{
    Account, Claim, DeviceApi, DeviceListener, Owners, OwnersUnavailable, Peer, TrustedProxies,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{Scene, control_of, design, generated_password, watch};
use pollster::block_on;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::client::{Answer, Call, Client};
use crate::document::document;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// As the program has it.
    pub(crate) fn of(api: DeviceApi) -> Self {
        let reads = api.own_reads();
        Self::with(api.router(), |listener| listener.with_own_reads(&reads))
    }

    /// Devices that are mounted in a router, and whatever else it has.
    pub(crate) fn over(router: Router) -> Self {
        Self::with(router, |listener| listener)
    }

    /// One with these settings of its listener.
    pub(crate) fn with(
        router: Router,
        settings: impl FnOnce(DeviceListener<TcpListener>) -> DeviceListener<TcpListener>,
    ) -> Self {
        let (runtime, listener, address) = listening();
        let service = router.into_make_service_with_connect_info::<Peer>();
        let listener = settings(DeviceListener::new(listener));
        runtime.spawn(async { axum::serve(listener, service).await });
        Self { address, runtime: Some(runtime) }
    }

    /// One that cannot see a body without a length.
    pub(crate) fn plain(api: DeviceApi) -> Self {
        let (runtime, listener, address) = listening();
        let service = api.router().into_make_service_with_connect_info::<Peer>();
        runtime.spawn(async { axum::serve(listener, service).await });
        Self { address, runtime: Some(runtime) }
    }

    /// Everything that it holds is let go.
    pub(crate) fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(30));
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::to(self.address)
    }

    /// A call on a connection of its own.
    pub(crate) fn call(&self, call: &Call) -> Answer {
        let mut client = self.client();
        client.send(call.bytes());
        if call.line().0 == "HEAD" { client.head() } else { client.answer() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn listening() -> (Runtime, TcpListener, SocketAddr) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    (runtime, listener, address)
}

/// A server over a registry with a template, whose owner is Ada.
pub(crate) struct Home {
    pub(crate) scene: Scene,
    pub(crate) server: Server,
    numbers: AtomicU32,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(design(), |api| api)
    }

    pub(crate) fn with(
        design: TemplateDesign,
        settings: impl FnOnce(DeviceApi) -> DeviceApi,
    ) -> Self {
        Self::over(Arc::new(MemoryStore::new()), design, settings)
    }

    pub(crate) fn over(
        store: Arc<dyn Store>,
        design: TemplateDesign,
        settings: impl FnOnce(DeviceApi) -> DeviceApi,
    ) -> Self {
        Self::of(block_on(Scene::new(store, design)), settings)
    }

    pub(crate) fn of(scene: Scene, settings: impl FnOnce(DeviceApi) -> DeviceApi) -> Self {
        let server = Server::of(settings(api(&scene.registry)));
        Self { scene, server, numbers: AtomicU32::new(1) }
    }

    pub(crate) fn model(&self) -> String {
        self.scene.template.id().to_string()
    }

    /// A call on a connection of its own, whose answer is one that the document tells of.
    pub(crate) fn call(&self, call: &Call) -> Answer {
        let answer = self.server.call(call);
        document(&self.server).allows(call, &answer);
        answer
    }

    /// Registers a Thing, without a device yet.
    pub(crate) fn registered(&self, serial: &str) -> Thing {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (password, control) = (generated_password(number), control_of(number));
        let id = block_on(self.scene.register_controllable(serial, &password, &control));
        Thing { id, password, control, model: self.model() }
    }

    /// Enrolls a Thing over HTTP.
    pub(crate) fn enrolled(&self, serial: &str) -> (Thing, Device) {
        let thing = self.registered(serial);
        let device = self.enroll(&thing);
        (thing, device)
    }

    /// Enrolls a Thing over HTTP, and connects it.
    pub(crate) fn thing(&self, serial: &str) -> (Thing, Device) {
        let (thing, device) = self.enrolled(serial);
        assert_eq!(self.call(&device.get()).status, 200);
        (thing, device)
    }

    pub(crate) fn enroll(&self, thing: &Thing) -> Device {
        let answer = self.call(&thing.post());
        assert_eq!(answer.status, 200, "{answer:?}");
        Device::told(&answer)
    }

    /// Enrolls a Controller of a Thing over HTTP.
    pub(crate) fn controller(&self, of: &Thing) -> Device {
        let answer = self.call(&of.put());
        assert_eq!(answer.status, 201, "{answer:?}");
        Device::told(&answer)
    }

    pub(crate) fn access(&self, holder: &Device, thing: &Thing) -> AccessLevel {
        block_on(self.scene.access(&holder.plug_id(), &thing.id))
    }

    pub(crate) fn stage(&self, thing: &Thing) -> StageName {
        block_on(self.scene.status(&thing.id)).stage
    }
}

/// A registry over HTTP, behind a proxy on this machine.
pub(crate) fn api(registry: &Registry) -> DeviceApi {
    DeviceApi::new(registry.clone())
        .with_owners(Arc::new(Accounts::new(*registry.company())))
        .with_trusted_proxies(TrustedProxies::of([IpAddr::V4(Ipv4Addr::LOCALHOST)]))
}

/// What a Thing was made with.
pub(crate) struct Thing {
    pub(crate) id: SerialId,
    pub(crate) password: String,
    pub(crate) control: String,
    pub(crate) model: String,
}

impl Thing {
    pub(crate) fn serial(&self) -> &str {
        self.id.serial().as_str()
    }

    pub(crate) fn enrolling(&self) -> Value {
        json!({"model": self.model, "hwid": self.serial(), "pass": self.password})
    }

    pub(crate) fn controlling(&self) -> Value {
        json!({"model": self.model, "ctrl": self.serial(), "pass": self.control})
    }

    pub(crate) fn post(&self) -> Call {
        Call::new("POST", "/iot/device").json(&self.enrolling())
    }

    pub(crate) fn put(&self) -> Call {
        Call::new("PUT", "/iot/device").json(&self.controlling())
    }
}

/// A Thing or a Controller that has enrolled.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) auth: String,
}

impl Device {
    pub(crate) fn told(answer: &Answer) -> Self {
        let text = |name: &str| answer.value()[name].as_str().unwrap().to_owned();
        let device = Self { id: text("id"), auth: text("auth") };
        watch("connection password", device.auth.as_bytes());
        device
    }

    pub(crate) fn plug_id(&self) -> PlugId {
        self.id.parse().unwrap()
    }

    pub(crate) fn signs(&self, call: Call) -> Call {
        call.header("X-Plug-Id", &self.id).header("X-Plug-Auth", &self.auth)
    }

    pub(crate) fn calls(&self, method: &str, path: &str) -> Call {
        self.signs(Call::new(method, path))
    }

    /// A call on itself.
    pub(crate) fn on_itself(&self, method: &str) -> Call {
        self.calls(method, &path(&self.id))
    }

    /// It reads itself.
    pub(crate) fn get(&self) -> Call {
        self.on_itself("GET")
    }

    /// It calls under the password of its owner.
    pub(crate) fn under_owner(&self, method: &str, path: &str) -> Call {
        let call = Call::new(method, path).header("X-Plug-Id", &self.id);
        call.header("X-Plug-Master", MASTER)
    }
}

/// The owner calls.
pub(crate) fn owner(method: &str, path: &str) -> Call {
    owner_with(method, path, EMAIL, MASTER)
}

pub(crate) fn owner_with(method: &str, path: &str, email: &str, master: &str) -> Call {
    Call::new(method, path).header("X-Plug-Email", email).header("X-Plug-Master", master)
}

pub(crate) fn path(id: &str) -> String {
    format!("/iot/device/{id}")
}

/// A Plug-ID of nobody's.
pub(crate) const NOBODY: &str = "dev-0123456789abcdef01234567";

pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const STRANGER: &str = "eve@example.com";
pub(crate) const MASTER: &str = "correct battery st\u{e4}ple";

/// Ada owns the company's devices, Eve another company's; an email is looked up in vain.
struct Accounts {
    company: CompanyId,
    hash: AccountHash,
}

impl Accounts {
    fn new(company: CompanyId) -> Self {
        watch("owner's password", MASTER.as_bytes());
        Self { company, hash: hash(MASTER) }
    }
}

#[async_trait]
impl Owners for Accounts {
    async fn find(&self, claim: Claim<'_>) -> Result<Option<Account>, OwnersUnavailable> {
        let ada = || Account::new("ada", self.company, self.hash.clone());
        let other = CompanyId::from_parts([9; 12]);
        match claim {
            Claim::Email(EMAIL) => Ok(Some(ada())),
            Claim::Email(STRANGER) => Ok(Some(Account::new("eve", other, self.hash.clone()))),
            Claim::Email(UNAVAILABLE) => Err(OwnersUnavailable::new("no accounts today")),
            Claim::Company(company) if *company == self.company => Ok(Some(ada())),
            Claim::Email(_) | Claim::Company(_) => Ok(None),
        }
    }
}

pub(crate) const UNAVAILABLE: &str = "later@example.com";

fn hash(password: &str) -> AccountHash {
    let cost = Argon2Cost::new(64, 1, 1).unwrap();
    let password = PasswordText::of_any(password.as_bytes()).unwrap();
    AccountHash::of_password(password, cost, [0; 16], &mut StretchMemory::new()).unwrap()
}
