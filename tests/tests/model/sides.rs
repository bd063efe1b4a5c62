//! The registries under test: the same one over memory and over redb.

mod agreement;
mod answers;
mod controlling;
mod keeping;

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugmint::SerialId;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    AttemptLimits, AttemptRate, Feed, FeedCursor, Registry, RegistryBuilder, Store, UnixMillis,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;

use crate::operation::{Operation, SEED, designs};
use crate::reference::Model;

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

    pub(crate) fn wait(self, millis: u32) -> Self {
        self.clock.advance(Duration::from_millis(u64::from(millis)));
        self
    }

    /// Drops both registries, opens redb's file anew, and gives both the same new seed.
    pub(crate) fn reopen(self, model: &Model) -> Self {
        let Self { memory, redb, clock, directory, reopened } = self;
        let seed = SEED + 1 + reopened;
        let memory = memory.reopen(|store| store, &clock, seed, model);
        let redb = redb.reopen(
            |store| {
                drop(store);
                let path = directory.path().join("store.redb");
                Arc::new(RedbStore::open(path, &RedbOptions::default()).unwrap())
            },
            &clock,
            seed,
            model,
        );
        Self { memory, redb, clock, directory, reopened: reopened + 1 }
    }

    /// Both answer as the model does.
    pub(crate) fn answer(&self, model: &Model, operation: Operation) {
        for side in [&self.memory, &self.redb] {
            let said = block_on(side.answer(model, operation));
            assert_eq!(said, model.expected, "{operation:?}");
        }
    }

    /// Both hold what the model holds, and the same bytes.
    pub(crate) fn agree(&self, model: &Model) {
        self.memory.agrees(model);
        self.redb.agrees(model);
        assert_eq!(self.memory.records(), self.redb.records());
    }

    /// Of all connection passwords that were ever given out those connect that the model says, and
    /// no others: nothing comes back.
    pub(crate) fn nothing_comes_back(&self, model: Model) {
        self.memory.nothing_comes_back(model.clone());
        self.redb.nothing_comes_back(model);
    }
}

/// A registry over one backend, and what it has told of in its feed.
pub(crate) struct Side {
    registry: Registry,
    store: Arc<dyn Store>,
    feed: Mutex<Followed>,
}

/// A feed, and what was read of it.
struct Followed {
    feed: Feed,
    /// Since it was opened.
    since: BTreeSet<(SerialId, u64)>,
    /// The time of the last event.
    last: UnixMillis,
    /// Ever, by feeds before this one, too.
    ever: BTreeSet<(SerialId, u64)>,
}

impl Side {
    pub(crate) fn create(store: Arc<dyn Store>, clock: &Arc<FixedClock>) -> Self {
        let registry = block_on(settings(&store, clock, SEED).create(&root_key())).unwrap();
        for design in designs() {
            block_on(registry.create_template(registry.company(), design)).unwrap();
        }
        Self::over(store, registry, FeedCursor::START, BTreeSet::new())
    }

    pub(crate) fn reopen(
        self,
        store: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
        clock: &Arc<FixedClock>,
        seed: u64,
        model: &Model,
    ) -> Self {
        let Followed { feed, ever, .. } = self.feed.into_inner().unwrap();
        let cursor = feed.cursor();
        drop((feed, self.registry));
        let store = store(self.store);
        let keys = model.root_keys();
        let registry = block_on(settings(&store, clock, seed).open(&keys)).unwrap();
        Self::over(store, registry, cursor, ever)
    }

    /// Of all connection passwords that were ever given out those connect that the model says.
    pub(crate) fn nothing_comes_back(&self, mut model: Model) {
        for given in model.given.clone() {
            let expected = model.authenticate(&given);
            assert_eq!(block_on(self.authenticate(&given)), expected, "{given:?}");
        }
        self.agrees(&model);
    }

    fn over(
        store: Arc<dyn Store>,
        registry: Registry,
        cursor: FeedCursor,
        ever: BTreeSet<(SerialId, u64)>,
    ) -> Self {
        let (feed, since, last) = (registry.feed(cursor), BTreeSet::new(), UnixMillis::new(0));
        Self { registry, store, feed: Mutex::new(Followed { feed, since, last, ever }) }
    }
}

/// Nobody is held down: the model knows which passwords are right, not how often one was tried.
fn settings(store: &Arc<dyn Store>, clock: &Arc<FixedClock>, seed: u64) -> RegistryBuilder {
    let plenty = AttemptRate::new(NonZeroU32::MAX, Duration::from_millis(1));
    let attempts = AttemptLimits::default().with_per_serial(plenty).with_buckets(64);
    builder(Arc::clone(store), Arc::clone(clock), seed).with_attempt_limits(attempts)
}
