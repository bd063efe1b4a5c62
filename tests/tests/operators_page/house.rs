//! The registry that the page asks: made anew for each call, and the same each time.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{KeyVersion, OperatorEnroll, RootKeys};
use plugmint_http::operators::{OperatorError, OperatorSocket, Operators, OperatorsHost};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{Keys, SimDisk, design, generated_password};
use serde_json::{Deserializer, Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// A server, and whoever asks it.
pub(crate) struct House {
    data: TempDir,
    clock: Arc<FixedClock>,
    /// Closed in the runtime that it lives in.
    socket: Option<OperatorSocket>,
    runtime: Runtime,
}

/// Who has the root keys and the store.
struct Host {
    store: Arc<RedbStore>,
    versions: Mutex<Vec<u32>>,
}

#[async_trait]
impl OperatorsHost for Host {
    async fn root_keys(&self) -> Result<Arc<dyn RootKeys>, OperatorError> {
        Ok(Arc::new(Keys::of(&self.versions.lock().unwrap())))
    }

    async fn make_root_key(&self, version: KeyVersion) -> Result<(), OperatorError> {
        self.versions.lock().unwrap().push(version.number());
        Ok(())
    }

    fn root_key_place(&self, version: KeyVersion) -> String {
        match version.number() {
            1 => "plugmint-data.key".to_owned(),
            later => format!("plugmint-data.key.{later}"),
        }
    }

    async fn back_up(&self, file: &Path) -> Result<u64, OperatorError> {
        Ok(self.store.snapshot(file).await.unwrap().records())
    }
}

impl House {
    /// The Things SN-1, activated, and SN-2, enrolled; a phone that enrolled with SN-1 and may act
    /// on both; SN-3, which has not enrolled; a template of lamps; and a second root key.
    pub(crate) fn new() -> Self {
        let options = RedbOptions::default();
        let store = RedbStore::create_on(SimDisk::new(Vec::new()), &options).unwrap();
        let (store, clock) = (Arc::new(store), Arc::new(FixedClock::default()));
        let settings = builder(Arc::clone(&store) as _, Arc::clone(&clock), 1);
        let registry = pollster::block_on(settings.create(&root_key())).unwrap();
        let host = Arc::new(Host { store, versions: Mutex::new(vec![1]) });
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        let socket = {
            let _inside = runtime.enter();
            Operators::new(registry).with_host(host).open_socket(data.path()).unwrap()
        };
        let house = Self { data, clock, socket: Some(socket), runtime };
        house.fill();
        house
    }

    fn fill(&self) {
        let fridges = json!(design().with_operator_enroll(OperatorEnroll::Allowed));
        let fridges = self.done("template/create", &json!({ "design": fridges }))["id"].clone();
        self.done("template/create", &json!({ "design": { "name": "Lamps" } }));
        let id = |serial: &str| json!({ "template": fridges, "serial": serial });
        for (number, serial) in [(1, "SN-1"), (2, "SN-2"), (3, "SN-3")] {
            let mut new = json!({ "serial": serial, "enroll": generated_password(number) });
            if number < 3 {
                new["control"] = json!(generated_password(number + 100));
            }
            let new = json!({ "template": fridges, "new": new, "by": "factory" });
            self.done("serial/register", &new);
        }
        let enroll = |number, serial| {
            let password = generated_password(number);
            self.done("enroll", &json!({ "serial": id(serial), "password": password }))
        };
        let connect = |given: &Value| {
            let password = &given["connection_password"];
            let call = json!({ "plug_id": given["plug_id"], "password": password });
            self.done("authenticate", &call);
        };
        connect(&enroll(1, "SN-1"));
        enroll(2, "SN-2");
        let phone = json!({
            "thing": id("SN-1"), "password": generated_password(101),
            "name": "Ada's phone", "own_serial": "P-7",
        });
        let phone = self.done("controller/enroll", &phone);
        connect(&phone);
        let grant = json!({ "thing": id("SN-2"), "holder": phone["plug_id"], "by": "ada" });
        self.done("grant/add", &grant);
        self.done("key/add", &json!({}));
    }

    /// What must be done, a minute after what was done before.
    fn done(&self, path: &str, call: &Value) -> Value {
        let (status, mut answers) = self.ask(path, call);
        assert_eq!((status, answers.len()), (200, 1), "{path}: {answers:?}");
        self.clock.advance(Duration::from_secs(60));
        answers.remove(0)
    }

    /// The status of an answer, and what it says: more than one value where it tells steps. A file
    /// of the page's lies in a directory of this house.
    pub(crate) fn ask(&self, path: &str, call: &Value) -> (u16, Vec<Value>) {
        let here = format!("{}/", self.data.path().display());
        let body = call.to_string().replace("/var/backups/", &here);
        let socket = self.socket.as_ref().unwrap();
        let mut stream = UnixStream::connect(socket.path()).unwrap();
        let length = body.len();
        // Of an older HTTP, so that the answer comes in one piece.
        write!(stream, "POST /v1/{path} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let values = Deserializer::from_str(body).into_iter().map(Result::unwrap);
        (status, values.collect())
    }

    /// What must be done for one call alone.
    pub(crate) fn for_call(path: &str) -> Self {
        let house = Self::new();
        if path == "key/drop" {
            house.done("key/sweep", &json!({}));
        }
        house
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        drop(self.socket.take());
    }
}
