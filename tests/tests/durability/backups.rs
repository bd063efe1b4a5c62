//! Backups of a store that serves, and stores that are made of them.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};

use plugmint_redb::{BackupError, RedbStore, RestoreError};
use plugmint_store::{Batch, CreateStoreError, Guard, Key, OpenStoreError, Store};
use plugmint_tests::{Lives, SimDisk, begin_lives};
use pollster::block_on;
use tempfile::TempDir;

use crate::load::{DEVICES_EACH, THREADS, audit_store, live, options};

fn entries(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

/// A store on a disk in memory with so many records.
fn filled(records: u32, age: Duration) -> RedbStore {
    let disk = SimDisk::new(Vec::new());
    let store = RedbStore::create_on(disk as _, &options().with_snapshot_age(age)).unwrap();
    for from in (0..records).step_by(10_000) {
        let batch = (from..records.min(from + 10_000)).fold(Batch::new(), |batch, number| {
            let key = Key::new(&number.to_be_bytes()).unwrap();
            batch.put(key, Guard::Absent, vec![7; 20]).unwrap()
        });
        block_on(store.commit(batch)).unwrap();
    }
    store
}

const AGES: Duration = Duration::from_secs(600);

#[test]
fn a_backup_that_is_made_while_devices_live_is_one_moment_of_their_lives() {
    let directory = TempDir::new().unwrap();
    let disk = SimDisk::new(Vec::new());
    let store = Arc::new(RedbStore::create_on(Arc::clone(&disk) as _, &options()).unwrap());
    let scene = block_on(begin_lives(Arc::clone(&store) as _));
    let lives = Lives::of(THREADS * DEVICES_EACH);
    let (ledger, taken) = std::thread::scope(|scope| {
        let devices = scope.spawn(|| live(&scene, &disk));
        let mut taken = Vec::new();
        while !devices.is_finished() {
            let path = directory.path().join(format!("backup-{}", taken.len()));
            let begun = disk.log_len();
            block_on(store.snapshot(&path)).unwrap();
            taken.push((path, begun, disk.log_len()));
        }
        (devices.join().unwrap(), taken)
    });
    assert!(!taken.is_empty());
    for (number, (backup, begun, ended)) in taken.iter().enumerate() {
        let restored = directory.path().join(format!("restored-{number}"));
        let store = RedbStore::restore(backup, &restored, &options()).unwrap();
        let steps =
            |device| *ledger.steps(device, *begun).start()..=*ledger.steps(device, *ended).end();
        audit_store(&lives, store, steps).unwrap();
    }
    println!("{} backups", taken.len());
}

#[test]
fn a_backup_holds_everything_and_revisions_go_on_behind_it() {
    let directory = TempDir::new().unwrap();
    let (backup, restored) = (directory.path().join("backup"), directory.path().join("restored"));
    let store = filled(45_000, AGES);
    let written = block_on(store.snapshot(&backup)).unwrap();
    assert_eq!(written.records(), 45_000);
    let before = fs::read(&backup).unwrap();
    let copy = RedbStore::restore(&backup, &restored, &options()).unwrap();
    assert_eq!(fs::read(&backup).unwrap(), before, "a backup is not touched");
    let all = |store: &RedbStore| block_on(store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
    assert!(all(&store) == all(&copy));
    let new = Batch::new().put(Key::new(b"new").unwrap(), Guard::Absent, vec![]).unwrap();
    let revision = block_on(copy.commit(new)).unwrap();
    assert!(all(&store).iter().all(|(_, record)| record.revision() != revision));
}

#[test]
fn nothing_is_overwritten_and_nothing_left_behind() {
    let directory = TempDir::new().unwrap();
    let store = filled(10, AGES);
    let taken = directory.path().join("taken");
    fs::write(&taken, "mine").unwrap();
    let refused = block_on(store.snapshot(&taken)).unwrap_err();
    assert!(matches!(refused, BackupError::AlreadyExists));
    let backup = directory.path().join("backup");
    block_on(store.snapshot(&backup)).unwrap();
    let refused = RedbStore::restore(&backup, &taken, &options()).unwrap_err();
    assert!(matches!(refused, RestoreError::Create(CreateStoreError::AlreadyExists)));
    assert_eq!(fs::read_to_string(&taken).unwrap(), "mine");
    let nowhere = directory.path().join("missing").join("backup");
    let refused = block_on(store.snapshot(&nowhere)).unwrap_err();
    assert!(matches!(refused, BackupError::Failed(_)));
    assert_eq!(entries(directory.path()), 2);
}

#[test]
fn a_backup_that_is_no_whole_store_is_refused_by_what_is_wrong_with_it() {
    let directory = TempDir::new().unwrap();
    let (backup, restored) = (directory.path().join("backup"), directory.path().join("restored"));
    block_on(filled(2_000, AGES).snapshot(&backup)).unwrap();
    let whole = fs::read(&backup).unwrap();
    let refusal = |bytes: &[u8]| {
        fs::write(&backup, bytes).unwrap();
        let refused = RedbStore::restore(&backup, &restored, &options()).unwrap_err();
        assert_eq!(entries(directory.path()), 1, "something is left of it");
        match refused {
            RestoreError::Invalid(error) => error,
            error => panic!("{error:?}"),
        }
    };
    assert!(matches!(refusal(b"a file"), OpenStoreError::Foreign));
    assert!(matches!(refusal(b""), OpenStoreError::Truncated { .. }));
    assert!(matches!(refusal(&whole[..whole.len() - 1]), OpenStoreError::Truncated { .. }));
    let mut changed = whole;
    changed[4096..].iter_mut().step_by(64).for_each(|byte| *byte ^= 1);
    assert!(matches!(refusal(&changed), OpenStoreError::Damaged(_)));
    fs::remove_file(&backup).unwrap();
    let refused = RedbStore::restore(&backup, &restored, &options()).unwrap_err();
    assert!(matches!(refused, RestoreError::Unread(_)));
}

#[test]
fn a_backup_that_takes_longer_than_a_state_may_be_held_is_given_up() {
    let directory = TempDir::new().unwrap();
    let store = filled(10, Duration::ZERO);
    let refused = block_on(store.snapshot(directory.path().join("backup"))).unwrap_err();
    assert!(matches!(refused, BackupError::TooOld { age: Duration::ZERO }));
    assert_eq!(entries(directory.path()), 0);
}

#[test]
fn a_backup_that_nobody_waits_for_any_more_is_given_up() {
    let directory = TempDir::new().unwrap();
    let store = filled(60_000, AGES);
    {
        let mut backup = pin!(store.snapshot(directory.path().join("backup")));
        assert!(backup.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        while entries(directory.path()) == 0 {
            std::thread::yield_now();
        }
    }
    while entries(directory.path()) > 0 {
        assert!(!directory.path().join("backup").exists(), "it was finished");
        std::thread::yield_now();
    }
}

#[test]
fn who_has_dropped_a_store_finds_nothing_of_a_backup_that_was_given_up() {
    let directory = TempDir::new().unwrap();
    let store = filled(60_000, AGES);
    {
        let mut backup = pin!(store.snapshot(directory.path().join("backup")));
        assert!(backup.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        while entries(directory.path()) == 0 {
            std::thread::yield_now();
        }
    }
    drop(store);
    assert_eq!(entries(directory.path()), 0);
}

#[test]
fn what_a_killed_backup_left_is_deleted_by_the_next_one_and_what_is_written_is_not() {
    let directory = TempDir::new().unwrap();
    let file = |name: &str| directory.path().join(name);
    for name in [".plugmint-left.new", ".plugmint-written.new", ".plugmint-mine", "mine.new"] {
        fs::write(file(name), "x").unwrap();
        if !name.contains("written") {
            let made = fs::File::options().write(true).open(file(name)).unwrap();
            made.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
    }
    block_on(filled(10, AGES).snapshot(file("backup"))).unwrap();
    assert!(!file(".plugmint-left.new").exists());
    assert_eq!(entries(directory.path()), 4);
}

#[test]
fn a_store_that_is_held_is_no_backup() {
    let directory = TempDir::new().unwrap();
    let (held, restored) = (directory.path().join("held"), directory.path().join("restored"));
    let store = RedbStore::create(&held, &options()).unwrap();
    let refused = RedbStore::restore(&held, &restored, &options()).unwrap_err();
    assert!(matches!(refused, RestoreError::Held), "{refused:?}");
    drop(store);
    assert_eq!(entries(directory.path()), 1);
    RedbStore::restore(&held, &restored, &options()).unwrap();
}

#[test]
fn what_is_no_regular_file_is_no_backup() {
    let directory = TempDir::new().unwrap();
    for other in [directory.path(), Path::new("/dev/zero")] {
        let refused = RedbStore::restore(other, directory.path().join("restored"), &options());
        assert!(matches!(refused, Err(RestoreError::Unread(_))));
        assert_eq!(entries(directory.path()), 0);
    }
}
