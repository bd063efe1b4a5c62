//! The registries under test: the same one over memory and over redb.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{Registry, SerialId, SerialStatus, Store};
use plugmint_core::{Credential, Epoch};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Key, Record};
use plugmint_tests::{enroll_password, new_serial, watch_told};
use pollster::block_on;

use crate::operation::{Answer, Operation, PASSWORDS, SEALING, SEED, SERIALS, designs};
use crate::reference::{Model, ada, said, told};

const ALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

pub(crate) struct Sides {
    memory: Side,
    redb: Side,
    clock: Arc<FixedClock>,
    directory: tempfile::TempDir,
    reopened: u64,
}

impl Sides {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.redb");
        let redb = Arc::new(RedbStore::create(path, &RedbOptions::default()).unwrap());
        let memory = Side::create(Arc::new(MemoryStore::new()), &clock);
        Self { memory, redb: Side::create(redb, &clock), clock, directory, reopened: 0 }
    }

    pub(crate) fn wait(self, millis: u16) -> Self {
        self.clock.advance(Duration::from_millis(u64::from(millis)));
        self
    }

    /// Drops both registries, opens redb's file anew, and gives both the same new seed.
    pub(crate) fn reopen(self) -> Self {
        let Self { memory, redb, clock, directory, reopened } = self;
        drop(redb);
        let path = directory.path().join("store.redb");
        let store = Arc::new(RedbStore::open(path, &RedbOptions::default()).unwrap());
        let seed = SEED + 1 + reopened;
        let memory = Side::open(memory.store, &clock, seed);
        let redb = Side::open(store, &clock, seed);
        Self { memory, redb, clock, directory, reopened: reopened + 1 }
    }

    /// Both answer as the model does.
    pub(crate) fn answer(&self, model: &Model, operation: &Operation) {
        for side in [&self.memory, &self.redb] {
            assert_eq!(side.answer(model, operation), model.expected, "{operation:?}");
        }
    }

    /// Both hold what the model holds, and the same bytes.
    pub(crate) fn agree(&self, model: &Model) {
        self.memory.agrees(model);
        self.redb.agrees(model);
        assert_eq!(self.memory.records(), self.redb.records());
    }
}

/// The projection of each serial's record, under its key.
fn credentials_of(model: &Model) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let credentials = model.records.iter().flat_map(|(id, record)| record.credentials(id));
    let keyed = |credential: Credential| {
        ([b"p".as_slice(), credential.plug_id().body()].concat(), credential.encode())
    };
    credentials.map(keyed).collect()
}

/// A registry over one backend.
struct Side {
    registry: Registry,
    store: Arc<dyn Store>,
}

impl Side {
    fn create(store: Arc<dyn Store>, clock: &Arc<FixedClock>) -> Self {
        let settings = builder(Arc::clone(&store), Arc::clone(clock), SEED);
        let registry = block_on(settings.create(&root_key())).unwrap();
        for design in designs() {
            block_on(registry.create_template(registry.company(), design)).unwrap();
        }
        Self { registry, store }
    }

    fn open(store: Arc<dyn Store>, clock: &Arc<FixedClock>, seed: u64) -> Self {
        let settings = builder(Arc::clone(&store), Arc::clone(clock), seed);
        let registry = block_on(settings.open(&root_key())).unwrap();
        Self { registry, store }
    }

    fn answer(&self, model: &Model, operation: &Operation) -> Answer {
        let registry = &self.registry;
        match *operation {
            Operation::Register { template, serial, password } => {
                let new = new_serial(SERIALS[serial], PASSWORDS[password]);
                let template = model.templates[template].id();
                match block_on(registry.register(template, new, &ada())) {
                    Ok(_) => said("done"),
                    Err(error) => said(error.code()),
                }
            }
            Operation::Enroll { template, serial, password } => {
                let password = enroll_password(PASSWORDS[password]);
                match block_on(registry.enroll(&model.id(template, serial), &password)) {
                    Ok(enrollment) => {
                        watch_told(&enrollment);
                        let outcome = format!("{:?}", enrollment.outcome());
                        (outcome, Some(told(enrollment.credentials())))
                    }
                    Err(error) => said(error.code()),
                }
            }
            Operation::Authenticate { template, serial, password } => {
                let id = model.id(template, serial);
                let credentials = model.key(template, &id, password).credentials(Epoch::FIRST);
                let (plug_id, password) =
                    (credentials.plug_id(), credentials.connection_password());
                match block_on(registry.authenticate(plug_id, password)) {
                    Ok(principal) => {
                        assert_eq!((principal.id(), principal.plug_id()), (&id, plug_id));
                        said("done")
                    }
                    Err(error) => said(error.code()),
                }
            }
            Operation::Disable { template, serial } => {
                match block_on(registry.disable(&model.id(template, serial), &ada())) {
                    Ok(outcome) => said(&format!("{outcome:?}")),
                    Err(error) => said(error.code()),
                }
            }
            Operation::Enable { template, serial } => {
                match block_on(registry.enable(&model.id(template, serial), &ada())) {
                    Ok(outcome) => said(&format!("{outcome:?}")),
                    Err(error) => said(error.code()),
                }
            }
            Operation::Retire { template, serial } => {
                match block_on(registry.retire(&model.id(template, serial), &ada())) {
                    Ok(outcome) => said(&format!("{outcome:?}")),
                    Err(error) => said(error.code()),
                }
            }
            Operation::Wait { .. } | Operation::Reopen => said("done"),
        }
    }

    fn agrees(&self, model: &Model) {
        for (at, template) in model.templates.iter().enumerate() {
            let listed = block_on(self.registry.serials(template.id(), None, ALL)).unwrap();
            let of_template = model.records.iter().filter(|(id, _)| id.template() == template.id());
            let expected: Vec<SerialStatus> = of_template
                .map(|(id, record)| {
                    let mut status = SerialStatus::new(*id, record);
                    // The model does not seal; a registry does, until activation or the end.
                    let waits = status.activated_at.is_none() && status.retired_at.is_none();
                    status.sealed = waits && at == SEALING;
                    status
                })
                .collect();
            assert_eq!(listed, expected);
        }
        for (id, events) in &model.events {
            assert_eq!(&self.history(id), events);
        }
        assert_eq!(self.credentials(), credentials_of(model));
    }

    /// What lies under the Plug-IDs.
    fn credentials(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let records = block_on(self.store.scan(b"p", None, ALL)).unwrap();
        let owned = |(key, record): (Key, Record)| (key.as_bytes().to_vec(), record.into_value());
        records.into_iter().map(owned).collect()
    }

    fn history(&self, id: &SerialId) -> Vec<plugmint::Event> {
        block_on(self.registry.history(id, None, ALL)).unwrap()
    }

    /// Every record, without the revisions, which are each backend's own.
    fn records(&self) -> Vec<(String, Vec<u8>)> {
        let records = block_on(self.store.scan(b"", None, ALL)).unwrap();
        records.into_iter().map(|(key, record)| (key.to_string(), record.into_value())).collect()
    }
}
