//! Stores and registries.

use std::error::Error;
use std::fs;
use std::io;
use std::sync::Arc;

use plugmint::testing::{FixedClock, TestRegistry, builder};
use plugmint::{EnvRootKeys, FileRootKeys, NewSerial, Registry};
use plugmint_core::{ControlPassword, EnrollPassword, SerialNumber};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::conformance::{Clause, c1_a_batch_happens_whole_or_not_at_all};
use plugmint_store::{
    Batch, CommitError, Effect, Guard, Key, Operation, Record, Revision, Store, StoreError,
    TagError, TagKey, Tagged,
};
use pollster::block_on;

use crate::shown::Shown;
use crate::things::*;

pub(crate) fn stores(shown: &mut Shown) {
    let key = Key::new(b"key").unwrap();
    shown.secret("a stored value", b"canary of a stored value");
    let value = b"canary of a stored value".to_vec();
    let revision = Revision::from_parts([1; 16]);
    shown.show(&key);
    shown.show(&revision);
    shown.show(&Record::new(revision, value.clone()));
    shown.show(&Guard::At(revision));
    shown.show(&Effect::Put(value.clone()));
    let batch = Batch::new().put(key.clone(), Guard::Absent, value.clone()).unwrap();
    shown.show(&batch);
    shown.show(batch.steps().next().unwrap().1);
    shown.show(&batch.clone().keep(key.clone(), Guard::Absent).unwrap_err());
    shown.show(&Key::new(b"").unwrap_err());
    shown.show(&CommitError::Conflict(Box::new(key)));
    shown.show(&StoreError::lasting("test", Operation::Get, "cause"));
    shown.show(&Operation::Get);
    shown.show(&Clause::C1);
    let broken = || Err::<MemoryStore, _>(io::Error::other("broken"));
    shown.show(&c1_a_batch_happens_whole_or_not_at_all(broken).unwrap_err());

    let memory = MemoryStore::new();
    block_on(memory.commit(batch.clone())).unwrap();
    shown.show(&memory);
    let directory = tempfile::tempdir().unwrap();
    let options = RedbOptions::default();
    let path = directory.path().join("store.redb");
    let redb = RedbStore::create(&path, &options).unwrap();
    block_on(redb.commit(batch)).unwrap();
    shown.show(&redb);
    shown.show(&options);
    shown.show(&RedbStore::open(&path, &options).unwrap_err());
    shown.show(&RedbStore::create(&path, &options).unwrap_err());
    let backup = directory.path().join("backup.redb");
    shown.show(&block_on(redb.snapshot(&backup)).unwrap());
    shown.show(&block_on(redb.snapshot(&backup)).unwrap_err());
    shown.show(&RedbStore::restore(&backup, &path, &options).unwrap_err());

    let key = Key::new(b"key").unwrap();
    let bytes = *b"canary of a key of record tags..";
    shown.secret("a key of tags", &bytes);
    let tag_key = TagKey::new(1, &bytes);
    shown.show(&tag_key);
    let tagged = Tagged::new(redb, tag_key);
    let untagged = block_on(tagged.get(&key)).unwrap_err();
    shown.show(untagged.source().unwrap().downcast_ref::<TagError>().unwrap());
    shown.show(&tagged);
}

pub(crate) fn registries(shown: &mut Shown) {
    let test = block_on(TestRegistry::new(1)).unwrap();
    shown.show(&test);
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::new(MemoryStore::new()), clock, 1);
    shown.show(&settings);
    let registry: Registry = block_on(settings.create(&root())).unwrap();
    shown.show(&registry);
    shown.show(&registry.stretch_load());
    let serial = SerialNumber::parse("SN-1").unwrap();
    let new = NewSerial::new(serial, EnrollPassword::parse(ENROLL).unwrap())
        .with_control_password(ControlPassword::parse(CONTROL).unwrap());
    shown.show(&new);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("root.key");
    let key = FileRootKeys::create(&path).unwrap();
    let held = fs::read_to_string(&path).unwrap();
    shown.secret("the key file", held.trim_end().as_bytes());
    shown.show(&key);
    shown.show(&FileRootKeys::create(&path).unwrap_err());
    fs::write(&path, ENROLL).unwrap();
    shown.show(&FileRootKeys::load(&path).unwrap_err());
    // Cargo sets this one, and it holds the root key of nobody.
    shown.show(&EnvRootKeys::load("CARGO_MANIFEST_DIR").unwrap_err());
    // A test of its own shows one that holds a key.
    shown.elsewhere("EnvRootKeys");
}
