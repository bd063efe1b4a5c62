//! The store keeps the contract, however it is set.

#![cfg(test)]

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::CreateStoreError;

fn make_or_open(path: &Path, options: &RedbOptions) -> Result<RedbStore, CreateStoreError> {
    if path.exists() {
        Ok(RedbStore::open(path, options)?)
    } else {
        RedbStore::create(path, options)
    }
}

plugmint_store::conformance!(durable: {
    let directory = tempfile::tempdir().unwrap();
    move || make_or_open(&directory.path().join("store.redb"), &RedbOptions::default())
});

mod with_read_threads {
    use super::{RedbOptions, make_or_open};

    plugmint_store::conformance!(durable: {
        let directory = tempfile::tempdir().unwrap();
        let options = RedbOptions::default().with_read_threads(2);
        move || make_or_open(&directory.path().join("store.redb"), &options)
    });
}

mod with_room_for_one_batch_and_snapshots_that_are_old_at_once {
    use super::{Duration, NonZeroUsize, RedbOptions, make_or_open};

    plugmint_store::conformance!(durable: {
        let directory = tempfile::tempdir().unwrap();
        let options = RedbOptions::default()
            .with_most_waiting(NonZeroUsize::MIN)
            .with_snapshot_age(Duration::ZERO);
        move || make_or_open(&directory.path().join("store.redb"), &options)
    });
}
