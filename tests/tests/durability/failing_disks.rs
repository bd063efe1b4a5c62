//! Disks that fail once, for good, or for want of room: who was told of success keeps it, and
//! nobody else is told so before the store is opened again.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use plugmint_redb::{Disk, RedbStore};
use plugmint_tests::{
    AuditError, CrashLog, Lives, Loss, Plan, SimDisk, Verb, panics_of_stores, register_together,
    watch_panics,
};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use crate::count;
use crate::load::{DEVICES_EACH, THREADS, audit, live, new_scene, options};

/// Devices that live on when the store was opened again.
const LATE: Range<u32> = THREADS * DEVICES_EACH..(THREADS + 1) * DEVICES_EACH;

/// Lets devices live on a disk that fails as `plan` says, opens the store again, lets others live,
/// and looks at what is kept, each time. Says whether the disk failed in anything.
fn live_on(lives: &Lives, plan: Plan) -> bool {
    let (scene, disk) = new_scene();
    let from = disk.log_len();
    disk.plan(plan);
    let ledger = live(&scene, &disk);
    let failed = disk.failures() > 0;
    if ledger.refused() > 0 {
        assert!(failed, "{plan:?}: refused for nothing");
        // It may be well again, but what it lost meanwhile nobody knows.
        disk.plan(Plan::Sound);
        let late = block_on(Verb::Register.take(&scene, 99_999));
        let told = matches!(late, Err(AuditError::Told(_)));
        assert!(told, "{plan:?}: a commit is acknowledged after a failed one");
    }
    drop(scene);
    disk.plan(Plan::Sound);
    assert!(disk.log_len() > from || failed);

    let steps = |device| ledger.steps(device, usize::MAX);
    let keeps = || {
        audit(lives, &SimDisk::new(disk.bytes()), steps)?;
        lose_power(lives, &disk, steps)?;
        // What a failed sync covered is read, and may not be on the disk.
        live_late(lives, &disk)?;
        let late = |device| if LATE.contains(&device) { 2..=2 } else { steps(device) };
        lose_power(lives, &disk, late)
    };
    keeps().unwrap_or_else(|error| panic!("{plan:?}: {error:?}"));
    failed
}

/// Looks at what is left when power is lost on top of what a disk did.
fn lose_power(
    lives: &Lives,
    disk: &SimDisk,
    steps: impl Fn(u32) -> RangeInclusive<usize>,
) -> Result<(), AuditError> {
    let mut crash = CrashLog::new(Vec::new());
    disk.log().iter().for_each(|op| crash.push(op));
    let mut random = ChaCha12Rng::seed_from_u64(1);
    for loss in Loss::ALL {
        audit(lives, &SimDisk::new(crash.image(loss, &mut random)), &steps)?;
    }
    Ok(())
}

/// Opens what a disk holds, and lets devices take their first steps.
fn live_late(lives: &Lives, disk: &Arc<SimDisk>) -> Result<(), AuditError> {
    let store = RedbStore::open_on(Arc::clone(disk) as _, &options())?;
    let scene = block_on(lives.open(Arc::new(store)))?;
    block_on(register_together(&scene, LATE))?;
    LATE.into_iter().try_for_each(|device| block_on(Verb::ReplacePasswords.take(&scene, device)))
}

fn all_lives() -> Lives {
    Lives::of(LATE.end)
}

/// How much a disk is asked to do until all devices are through.
fn operations() -> u64 {
    let (scene, disk) = new_scene();
    disk.plan(Plan::Sound);
    live(&scene, &disk);
    disk.done()
}

fn everywhere(plan: impl Fn(u64) -> Plan) {
    watch_panics();
    let lives = all_lives();
    let operations = operations();
    let tried = (count("PLUGMINT_DISK_FAILURES", 200) as u64).min(operations);
    // Spread over all that the disk is asked.
    let at = |number| number * operations / tried;
    let failed = (0..tried).filter(|number| live_on(&lives, plan(at(*number)))).count() as u64;
    println!("{failed} of {tried} operations failed, of {operations}");
    // How many there are hangs on how the threads meet.
    assert!(failed > tried / 2, "{failed} of {tried}");
    assert_eq!(panics_of_stores(), BTreeMap::new());
}

#[test]
fn an_operation_that_fails_once_costs_nothing_that_was_acknowledged() {
    everywhere(Plan::FailsOnce);
}

#[test]
fn a_disk_that_fails_for_good_costs_nothing_that_was_acknowledged() {
    everywhere(Plan::FailsFrom);
}

#[test]
fn a_write_that_fails_when_a_part_is_done_costs_nothing_that_was_acknowledged() {
    everywhere(Plan::TearsOnce);
}

#[test]
fn power_that_is_lost_at_any_operation_costs_nothing_that_was_acknowledged() {
    let losses = |at| usize::try_from(at).map(|at| Loss::ALL[at % Loss::ALL.len()]);
    everywhere(|at| Plan::LosesPower(at, losses(at).unwrap()));
}

#[test]
fn a_full_disk_costs_nothing_that_was_acknowledged() {
    watch_panics();
    let lives = all_lives();
    let (scene, disk) = new_scene();
    let least = disk.bytes().len() as u64;
    live(&scene, &disk);
    let most = disk.bytes().len() as u64;
    println!("from {least} to {most} bytes");
    let mut full = 0;
    for room in (least..=most).step_by(4096) {
        full += usize::from(live_on(&lives, Plan::FullAt(room)));
    }
    assert!(full > 0, "the disk was never full");
    assert_eq!(panics_of_stores(), BTreeMap::new());
}

#[test]
fn a_disk_that_fails_while_a_store_is_opened_costs_nothing() {
    watch_panics();
    let lives = Lives::of(THREADS * DEVICES_EACH);
    let (scene, disk) = new_scene();
    let ledger = live(&scene, &disk);
    // As a kill would leave it: the store was not closed, so that opening it writes.
    let bytes = disk.bytes();
    drop(scene);
    let open = |disk: &Arc<SimDisk>| RedbStore::open_on(Arc::clone(disk) as _, &options());
    let sound = SimDisk::new(bytes.clone());
    drop(open(&sound).unwrap());
    let operations = sound.done();
    let mut refused = 0;
    for at in 0..operations {
        for plan in [Plan::FailsOnce(at), Plan::FailsFrom(at)] {
            let disk = SimDisk::new(bytes.clone());
            disk.plan(plan);
            refused += usize::from(open(&disk).is_err());
            disk.plan(Plan::Sound);
            audit(&lives, &disk, |device| ledger.steps(device, usize::MAX))
                .unwrap_or_else(|error| panic!("{plan:?}: {error:?}"));
        }
    }
    assert!(refused > 10, "{refused} of {operations}");
    assert_eq!(panics_of_stores(), BTreeMap::new());
}

#[test]
fn what_a_failed_sync_covered_may_be_lost_though_the_next_one_is_passed() {
    let disk = SimDisk::new(vec![0; 3]);
    disk.plan(Plan::FailsNextSync);
    disk.write(0, &[1]).unwrap();
    disk.sync_data().unwrap_err();
    disk.write(1, &[2]).unwrap();
    disk.sync_data().unwrap();
    disk.write(2, &[3]).unwrap();
    let mut crash = CrashLog::new(vec![0; 3]);
    disk.log().iter().for_each(|op| crash.push(op));
    let image = |loss| crash.image(loss, &mut ChaCha12Rng::seed_from_u64(1));
    assert_eq!(image(Loss::Nothing), [1, 2, 3]);
    assert_eq!(image(Loss::Everything), [0, 2, 0]);
}
