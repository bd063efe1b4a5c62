//! Devices that live their lives on several threads at once, and what each was told, and when.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::thread;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{
    AuditError, LIFE, Lives, Scene, SimDisk, TOGETHER, Verb, begin_lives, register_together,
};
use pollster::block_on;

/// Threads, and devices that each of them registers in one commit.
pub(crate) const THREADS: u32 = 4;
pub(crate) const DEVICES_EACH: u32 = TOGETHER;

/// When steps of devices were begun and acknowledged, by how much the disk had done.
#[derive(Default)]
pub(crate) struct Ledger {
    begun: Vec<Entry>,
    acknowledged: Vec<Entry>,
    refused: usize,
}

struct Entry {
    device: u32,
    steps: usize,
    at: usize,
}

impl Ledger {
    /// How many steps of a device must be there, and may be, when the disk stops at `at`.
    pub(crate) fn steps(&self, device: u32, at: usize) -> RangeInclusive<usize> {
        let most = |entries: &[Entry]| {
            let of = entries.iter().filter(|entry| entry.device == device && entry.at <= at);
            of.map(|entry| entry.steps).max().unwrap_or(0)
        };
        most(&self.acknowledged)..=most(&self.begun)
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// How many threads were told of a failure.
    pub(crate) fn refused(&self) -> usize {
        self.refused
    }
}

/// How far a device gets: each another way.
fn goal(device: u32) -> usize {
    1 + device as usize % LIFE.len()
}

/// Lets all devices live until they are through, or their thread is told of a failure.
pub(crate) fn live(scene: &Scene, disk: &SimDisk) -> Ledger {
    let ledger = Mutex::new(Ledger::default());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let ledger = &ledger;
            scope.spawn(move || live_on_one_thread(scene, disk, thread, ledger));
        }
    });
    ledger.into_inner().unwrap()
}

fn live_on_one_thread(scene: &Scene, disk: &SimDisk, thread: u32, ledger: &Mutex<Ledger>) {
    let devices = || (thread * DEVICES_EACH)..((thread + 1) * DEVICES_EACH);
    let note = |steps, device| Entry { device, steps, at: disk.log_len() };
    let begin = |device, steps| ledger.lock().unwrap().begun.push(note(steps, device));
    let acknowledge = |device, steps| ledger.lock().unwrap().acknowledged.push(note(steps, device));
    let refused = |error| match error {
        AuditError::Told(_) => ledger.lock().unwrap().refused += 1,
        AuditError::Wrong(wrong) => panic!("{wrong}"),
    };

    devices().for_each(|device| begin(device, 1));
    if let Err(error) = block_on(register_together(scene, devices())) {
        return refused(error);
    }
    devices().for_each(|device| acknowledge(device, 1));
    for (step, verb) in LIFE.into_iter().enumerate().skip(1) {
        for device in devices().filter(|device| goal(*device) > step) {
            begin(device, step + 1);
            if let Err(error) = block_on(Verb::take(verb, scene, device)) {
                return refused(error);
            }
            acknowledge(device, step + 1);
        }
    }
}

/// A new store on a disk of its own, with the registry of these lives.
pub(crate) fn new_scene() -> (Scene, Arc<SimDisk>) {
    let disk = SimDisk::new(Vec::new());
    let store = RedbStore::create_on(Arc::clone(&disk) as _, &options()).unwrap();
    (block_on(begin_lives(Arc::new(store))), disk)
}

/// Opens what a disk holds, and holds it against what must be there and may be.
pub(crate) fn audit(
    lives: &Lives,
    disk: &Arc<SimDisk>,
    steps: impl Fn(u32) -> RangeInclusive<usize>,
) -> Result<Vec<usize>, AuditError> {
    let store = RedbStore::open_on(Arc::clone(disk) as _, &options())?;
    audit_store(lives, store, steps)
}

/// Holds a store against what must be there and may be.
pub(crate) fn audit_store(
    lives: &Lives,
    store: RedbStore,
    steps: impl Fn(u32) -> RangeInclusive<usize>,
) -> Result<Vec<usize>, AuditError> {
    let scene = block_on(lives.open(Arc::new(store)))?;
    lives.audit(&scene, steps)
}

/// Opens what a disk holds, holds it against what must be there and may be, and lets all devices
/// that are there live on to their end.
pub(crate) fn live_on(
    lives: &Lives,
    disk: &Arc<SimDisk>,
    steps: impl Fn(u32) -> RangeInclusive<usize>,
) -> Result<(), AuditError> {
    let store = RedbStore::open_on(Arc::clone(disk) as _, &options())?;
    let scene = block_on(lives.open(Arc::new(store)))?;
    let taken = lives.audit(&scene, steps)?;
    lives.live_on(&scene, &taken)
}

pub(crate) fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(4)
}
