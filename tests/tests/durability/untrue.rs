//! A disk and a store that break their promises: the audit finds them.

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

use async_trait::async_trait;
use plugmint_memory::MemoryStore;
use plugmint_redb::{Disk, RedbStore};
use plugmint_store::{Batch, CommitError, Key, Operation, Record, Revision, Store, StoreError};
use plugmint_tests::{
    AuditError, CrashLog, DiskOp, LIFE, Lives, Loss, Plan, SimDisk, TOGETHER, begin_lives,
    register_together,
};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use crate::load::{DEVICES_EACH, audit, options};

/// A disk that says that it synced and did not.
#[derive(Debug)]
struct Forgetful {
    disk: Arc<SimDisk>,
    syncs: Syncs,
}

#[derive(Debug)]
enum Syncs {
    /// It does not sync at all.
    Swallowed,
    /// It syncs again when a sync failed: what that one covered may be lost.
    Repeated,
}

impl Disk for Forgetful {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.syncs {
            Syncs::Swallowed => Ok(()),
            Syncs::Repeated => self.disk.sync_data().or_else(|_| self.disk.sync_data()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.disk.write(offset, data)
    }
}

/// A store that answers before it commits.
struct Hasty(Arc<RedbStore>);

#[async_trait]
impl Store for Hasty {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        self.0.get(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.0.scan(prefix, after, limit).await
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        // It is handed over, and nobody waits for what becomes of it.
        let polled = pin!(self.0.commit(batch)).poll(&mut Context::from_waker(Waker::noop()));
        drop(polled);
        Ok(Revision::from_parts([0; 16]))
    }
}

/// A store of which one look-up fails.
struct Flaky {
    store: MemoryStore,
    sound: AtomicUsize,
}

impl Flaky {
    fn look_up(&self) -> Result<(), StoreError> {
        match self.sound.fetch_sub(1, Ordering::SeqCst) {
            0 => Err(StoreError::lasting("flaky", Operation::Get, "it fails")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Store for Flaky {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        self.look_up()?;
        self.store.get(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.look_up()?;
        self.store.scan(prefix, after, limit).await
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.store.commit(batch).await
    }
}

/// What the audit says of crash images in which every device must have been registered.
fn said_of(log: &[DiskOp]) -> BTreeSet<&'static str> {
    let lives = Lives::of(DEVICES_EACH);
    let mut crash = CrashLog::new(Vec::new());
    for op in log {
        crash.push(op);
    }
    let mut random = ChaCha12Rng::seed_from_u64(5);
    let image = |loss| SimDisk::new(crash.image(loss, &mut random));
    let said = Loss::ALL.map(image).map(|disk| match audit(&lives, &disk, |_| 1..=1) {
        Ok(_) => "right",
        Err(AuditError::Told(_)) => "told",
        Err(AuditError::Wrong(_)) => "wrong",
    });
    said.into_iter().collect()
}

/// What it says when power is lost after devices were registered: `disk` stands between the store
/// and what keeps the log, and `store` between the registry and the store.
fn said_after(
    disk: impl FnOnce(Arc<SimDisk>) -> Arc<dyn Disk>,
    store: impl FnOnce(RedbStore, &SimDisk) -> Arc<dyn Store>,
) -> BTreeSet<&'static str> {
    let sim = SimDisk::new(Vec::new());
    let made = RedbStore::create_on(Arc::clone(&sim) as _, &options()).unwrap();
    drop(block_on(begin_lives(Arc::new(made))));
    let opened = RedbStore::open_on(disk(Arc::clone(&sim)), &options()).unwrap();
    let scene = block_on(Lives::of(0).open(store(opened, &sim))).unwrap();
    block_on(register_together(&scene, 0..DEVICES_EACH)).unwrap();
    let log = sim.log();
    sim.open_gate();
    said_of(&log)
}

#[test]
fn a_disk_and_a_store_that_keep_their_promises_are_right() {
    let said = said_after(|disk| disk, |store, _| Arc::new(store));
    assert_eq!(said, BTreeSet::from(["right"]));
}

#[test]
fn a_disk_that_swallows_syncs_is_found() {
    let swallows =
        |disk| -> Arc<dyn Disk> { Arc::new(Forgetful { disk, syncs: Syncs::Swallowed }) };
    let said = said_after(swallows, |store, _| Arc::new(store));
    assert!(said.contains("wrong"), "{said:?}");
}

#[test]
fn a_disk_that_syncs_again_when_a_sync_failed_is_found() {
    let repeats = |disk| -> Arc<dyn Disk> { Arc::new(Forgetful { disk, syncs: Syncs::Repeated }) };
    let failing = |store, disk: &SimDisk| -> Arc<dyn Store> {
        disk.plan(Plan::FailsNextSync);
        Arc::new(store)
    };
    let said = said_after(repeats, failing);
    assert!(said.contains("wrong") || said.contains("told"), "{said:?}");
}

#[test]
fn a_store_that_answers_before_it_commits_is_found() {
    let hasty = |store, disk: &SimDisk| -> Arc<dyn Store> {
        disk.shut_gate();
        Arc::new(Hasty(Arc::new(store)))
    };
    let said = said_after(|disk| disk, hasty);
    assert!(said.contains("wrong"), "{said:?}");
}

#[test]
fn a_look_up_that_fails_is_told_and_never_taken_for_nothing() {
    let sound = AtomicUsize::new(usize::MAX);
    let store = Arc::new(Flaky { store: MemoryStore::new(), sound });
    let scene = block_on(begin_lives(Arc::clone(&store) as _));
    // Devices at every other step, and as many that are not there.
    let steps = |device: u32| if device < TOGETHER { 2 * device as usize + 2 } else { 0 };
    block_on(register_together(&scene, 0..TOGETHER)).unwrap();
    for device in 0..TOGETHER {
        for verb in &LIFE[1..steps(device)] {
            block_on(verb.take(&scene, device)).unwrap();
        }
    }
    let lives = Lives::of(2 * TOGETHER);
    let audited = |sound| {
        store.sound.store(sound, Ordering::SeqCst);
        let scene = block_on(lives.open(Arc::clone(&store) as _))?;
        lives.audit(&scene, |device| steps(device)..=steps(device))
    };
    let mut failures = 0;
    while let Err(error) = audited(failures) {
        assert!(matches!(error, AuditError::Told(_)), "at {failures}: {error}");
        failures += 1;
    }
    audited(usize::MAX).unwrap();
    let look_ups = usize::MAX - store.sound.load(Ordering::SeqCst);
    assert_eq!(failures, look_ups, "it stops at the first that is taken for nothing");
}
