//! How the cost of each operation grows with the records of a store.
//!
//! `cargo bench -p plugmint-benches --bench growth -- 10000 100000` prints a line of CSV for each
//! operation in a store of so many records; docs/performance/plot draws them. Ten million records
//! take 6 GB of memory and 5 GB of disk.

#![expect(clippy::unwrap_used, reason = "a measurement that fails ends the run")]
#![expect(clippy::indexing_slicing, reason = "a measurement that fails ends the run")]
#![expect(clippy::print_stdout, reason = "the report")]

mod measure;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use plugmint_benches::Fleet;
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::Store;

/// The most devices that connect, among the records of others: more than a cache holds.
const DEVICES: usize = 50_000;

fn main() -> ExitCode {
    let mut sizes: Vec<_> = std::env::args().skip(1).collect();
    let Some(at) = sizes.iter().position(|argument| argument == "--bench") else {
        // Built and run among all other targets: this one is for who asks for it.
        return ExitCode::SUCCESS;
    };
    sizes.remove(at);
    println!("backend,records,operation,value");
    for records in sizes {
        let records: usize = records.parse().unwrap();
        for tagged in [false, true] {
            // Each has five records, and the registry a few.
            let fleet = Fleet::new(DEVICES.min(records / 5 - 10), tagged).unwrap();
            let mark = if tagged { ", tagged" } else { "" };
            memory(&format!("memory{mark}"), records, &fleet);
            redb(&format!("redb{mark}"), records, &fleet);
        }
    }
    ExitCode::SUCCESS
}

fn memory(name: &str, records: usize, fleet: &Fleet) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    measure::once(name, records, "fill", || fleet.fill(&*store, records).unwrap());
    measure::all(name, records, fleet, &store);
}

fn redb(name: &str, records: usize, fleet: &Fleet) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (path, options): (_, _) = (directory.path().join("store.redb"), options());
    let store = RedbStore::create(&path, &options).unwrap();
    measure::once(name, records, "fill", || fleet.fill(&store, records).unwrap());
    drop(store);
    measure::bytes(name, records, Path::new(&path));
    let mut store = None;
    measure::once(name, records, "open", || {
        store = Some(RedbStore::open(&path, &options).unwrap());
    });
    let store: Arc<dyn Store> = Arc::new(store.unwrap());
    measure::all(name, records, fleet, &store);
}

fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(4096)
}
