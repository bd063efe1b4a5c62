//! Stores that earlier builds wrote.

use std::fs;
use std::sync::Arc;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{everything, golden, open_golden};
use serde_json::Value;

#[test]
fn a_store_of_format_1_opens_and_holds_what_it_held() {
    let golden = golden(1);
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("store.redb");
    fs::copy(&golden.store, &copy).unwrap();
    let store = RedbStore::open(&copy, &RedbOptions::default()).unwrap();
    let registry = open_golden(Arc::new(store));
    let expected: Value = serde_json::from_slice(&fs::read(&golden.holds).unwrap()).unwrap();
    assert_eq!(everything(&registry), expected);
    assert_eq!(expected["templates"].as_array().unwrap().len(), 5);
}
