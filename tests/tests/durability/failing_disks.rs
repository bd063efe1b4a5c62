//! Disks that fail once, for good, or for want of room: who was told of success keeps it, and nobody
//! else is told so before the store is opened again.

use std::sync::Arc;

use plugmint_redb::RedbStore;
use plugmint_tests::{CrashLog, Lives, Loss, Plan, SimDisk, Verb};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use crate::load::{AuditError, DEVICES_EACH, THREADS, audit, live, new_scene, options};

/// Lets devices live on a disk that fails as `plan` says, and looks at what is kept. Says whether
/// the disk was asked to do what it then did not.
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
        assert!(late.is_err(), "{plan:?}: a commit is acknowledged after a failed one");
    }
    drop(scene);
    disk.plan(Plan::Sound);

    let told = |error: AuditError| panic!("{plan:?}: {error:?}");
    let steps = |device| ledger.steps(device, usize::MAX);
    let log = disk.log();
    audit(lives, &SimDisk::new(disk.bytes()), steps).unwrap_or_else(told);
    // Nor does it help to lose power on top of it.
    let mut crash = CrashLog::new(Vec::new());
    for op in &log {
        crash.push(op);
    }
    assert!(log.len() > from || failed);
    let mut random = ChaCha12Rng::seed_from_u64(1);
    for loss in [Loss::Everything, Loss::Torn] {
        let disk = SimDisk::new(crash.image(loss, &mut random));
        audit(lives, &disk, steps).unwrap_or_else(told);
    }
    failed
}

/// How much a disk is asked to do until all devices are through.
fn operations() -> u64 {
    let (scene, disk) = new_scene();
    disk.plan(Plan::Sound);
    live(&scene, &disk);
    disk.done()
}

fn everywhere(plan: impl Fn(u64) -> Plan) {
    let lives = Lives::of(THREADS * DEVICES_EACH);
    let operations = operations();
    let failed = (0..operations).filter(|at| live_on(&lives, plan(*at))).count() as u64;
    println!("{failed} of {operations} operations failed");
    // How many there are hangs on how the threads meet.
    assert!(failed > operations / 2, "{failed} of {operations}");
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
fn a_full_disk_costs_nothing_that_was_acknowledged() {
    let lives = Lives::of(THREADS * DEVICES_EACH);
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
}

#[test]
fn a_disk_that_fails_while_a_store_is_opened_costs_nothing() {
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
}
