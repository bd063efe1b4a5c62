//! Servers in this process: the devices' interface over two stores, and a handler that does
//! nothing.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::any;
use plugmint::testing::root_key;
use plugmint::{
    Actor, DeviceName, EnrollPassword, NewSerial, OpaqueText, PasswordClass, ProfileChange,
    Registry, SerialId, SerialNumber, TemplateDesign, TemplateName,
};
use plugmint_benches::{Fleet, PASSWORD};
use plugmint_http::{DeviceApi, DeviceListener, Peer};
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::calls::{Call, Calls};
use crate::wrk::Target;

/// All servers, until they are dropped.
pub(crate) struct Served {
    plain: Platform,
    /// The same with tags, as the program has it.
    tagged: Platform,
    /// Answers what a device is answered that reads itself or enrolls again, whoever calls.
    bare: SocketAddr,
    /// Where they run.
    _runtime: Runtime,
}

/// Devices that have connected before, in a store on redb, and who serves them.
struct Platform {
    address: SocketAddr,
    /// Where the router answers all calls, as behind a proxy.
    routed: SocketAddr,
    fleet: Fleet,
    registry: Registry,
    directory: TempDir,
}

impl Served {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
        let [plain, tagged] = [false, true].map(|tagged| Platform::served(&runtime, tagged));
        let (listener, bare) = listening(&runtime);
        let router = plain.does_nothing();
        runtime.spawn(async { axum::serve(listener, router).await });
        Self { plain, tagged, bare, _runtime: runtime }
    }

    /// Those of each device that reads itself: without tags, with tags, by the router with tags,
    /// and of who does nothing.
    pub(crate) fn reading(&self) -> [Target; 4] {
        let [plain, tagged] = [&self.plain, &self.tagged]
            .map(|platform| platform.target(platform.script("reading.lua", &platform.reading())));
        let routed = Target { address: self.tagged.routed, script: tagged.script.clone() };
        let bare = Target { address: self.bare, script: plain.script.clone() };
        [plain, tagged, routed, bare]
    }

    /// Those of devices that have not connected yet and ask again for what they were given: with
    /// tags, and of who does nothing.
    pub(crate) fn enrolling(&self, class: PasswordClass) -> [Target; 2] {
        let platform = &self.tagged;
        let tagged = platform.target(platform.script("enrolling.lua", &platform.enrolling(class)));
        let bare = Target { address: self.bare, script: tagged.script.clone() };
        [tagged, bare]
    }
}

impl Platform {
    fn served(runtime: &Runtime, tagged: bool) -> Self {
        let (directory, by) = (tempfile::tempdir().unwrap(), Actor::parse("bench").unwrap());
        let fleet = Fleet::new(DEVICES, tagged).unwrap();
        let file = directory.path().join("store.redb");
        let store = RedbStore::create(&file, &RedbOptions::default()).unwrap();
        fleet.fill(&store, fleet.records.len()).unwrap();
        let builder = Registry::builder(Arc::new(store));
        let builder = if tagged { builder.with_tagged_records() } else { builder };
        let registry = block_on(builder.open(&root_key())).unwrap();
        for (plug_id, _) in &fleet.devices {
            let kept = ProfileChange::new().name(Some(DeviceName::parse("Kitchen").unwrap()));
            let kept = kept.props(Some(OpaqueText::parse(PROPS).unwrap()));
            block_on(registry.set_profile(plug_id, &kept, &by)).unwrap();
        }
        let api = DeviceApi::new(registry.clone());
        let [address, routed] = [true, false].map(|has_own_reads| {
            let (listener, address) = listening(runtime);
            let listener = DeviceListener::new(listener);
            let listener =
                if has_own_reads { listener.with_own_reads(&api.own_reads()) } else { listener };
            let router = api.clone().router();
            let service = router.into_make_service_with_connect_info::<Peer>();
            runtime.spawn(async { axum::serve(listener, service).await });
            address
        });
        Self { address, routed, fleet, registry, directory }
    }

    fn target(&self, script: PathBuf) -> Target {
        Target { address: self.address, script }
    }
    /// Where the script of these calls lies.
    fn script(&self, name: &str, calls: &Calls) -> PathBuf {
        let file = self.directory.path().join(name);
        calls.written_to(&file);
        file
    }

    /// Each device reads itself.
    fn reading(&self) -> Calls {
        let read = |(plug_id, password): &(plugmint::PlugId, plugmint::ConnectionPassword)| Call {
            path: format!("/iot/device/{plug_id}"),
            headers: vec![
                ("X-Plug-Id", plug_id.to_string()),
                ("X-Plug-Auth", password.expose_text().to_string()),
            ],
            body: String::new(),
        };
        Calls { method: "GET", calls: self.fleet.devices.iter().map(read).collect() }
    }

    /// Devices that have not connected yet ask again for what they were given.
    fn enrolling(&self, class: PasswordClass) -> Calls {
        let registry = &self.registry;
        let design = TemplateDesign::new(TemplateName::parse("White refrigerators").unwrap());
        let design = design.with_password_class(class);
        let template = block_on(registry.create_template(registry.company(), design)).unwrap();
        let by = Actor::parse("bench").unwrap();
        let enrolled = |number: usize| {
            let serial = SerialNumber::parse(&format!("SN-{number}")).unwrap();
            let id = SerialId::new(*template.id(), serial);
            let password = || EnrollPassword::parse(PASSWORD).unwrap();
            let new = NewSerial::new(serial, password());
            block_on(registry.register(template.id(), new, &by)).unwrap();
            block_on(registry.enroll(&id, &password())).unwrap();
            let model = template.id();
            let body = format!(r#"{{"model":"{model}","hwid":"{serial}","pass":"{PASSWORD}"}}"#);
            Call { path: "/iot/device".to_owned(), headers: Vec::new(), body }
        };
        Calls { method: "POST", calls: (0..ENROLLED).map(enrolled).collect() }
    }

    /// Takes in what comes, and answers bytes that it has.
    fn does_nothing(&self) -> Router {
        let Some((plug_id, password)) = self.fleet.devices.first() else { panic!("no device") };
        let auth = password.expose_text();
        let credentials = format!(r#"{{"id":"{plug_id}","auth":"{}"}}"#, &*auth);
        let (device, credentials) =
            (Bytes::from(self.answer_to_a_device()), Bytes::from(credentials));
        let reads = move || {
            let answer = device.clone();
            async move { ([(CONTENT_TYPE, JSON)], answer) }
        };
        let enrolls = move |_: Bytes| {
            let answer = credentials.clone();
            async move { ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], answer) }
        };
        Router::new().route("/iot/device/{id}", any(reads)).route("/iot/device", any(enrolls))
    }

    fn answer_to_a_device(&self) -> Vec<u8> {
        let Calls { calls, .. } = self.reading();
        let Some(Call { path, headers, .. }) = calls.first() else { panic!("there is no device") };
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers = headers.collect::<Vec<_>>().concat();
        let call = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(call.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        body.as_bytes().to_vec()
    }
}

fn listening(runtime: &Runtime) -> (TcpListener, SocketAddr) {
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

const JSON: &str = "application/json";

const DEVICES: usize = 1000;

/// More than call at once: two calls of one chosen serial are under way at most.
const ENROLLED: usize = 128;

/// What a platform may keep with a device.
const PROPS: &str =
    r#"{"firmware":"3.1.4","zone":"Europe/Rome","interval":60,"alarms":["door","power"]}"#;
