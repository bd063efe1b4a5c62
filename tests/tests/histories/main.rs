//! Histories of several threads, held against what one thread could have seen.

#![cfg(test)]

mod hesitant;
mod meeting;
mod registries;
mod stores;
mod untrue;

use std::sync::Arc;

use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::Store;
use plugmint_tests::SimDisk;

use hesitant::Hesitant;

/// How many histories of each kind are made.
fn histories() -> u64 {
    std::env::var("PLUGMINT_HISTORIES").map_or(10_000, |count| count.parse().expect("a number"))
}

fn memory() -> Arc<dyn Store> {
    Arc::new(Hesitant::new(MemoryStore::new()))
}

/// The store on disk, with its threads, on a disk that answers at once.
fn redb() -> Arc<dyn Store> {
    redb_with(&RedbOptions::default().with_cache_mib(8))
}

fn redb_with_read_threads() -> Arc<dyn Store> {
    redb_with(&RedbOptions::default().with_cache_mib(8).with_read_threads(2))
}

fn redb_with(options: &RedbOptions) -> Arc<dyn Store> {
    let disk = SimDisk::new(Vec::new());
    Arc::new(Hesitant::new(RedbStore::create_on(disk as _, options).unwrap()))
}
