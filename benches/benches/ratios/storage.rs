//! What the store on disk costs, against redb and the disk themselves.

use std::fs::File;
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key, Store, TagKey, Tagged};
use pollster::block_on;
use redb::{Database, ReadableDatabase, TableDefinition};
use tempfile::TempDir;

use crate::row::{Bound, Report, note};
use crate::timing::{median, now, quantile, time};

const ROUNDS: usize = 15;
const CALLERS: usize = 256;
const IMPORTED: u64 = 200_000;
const VALUE: [u8; 160] = [7; 160];
const TABLE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("bare");

pub(crate) fn rows(report: &mut Report) {
    many_callers(report);
    one_caller(report);
    reads(report);
    imports(report);
}

/// 256 callers that each wait for their own record: through the store, and with a commit a call.
fn many_callers(report: &mut Report) {
    let directory = directory();
    let (store, bare) = (new_store(&directory), bare(&directory));
    let tagged = new_tagged(&directory);
    let (mut faster, mut p99, mut grouped) = (Vec::new(), Vec::new(), Vec::new());
    let mut over_plain = Vec::new();
    let (mut each, mut together) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = load(CALLERS, 2, |number| commit_bare(&bare, key(number)));
        let groups = store.groups();
        let shared = load(CALLERS, 16, |number| commit(&store, key(number)));
        faster.push(shared.per_second / alone.per_second);
        p99.push(shared.quantile(0.99) / alone.quantile(0.99));
        #[expect(clippy::cast_precision_loss, reason = "a few hundred groups")]
        grouped.push((CALLERS * 16) as f64 / (store.groups() - groups) as f64);
        let with_tags = load(CALLERS, 16, |number| commit(&tagged, key(number)));
        over_plain.push(shared.per_second / with_tags.per_second);
        each.push(alone);
        together.push(shared);
    }
    report.row(
        "durable writes, 256 callers / a commit a call",
        median(faster),
        Bound::AtLeast(8.0),
    );
    report.row("durable writes, p99 / a commit a call", median(p99), Bound::AtMost(0.25));
    report.row("durable writes, batches a commit", median(grouped), Bound::AtLeast(100.0));
    report.row("tagged durable writes / durable writes", median(over_plain), Bound::None);
    for (name, loads) in [("a commit a call", each), ("grouped", together)] {
        note(&format!(
            "{name}: {:.0} a second, p99 {:.2} ms",
            median(loads.iter().map(|load| load.per_second)),
            median(loads.iter().map(|load| load.quantile(0.99))) * 1e3
        ));
    }
}

/// One caller alone, against a direct commit and against the sync itself, one after the other each
/// time, so that all three see the same disk.
fn one_caller(report: &mut Report) {
    const CALLS: u64 = 64;
    let directory = directory();
    let (store, bare) = (new_store(&directory), bare(&directory));
    let mut file = File::create(directory.path().join("sync")).unwrap();
    let (mut ratio, mut times) = (vec![], vec![]);
    for round in 0..ROUNDS as u64 {
        let (mut sync, mut direct, mut ours) = (vec![], vec![], vec![]);
        for number in round * CALLS..(round + 1) * CALLS {
            sync.push(time(|| {
                file.seek(SeekFrom::Start(0)).unwrap();
                file.write_all(&[1; 4096]).unwrap();
                file.sync_data().unwrap();
            }));
            direct.push(time(|| commit_bare(&bare, key(number))));
            ours.push(time(|| commit(&store, key(number))));
        }
        let p50 = |times: Vec<Duration>| median(times.iter().map(Duration::as_secs_f64));
        let [sync, direct, ours] = [sync, direct, ours].map(p50);
        ratio.push(ours / direct);
        times.push([sync, direct, ours]);
    }
    report.row("durable writes, one caller p50 / direct commit", median(ratio), Bound::AtMost(1.2));
    let us = |at: usize| median(times.iter().map(|times| times[at])) * 1e6;
    note(&format!("p50: store {:.0} us, redb {:.0} us, fdatasync {:.0} us", us(2), us(1), us(0)));
}

/// A look-up, against redb's over a snapshot, and with tags.
fn reads(report: &mut Report) {
    for (name, records) in [("10k", 10_000_u64), ("1M", 1_000_000)] {
        let directory = directory();
        let (store, bare) = (new_store(&directory), bare(&directory));
        let tagged = new_tagged(&directory);
        for numbers in (0..records).collect::<Vec<_>>().chunks(20_000) {
            let keys = || numbers.iter().map(|number| key(*number));
            block_on(store.commit(puts(keys()))).unwrap();
            block_on(tagged.commit(puts(keys()))).unwrap();
            insert_bare(&bare, keys());
        }
        let snapshot = bare.begin_read().unwrap().open_table(TABLE).unwrap();
        let looked_up = |get: &dyn Fn(&Key)| {
            let step = records / 10_000;
            let keys: Vec<_> = (0..10_000).map(|number| key(number * step)).collect();
            time(|| keys.iter().for_each(get)).as_secs_f64() / 10_000.0
        };
        let (mut over_bare, mut over_plain, mut times) = (vec![], vec![], vec![]);
        for _ in 0..ROUNDS {
            let bare = looked_up(&|key| {
                let found = snapshot.get(key.as_bytes()).unwrap().unwrap();
                black_box(found.value().to_vec());
            });
            let plain = looked_up(&|key| {
                black_box(block_on(store.get(key)).unwrap().unwrap());
            });
            let with_tags = looked_up(&|key| {
                black_box(block_on(tagged.get(key)).unwrap().unwrap());
            });
            over_bare.push(plain / bare);
            over_plain.push(with_tags / plain);
            times.push([bare, plain, with_tags]);
        }
        report.row(&format!("get at {name} / bare redb get"), median(over_bare), Bound::None);
        report.row(&format!("tagged get at {name} / get"), median(over_plain), Bound::None);
        let ns = |at: usize| median(times.iter().map(|times| times[at])) * 1e9;
        note(&format!("bare {:.0} ns, store {:.0} ns, tagged {:.0} ns", ns(0), ns(1), ns(2)));
    }
}

/// Many records in batches of 1,000: in the order of their keys, and scattered.
fn imports(report: &mut Report) {
    let import = |store: &dyn Store, key: &dyn Fn(u64) -> Key| {
        let numbers: Vec<_> = (0..IMPORTED).collect();
        let took = time(|| {
            for numbers in numbers.chunks(1_000) {
                block_on(store.commit(puts(numbers.iter().map(|number| key(*number))))).unwrap();
            }
        });
        took.as_secs_f64()
    };
    let load = |directory: &TempDir| {
        let bare = bare(directory);
        let took = time(|| insert_bare(&bare, (0..IMPORTED).map(sorted_key)));
        took.as_secs_f64()
    };
    let (mut ratio, mut over_load, mut over_plain) = (vec![], vec![], vec![]);
    let (mut beside, mut sorted_times, mut unsorted_times) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let directory = directory();
        let store = |name| RedbStore::create(directory.path().join(name), &options()).unwrap();
        let sorted = import(&store("sorted.redb"), &sorted_key);
        let unsorted = import(&store("unsorted.redb"), &key);
        over_plain.push(import(&new_tagged(&directory), &sorted_key) / sorted);
        beside.push(import_beside_others(&store("beside.redb")) / sorted);
        ratio.push(unsorted / sorted);
        over_load.push(sorted / load(&directory));
        sorted_times.push(sorted);
        unsorted_times.push(unsorted);
    }
    report.row("sorted import, times faster than unsorted", median(ratio), Bound::AtLeast(5.0));
    report.row("sorted import / one bare sorted load", median(over_load), Bound::None);
    report.row("tagged sorted import / sorted import", median(over_plain), Bound::None);
    report.row("sorted import behind lone records / alone", median(beside), Bound::None);
    #[expect(clippy::cast_precision_loss, reason = "a round number")]
    let a_second = |times: Vec<f64>| IMPORTED as f64 / median(times);
    note(&format!(
        "sorted {:.0}, unsorted {:.0} records a second",
        a_second(sorted_times),
        a_second(unsorted_times)
    ));
}

/// The same import, and in each commit a few records before it that lie in gaps of their own, as
/// those of devices do that enroll meanwhile.
fn import_beside_others(store: &RedbStore) -> f64 {
    let lone = |number: u64| Key::joined(&[b"e", &number.to_be_bytes()]).unwrap();
    block_on(store.commit(puts((0..1_000).map(|number| lone(number * 1_000))))).unwrap();
    let numbers: Vec<_> = (0..IMPORTED).collect();
    let took = time(|| {
        for (part, numbers) in (0..).zip(numbers.chunks(1_000)) {
            let others = (0..8).map(|number| lone(part * 8_000 + number * 1_000 + 1));
            let keys = others.chain(numbers.iter().map(|number| sorted_key(*number)));
            block_on(store.commit(puts(keys))).unwrap();
        }
    });
    took.as_secs_f64()
}

/// What callers came to, who each wait for one call after the other.
struct Load {
    per_second: f64,
    latencies: Vec<Duration>,
}

impl Load {
    /// In seconds.
    fn quantile(&self, part: f64) -> f64 {
        quantile(self.latencies.iter().map(Duration::as_secs_f64), part)
    }
}

/// Lets threads begin together and call so many times each, with a number that is never given
/// twice.
fn load(callers: usize, each: usize, call: impl Fn(u64) + Sync) -> Load {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (start, call) = (&Barrier::new(callers + 1), &call);
    let (took, latencies) = thread::scope(|scope| {
        let all: Vec<_> = (0..callers)
            .map(|_| {
                scope.spawn(move || {
                    start.wait();
                    let one = |_| time(|| call(NEXT.fetch_add(1, Ordering::Relaxed)));
                    (0..each).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        start.wait();
        let begun = now();
        let latencies: Vec<_> = all.into_iter().flat_map(|one| one.join().unwrap()).collect();
        (begun.elapsed(), latencies)
    });
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let per_second = latencies.len() as f64 / took.as_secs_f64();
    Load { per_second, latencies }
}

fn commit(store: &dyn Store, key: Key) {
    block_on(store.commit(puts([key]))).unwrap();
}

/// A commit in the mode that the store commits in.
fn commit_bare(database: &Database, key: Key) {
    insert_bare(database, [key]);
}

fn insert_bare(database: &Database, keys: impl IntoIterator<Item = Key>) {
    let mut txn = database.begin_write().unwrap();
    txn.set_quick_repair(true);
    let mut table = txn.open_table(TABLE).unwrap();
    for key in keys {
        table.insert(key.as_bytes(), VALUE.as_slice()).unwrap();
    }
    drop(table);
    txn.commit().unwrap();
}

fn puts(keys: impl IntoIterator<Item = Key>) -> Batch {
    keys.into_iter()
        .fold(Batch::new(), |batch, key| batch.put(key, Guard::Absent, VALUE.to_vec()).unwrap())
}

/// A key that lies anywhere in the tree, another one for each number.
fn key(number: u64) -> Key {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
    sorted_key(scattered.wrapping_mul(0xd1b5_4a32_d192_ed03))
}

/// A key as long as a serial's.
fn sorted_key(number: u64) -> Key {
    Key::joined(&[b"s-and-a-template", &number.to_be_bytes()]).unwrap()
}

/// A directory on the disk that holds the build.
fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(512)
}

fn new_store(directory: &TempDir) -> RedbStore {
    RedbStore::create(directory.path().join("store.redb"), &options()).unwrap()
}

fn new_tagged(directory: &TempDir) -> Tagged<RedbStore> {
    let store = RedbStore::create(directory.path().join("tagged.redb"), &options()).unwrap();
    Tagged::new(store, TagKey::new(1, &[1; 32]))
}

fn bare(directory: &TempDir) -> Database {
    let mut builder = Database::builder();
    builder.set_cache_size(512 << 20);
    let database = builder.create(directory.path().join("bare.redb")).unwrap();
    insert_bare(&database, []);
    database
}
