//! Commits of many callers.

use std::sync::Arc;

use futures_util::future::join_all;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key, Store};
use plugmint_tests::{Plan, Recorded, SimDisk};
use pollster::block_on;

fn put(number: usize) -> Batch {
    let key = Key::new(&number.to_string().into_bytes()).unwrap();
    Batch::new().put(key, Guard::Absent, b"value".to_vec()).unwrap()
}

fn counted() -> (RedbStore, Arc<SimDisk>, Recorded) {
    let (recorded, disk) = (Recorded::default(), SimDisk::new(Vec::new()));
    let options = recorded.record(|| RedbOptions::default().with_metrics());
    (RedbStore::create_on(Arc::clone(&disk) as _, &options).unwrap(), disk, recorded)
}

#[test]
fn a_group_is_counted_with_the_batches_that_it_wrote() {
    let (store, _, recorded) = counted();
    for answer in block_on(join_all((0..50).map(|number| store.commit(put(number))))) {
        answer.unwrap();
    }
    // Each of these is there.
    for answer in block_on(join_all((0..5).map(|number| store.commit(put(number))))) {
        answer.unwrap_err();
    }
    let groups = store.groups();
    drop(store);
    let batches = recorded.values("plugmint_commit_batches");
    assert!((batches.iter().sum::<f64>() - 50.0).abs() < 0.5, "{batches:?}");
    assert_eq!(batches.len() as u64, groups);
    let times = recorded.values("plugmint_commit_seconds");
    assert!(times.len() == batches.len() && times.iter().all(|time| *time > 0.0), "{times:?}");
    let total = |outcome| recorded.total(&format!("plugmint_commit_total{{{outcome}}}"));
    assert_eq!((total("committed"), total("conflict"), total("failed")), (50, 5, 0));
}

#[test]
fn batches_of_a_store_that_has_failed_are_counted_as_failed() {
    let (store, disk, recorded) = counted();
    block_on(store.commit(put(0))).unwrap();
    disk.plan(Plan::FailsFrom(0));
    for number in 1..4 {
        block_on(store.commit(put(number))).unwrap_err();
    }
    drop(store);
    let total = |outcome| recorded.total(&format!("plugmint_commit_total{{{outcome}}}"));
    assert_eq!((total("committed"), total("conflict"), total("failed")), (1, 0, 3));
    assert_eq!(recorded.values("plugmint_commit_batches"), [1.0]);
}

#[test]
fn a_store_that_is_not_told_to_counts_nothing() {
    let recorded = Recorded::default();
    recorded.record(|| {
        let store = RedbStore::create_on(SimDisk::new(Vec::new()), &RedbOptions::default());
        block_on(store.unwrap().commit(put(0))).unwrap();
    });
    assert!(recorded.series().is_empty());
}
