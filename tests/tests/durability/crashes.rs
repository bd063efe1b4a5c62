//! Power lost at every write, with what was not synced there, gone, in part, in disorder or torn.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use plugmint_redb::RedbStore;
use plugmint_store::{Batch, Guard, Key, OpenStoreError, Store};
use plugmint_tests::{
    AuditError, CrashLog, DiskOp, Lives, Loss, SimDisk, panics_of_stores, watch_panics,
};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::count;
use crate::load::{DEVICES_EACH, Ledger, THREADS, audit, live, live_on, new_scene, options};

/// A run of devices on a disk that kept a log.
struct Run {
    log: Vec<DiskOp>,
    /// Where the devices began.
    from: usize,
    ledger: Ledger,
}

fn run() -> Run {
    let (scene, disk) = new_scene();
    let from = disk.log_len();
    let ledger = live(&scene, &disk);
    drop(scene);
    Run { log: disk.log(), from, ledger }
}

/// Crashes at each write of a run, `worker` of `workers`, until there were enough; says how many
/// images and how many crashes in recovery there were.
fn crash_everywhere(
    run: &Run,
    lives: &Lives,
    seed: u64,
    (worker, workers): (usize, usize),
    left: &AtomicUsize,
) -> (usize, usize) {
    let mut random = ChaCha12Rng::seed_from_u64(seed ^ worker as u64);
    let mut crash = CrashLog::new(Vec::new());
    let (mut images, mut recoveries) = (0, 0);
    for (at, op) in run.log.iter().enumerate() {
        if at >= run.from && at % workers == worker {
            for loss in Loss::ALL {
                if left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                    .is_err()
                {
                    return (images, recoveries);
                }
                let told = || format!("seed {seed}, crash at {at} of {}, {loss:?}", run.log.len());
                let disk = SimDisk::new(crash.image(loss, &mut random));
                let before = disk.bytes();
                let steps = |device| run.ledger.steps(device, at);
                let found = catch_unwind(AssertUnwindSafe(|| audit(lives, &disk, steps)));
                let found = found.unwrap_or_else(|_| Err(AuditError::Wrong("a panic".to_owned())));
                found.unwrap_or_else(|error| panic!("{}: {error:?}", told()));
                images += 1;
                if images % LIVES_GO_ON == 0 {
                    live_on(lives, &SimDisk::new(before.clone()), steps)
                        .unwrap_or_else(|error| panic!("{}, and later: {error:?}", told()));
                }
                if images % 4 == 0 {
                    crash_in_recovery(before, lives, &mut random, steps)
                        .unwrap_or_else(|error| panic!("{}, and in recovery: {error:?}", told()));
                    recoveries += 1;
                }
            }
        }
        crash.push(op);
    }
    (images, recoveries)
}

/// Behind one image of so many the devices live on.
const LIVES_GO_ON: usize = 50;

/// Opens an image, and crashes while that writes.
fn crash_in_recovery(
    image: Vec<u8>,
    lives: &Lives,
    random: &mut ChaCha12Rng,
    steps: impl Fn(u32) -> std::ops::RangeInclusive<usize>,
) -> Result<(), AuditError> {
    let disk = SimDisk::new(image.clone());
    drop(RedbStore::open_on(Arc::clone(&disk) as _, &options())?);
    let log = disk.log();
    let at = usize::try_from(random.next_u64() % (log.len() as u64 + 1)).unwrap();
    let mut crash = CrashLog::new(image);
    log.iter().take(at).for_each(|op| crash.push(op));
    let loss = Loss::ALL[random.next_u32() as usize % Loss::ALL.len()];
    audit(lives, &SimDisk::new(crash.image(loss, random)), steps).map(drop)
}

#[test]
fn after_a_crash_at_any_write_every_acknowledged_step_is_there_and_none_by_half() {
    watch_panics();
    let images = count("PLUGMINT_CRASH_IMAGES", 10_000);
    let lives = Lives::of(THREADS * DEVICES_EACH);
    let left = AtomicUsize::new(images);
    let (mut tried, mut recovered, mut seed) = (0, 0, 0);
    while left.load(Ordering::SeqCst) > 0 {
        let run = run();
        assert!(run.ledger.acknowledged() > 100, "the devices live");
        assert_eq!(run.ledger.refused(), 0, "a sound disk fails nobody");
        let workers = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let (run, lives, left) = (&run, &lives, &left);
            let all: Vec<_> = (0..workers)
                .map(|worker| {
                    scope.spawn(move || crash_everywhere(run, lives, seed, (worker, workers), left))
                })
                .collect();
            for one in all {
                let (images, recoveries) = one.join().unwrap();
                tried += images;
                recovered += recoveries;
            }
        });
        seed += 1;
    }
    println!(
        "{tried} crash images of {seed} runs, {recovered} crashes in recovery: 0 lost, 0 torn"
    );
    assert_eq!(tried, images);
    assert_eq!(panics_of_stores(), BTreeMap::new());
}

/// Whether a disk holds a store, which then must be empty and serve.
fn is_made(image: Vec<u8>) -> bool {
    let disk = SimDisk::new(image);
    let open = || RedbStore::open_on(Arc::clone(&disk) as _, &options());
    let store = match open() {
        Ok(store) => store,
        Err(
            OpenStoreError::Foreign | OpenStoreError::Truncated { .. } | OpenStoreError::Damaged(_),
        ) => return false,
        Err(error) => panic!("{error:?}"),
    };
    let all = |store: &RedbStore| block_on(store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
    assert!(all(&store).is_empty());
    let batch = Batch::new().put(Key::new(b"first").unwrap(), Guard::Absent, vec![1]).unwrap();
    block_on(store.commit(batch)).unwrap();
    drop(store);
    assert_eq!(all(&open().unwrap()).len(), 1);
    true
}

#[test]
fn what_a_crash_while_a_store_is_made_leaves_is_empty_and_serves_or_says_that_it_is_no_store() {
    watch_panics();
    let disk = SimDisk::new(Vec::new());
    let store = RedbStore::create_on(Arc::clone(&disk) as _, &options()).unwrap();
    let told_at = disk.log_len();
    drop(store);
    let mut random = ChaCha12Rng::seed_from_u64(7);
    let mut crash = CrashLog::new(Vec::new());
    let (mut made, mut images) = (0, 0);
    for (number, op) in disk.log().iter().enumerate() {
        crash.push(op);
        for loss in Loss::ALL.repeat(20) {
            let is_made = is_made(crash.image(loss, &mut random));
            assert!(is_made || number + 1 < told_at, "{loss:?} at {number}: it was told");
            made += usize::from(is_made);
            images += 1;
        }
    }
    println!("{images} crashes while a store is made, {made} of them leave one");
    assert!(0 < made && made < images);
    assert_eq!(panics_of_stores(), BTreeMap::new());
}
