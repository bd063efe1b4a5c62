//! The store keeps the contract.

use plugmint_redb::{RedbOptions, RedbStore};

plugmint_store::conformance!(durable: {
    let directory = tempfile::tempdir().unwrap();
    move || {
        let path = directory.path().join("store.redb");
        if path.exists() {
            Ok(RedbStore::open(path, &RedbOptions::default())?)
        } else {
            RedbStore::create(path, &RedbOptions::default())
        }
    }
});
