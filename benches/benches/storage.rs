//! What the store on disk costs: commits of many callers, and look-ups.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails ends the run")]

use std::hint::black_box;
use std::ops::Range;
use std::thread;

use criterion::{BatchSize, Criterion, Throughput};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key, Store};
use pollster::block_on;
use tempfile::TempDir;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    commit(&mut criterion);
    get(&mut criterion);
    criterion.final_summary();
}

/// Callers that each wait for a record of their own.
fn commit(criterion: &mut Criterion) {
    let (_directory, store) = store();
    let mut group = criterion.benchmark_group("commit");
    group.sample_size(20);
    let mut next = 0_u64;
    for callers in [1_u64, 16, 64, 256] {
        group.throughput(Throughput::Elements(callers));
        group.bench_function(format!("{callers} callers"), |bencher| {
            let numbers = || {
                next += callers;
                next - callers..next
            };
            let store = &store;
            let commit_all = |numbers: Range<u64>| {
                thread::scope(|scope| {
                    for number in numbers {
                        scope.spawn(move || block_on(store.commit(put([key(number)]))).unwrap());
                    }
                });
            };
            bencher.iter_batched(numbers, commit_all, BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// A look-up in a store that fits in its cache.
fn get(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("get");
    for (name, records) in [("10k records", 10_000_u64), ("1M records", 1_000_000)] {
        let (_directory, store) = store();
        for from in (0..records).step_by(10_000) {
            block_on(store.commit(put((from..from + 10_000).map(key)))).unwrap();
        }
        let mut at = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                at = (at + 7_919) % records;
                block_on(store.get(black_box(&key(at)))).unwrap()
            });
        });
    }
    group.finish();
}

fn store() -> (TempDir, RedbStore) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let options = RedbOptions::default().with_cache_mib(512);
    let store = RedbStore::create(directory.path().join("store.redb"), &options).unwrap();
    (directory, store)
}

fn put(keys: impl IntoIterator<Item = Key>) -> Batch {
    keys.into_iter()
        .fold(Batch::new(), |batch, key| batch.put(key, Guard::Absent, vec![7; 160]).unwrap())
}

fn key(number: u64) -> Key {
    Key::joined(&[b"s-and-a-template", &number.to_be_bytes()]).unwrap()
}
