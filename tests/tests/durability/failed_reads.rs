//! A disk that fails once, to a reader: what is read afterwards is right or an error.

use std::error::Error as _;
use std::sync::Arc;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, CommitError, Guard, Key, Store, StoreError};
use plugmint_tests::{Plan, SimDisk};
use pollster::block_on;

const RECORDS: usize = 1_000;

fn key(number: usize) -> Key {
    Key::new(format!("record-{number:04}").as_bytes()).unwrap()
}

fn put(number: usize) -> Batch {
    Batch::new().put(key(number), Guard::Absent, vec![7; 500]).unwrap()
}

/// A store without a cache, so that each look-up reads the disk.
fn store() -> (RedbStore, Arc<SimDisk>) {
    let disk = SimDisk::new(Vec::new());
    let options = RedbOptions::default().with_cache_mib(0);
    let store = RedbStore::create_on(Arc::clone(&disk) as _, &options).unwrap();
    for number in 0..RECORDS {
        block_on(store.commit(put(number))).unwrap();
    }
    (store, disk)
}

fn says_to_reopen(error: &StoreError) -> bool {
    let source = error.source().map(ToString::to_string);
    !error.is_transient() && source.is_some_and(|told| told.contains("open it again"))
}

/// Every record is read as it was put, or is an error that says what to do; how many are read.
fn read_all(store: &RedbStore) -> usize {
    let mut read = 0;
    for number in 0..RECORDS {
        match block_on(store.get(&key(number))) {
            Ok(Some(record)) => {
                assert_eq!(record.value(), [7; 500]);
                read += 1;
            }
            Ok(None) => panic!("an acknowledged record is told as not there"),
            Err(error) => assert!(says_to_reopen(&error), "{error:?}"),
        }
    }
    read
}

fn is_whole_when_reopened(store: RedbStore, disk: Arc<SimDisk>) {
    drop(store);
    let store = RedbStore::open_on(disk as _, &RedbOptions::default()).unwrap();
    assert_eq!(read_all(&store), RECORDS);
    block_on(store.commit(put(RECORDS + 1))).unwrap();
}

#[test]
fn after_a_failed_commit_a_read_is_right_or_an_error_until_the_store_is_reopened() {
    let (store, disk) = store();
    assert_eq!(read_all(&store), RECORDS);
    disk.plan(Plan::FailsFrom(0));
    block_on(store.commit(put(RECORDS))).unwrap_err();
    disk.plan(Plan::Sound);
    let read = read_all(&store);
    assert!(read < RECORDS, "the documentation says that reads fail too");
    is_whole_when_reopened(store, disk);
}

#[test]
fn after_a_failed_read_nothing_is_committed_until_the_store_is_reopened() {
    let (store, disk) = store();
    disk.plan(Plan::FailsOnce(0));
    let error = block_on(store.get(&key(0))).unwrap_err();
    assert!(says_to_reopen(&error), "{error:?}");
    let refused = block_on(store.commit(put(RECORDS))).unwrap_err();
    let CommitError::Store(error) = refused else { panic!("{refused:?}") };
    assert!(says_to_reopen(&error), "{error:?}");
    is_whole_when_reopened(store, disk);
}
