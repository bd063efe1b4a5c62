//! Two rotations under a fleet that connects all the time and one that is silent.

use std::cell::Cell;
use std::env;
use std::thread;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use plugmint_store::{Batch, CommitError, Key, Record, Revision, StoreError};

use crate::prelude::*;

thread_local! {
    /// Whether this thread does nothing but let devices connect.
    static CONNECTS: Cell<bool> = const { Cell::new(false) };
}

/// Counts the commits that are asked for by threads that let devices connect.
struct Watched(Arc<dyn Store>, AtomicUsize);

#[async_trait]
impl Store for Watched {
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
        self.1.fetch_add(usize::from(CONNECTS.get()), Ordering::SeqCst);
        self.0.commit(batch).await
    }
}

fn count_of(name: &str, default: u32) -> u32 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

const AT_ONCE: usize = 512;

/// Registers serials from `from` on, a thousand in a commit.
fn register_all(house: &House, from: u32, count: u32) {
    let numbers: Vec<_> = (from..from + count).collect();
    let ada = &house.scene.ada;
    for part in numbers.chunks(1_000) {
        let new = part.iter().map(|n| new_serial(&format!("SN-{n}"), &generated_password(*n)));
        let template = house.scene.template.id();
        let verdicts = block_on(house.registry().register_all(template, new.collect(), ada));
        assert!(verdicts.unwrap().iter().all(Result::is_ok));
    }
}

/// Enrolls and connects serials from `from` on, many at once.
fn enroll_all(house: &House, from: u32, count: u32) -> Vec<Enrollment> {
    let enroll = |n: u32| async move {
        let id = house.scene.id(&format!("SN-{n}"));
        let enrollment = house.scene.enroll(&id, &generated_password(n)).await;
        house.scene.connect(&enrollment).await;
        enrollment
    };
    block_on(stream::iter(from..from + count).map(enroll).buffered(AT_ONCE).collect())
}

/// Lets each device connect; how many were refused.
fn connect_all(registry: &Registry, enrollments: &[Enrollment]) -> usize {
    let connect = |enrollment: &&Enrollment| {
        let credentials = enrollment.credentials();
        let password = credentials.connection_password();
        block_on(registry.authenticate(credentials.plug_id(), password)).is_err()
    };
    enrollments.iter().filter(connect).count()
}

#[test]
fn two_rotations_under_a_fleet_refuse_nobody_and_both_old_roots_can_be_destroyed() {
    let (connecting, silent) =
        (count_of("PLUGMINT_CONNECTING", 2_000), count_of("PLUGMINT_SILENT", 500));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let redb = Arc::new(RedbStore::create(&path, &RedbOptions::default()).unwrap());
    let watched = Arc::new(Watched(redb, AtomicUsize::new(0)));
    let house = House::new(Arc::clone(&watched) as _, Records::Tagged);
    register_all(&house, 0, connecting + silent);
    let enrollments = enroll_all(&house, 0, connecting);

    let (is_over, passes, refused) =
        (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let fleet = scope.spawn(|| {
            CONNECTS.set(true);
            while !is_over.load(Ordering::SeqCst) {
                refused.fetch_add(connect_all(house.registry(), &enrollments), Ordering::SeqCst);
                passes.fetch_add(1, Ordering::SeqCst);
            }
        });
        let over = Over(&is_over);
        for (keys, old) in [(&[1, 2][..], 1), (&[1, 2, 3], 2)] {
            house.rotate(keys);
            let rewritten = sweep(house.registry());
            assert_eq!(house.drop_key(old).unwrap(), Outcome::Done);
            let seen = passes.load(Ordering::SeqCst);
            println!("{rewritten} records are under a newer version than {old}; pass {seen}");
            // Everybody has connected since.
            while passes.load(Ordering::SeqCst) < seen + 2 {
                thread::yield_now();
            }
        }
        drop(over);
        fleet.join().unwrap();
    });
    let connections = passes.load(Ordering::SeqCst) * enrollments.len();
    println!("{connections} connections, {} refused", refused.load(Ordering::SeqCst));
    assert_eq!(refused.load(Ordering::SeqCst), 0);
    assert_eq!(watched.1.load(Ordering::SeqCst), 0);

    // Both old roots are gone, and the process too.
    let House { store, records, scene } = house;
    let Scene { registry, clock, template, ada } = scene;
    drop((store, watched, registry));
    let store: Arc<dyn Store> = Arc::new(RedbStore::open(&path, &RedbOptions::default()).unwrap());
    let settings = with(records, builder(Arc::clone(&store), Arc::clone(&clock), 2));
    let registry = block_on(settings.open(&Keys::of(&[3]))).unwrap();
    let house = House { store, records, scene: Scene { registry, clock, template, ada } };
    silent_ones_come(&house, &enrollments, connecting, silent);
}

fn silent_ones_come(house: &House, enrollments: &[Enrollment], connecting: u32, silent: u32) {
    let late = enroll_all(house, connecting, silent);
    assert_eq!(late.len(), usize::try_from(silent).unwrap());
    assert_eq!(connect_all(house.registry(), enrollments), 0);
    assert_eq!(connect_all(house.registry(), &late), 0);
    let old = house.scene.id("SN-0");
    let seen = block_on(house.scene.status(&old)).epoch;
    let reactivate = house.registry().reactivate(&old, seen, &house.scene.ada);
    block_on(reactivate).unwrap();
    let again = house.enroll(&old, 0);
    assert_eq!(told(&again).0, told(&enrollments[0]).0);
    house.connect(&again);
    assert_eq!(house.version_of(&old), 1);
}
