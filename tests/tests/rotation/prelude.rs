//! What these tests share.

pub(crate) use std::num::NonZeroUsize;
pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub(crate) use plugmint::testing::{FixedClock, builder};
pub(crate) use plugmint::{
    DropKeyError, EnrollError, Enrollment, Fault, KeyProgress, KeyStanding, KeyUses, KeyVersion,
    NewPasswords, OpenError, OperatorEnroll, Outcome, Registry, RootKeys, RotateError, SerialId,
    StageName, Store, TemplateDesign,
};
pub(crate) use plugmint_memory::MemoryStore;
pub(crate) use plugmint_redb::{RedbOptions, RedbStore};
pub(crate) use plugmint_tests::{
    CountingStore, Keys, Scene, Trouble, TroubledStore, YieldingStore, enroll_password,
    generated_password, new_serial, polled, version,
};
pub(crate) use pollster::block_on;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Records {
    Plain,
    Tagged,
}

/// A registry with a template that allows operator enrollment, and the store that it is over.
pub(crate) struct House {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) records: Records,
    pub(crate) scene: Scene,
}

impl House {
    pub(crate) fn new(store: Arc<dyn Store>, records: Records) -> Self {
        let clock = Arc::new(FixedClock::default());
        let settings = with(records, builder(Arc::clone(&store), Arc::clone(&clock), 1));
        let scene = block_on(Scene::with(settings, clock, design()));
        Self { store, records, scene }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.scene.registry
    }

    /// Another registry over the same store, as another process would open it.
    pub(crate) fn opened(&self, keys: &Keys) -> Result<Registry, OpenError> {
        self.opened_on(&self.store, keys)
    }

    pub(crate) fn opened_on(
        &self,
        store: &Arc<dyn Store>,
        keys: &Keys,
    ) -> Result<Registry, OpenError> {
        let seed = 100 + u64::try_from(keys.versions().len()).unwrap();
        let clock = Arc::clone(&self.scene.clock);
        block_on(with(self.records, builder(Arc::clone(store), clock, seed)).open(keys))
    }

    /// The same, and from now on the registry of this house.
    pub(crate) fn reopen(&mut self, keys: &[u32]) {
        self.scene.registry = self.opened(&Keys::of(keys)).unwrap();
    }

    pub(crate) fn rotate(&self, keys: &[u32]) {
        let rotated = block_on(self.registry().rotate_root_key(&Keys::of(keys)));
        assert_eq!(rotated.unwrap(), Outcome::Done);
    }

    /// Registers a serial, and says under which version.
    pub(crate) fn register(&self, serial: &str, number: u32) -> (SerialId, u32) {
        let id = block_on(self.scene.register(serial, &generated_password(number)));
        (id, self.version_of(&id))
    }

    pub(crate) fn version_of(&self, id: &SerialId) -> u32 {
        block_on(self.scene.status(id)).key_version.number()
    }

    pub(crate) fn enroll(&self, id: &SerialId, number: u32) -> Enrollment {
        block_on(self.scene.enroll(id, &generated_password(number)))
    }

    pub(crate) fn connect(&self, enrollment: &Enrollment) {
        block_on(self.scene.connect(enrollment));
    }

    pub(crate) fn drop_key(&self, number: u32) -> Result<Outcome, DropKeyError> {
        block_on(self.registry().drop_root_key(version(number)))
    }

    pub(crate) fn uses(&self, number: u32) -> KeyUses {
        progress(self.registry()).of(version(number))
    }
}

pub(crate) fn with(
    records: Records,
    builder: plugmint::RegistryBuilder,
) -> plugmint::RegistryBuilder {
    match records {
        Records::Plain => builder,
        Records::Tagged => builder.with_tagged_records(),
    }
}

pub(crate) fn design() -> TemplateDesign {
    plugmint_tests::design().with_operator_enroll(OperatorEnroll::Allowed)
}

/// In memory and on redb, with tags and without.
pub(crate) fn everywhere(test: impl Fn(House)) {
    for records in [Records::Plain, Records::Tagged] {
        test(House::new(Arc::new(MemoryStore::new()), records));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.redb");
        let redb = RedbStore::create(path, &RedbOptions::default()).unwrap();
        test(House::new(Arc::new(redb), records));
    }
}

/// In memory, with tags and without.
pub(crate) fn in_memory(test: impl Fn(House)) {
    for records in [Records::Plain, Records::Tagged] {
        test(House::new(Arc::new(MemoryStore::new()), records));
    }
}

/// Says that it is over, also when the test fails before: whoever goes on until then comes to an
/// end.
pub(crate) struct Over<'a>(pub(crate) &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Brings everything over, and says how many records that were.
pub(crate) fn sweep(registry: &Registry) -> u64 {
    let mut swept = block_on(registry.sweep_keys(None)).unwrap();
    let mut rewritten = swept.rewritten;
    while let Some(next) = swept.next {
        swept = block_on(registry.sweep_keys(Some(&next))).unwrap();
        rewritten += swept.rewritten;
    }
    rewritten
}

pub(crate) fn progress(registry: &Registry) -> KeyProgress {
    let (mut progress, mut next) = block_on(registry.key_progress(None)).unwrap();
    while let Some(behind) = next {
        let (more, after) = block_on(registry.key_progress(Some(&behind))).unwrap();
        progress += more;
        next = after;
    }
    progress
}

/// What a device was given.
pub(crate) fn told(enrollment: &Enrollment) -> (String, String) {
    let credentials = enrollment.credentials();
    let password = credentials.connection_password().expose_text();
    (credentials.plug_id().to_string(), password.to_string())
}
