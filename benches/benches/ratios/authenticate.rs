//! What connecting costs, against the look-up and the two compressions that it cannot do without.

use std::collections::HashMap;
use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, RwLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{AuthenticateError, ConnectionPassword, PlugId, Registry};
use plugmint_benches::Fleet;
use plugmint_core::derivation::{PlatformKeys, RootKey};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Key, Store};
use pollster::block_on;
use redb::{Database, ReadOnlyTable, ReadableDatabase, TableDefinition};
use sha2::block_api::compress256;

use crate::row::{Bound, Report, note};
use crate::slow::{pbkdf2, reconnects};
use crate::timing::{median, time};

const ROUNDS: usize = 45;

pub(crate) fn rows(report: &mut Report) {
    crypto(report);
    // All connect in each round, in no order of their keys. Each has five records.
    let of = |devices| [false, true].map(|tagged| Fleet::new(devices, tagged).unwrap());
    let (few, many) = (of(2_000), of(10_000));
    in_memory(report, &many);
    refusals(report, &few[0]);
    on_redb(report, &few, "10k", 10_000, 1.8);
    on_redb(report, &many, "1M", 1_000_000, 1.35);
}

/// The HMAC and the comparison, from values that are parsed.
fn crypto(report: &mut Report) {
    const CALLS: u32 = 20_000;
    let keys = PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32)).unwrap());
    let plug_id = PlugId::parse("dev-5df33c34404ac04370e5c60e").unwrap();
    let password = ConnectionPassword::parse("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn").unwrap();
    let stored = keys.auth().verifier(&plug_id, &password);
    let (mut ratio, mut times) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        let bare = per_call(CALLS, || two_compressions(black_box(&[7; 64])));
        let ours = per_call(CALLS, || {
            let presented = keys.auth().verifier(black_box(&plug_id), black_box(&password));
            assert!(stored.matches(&presented));
        });
        ratio.push(ours / bare);
        times.push([bare, ours]);
    }
    report.row("authenticate, crypto alone / two compressions", median(ratio), Bound::AtMost(2.0));
    print(&["two compressions", "crypto alone"], &times);
}

fn in_memory(report: &mut Report, fleets: &[Fleet; 2]) {
    let [plain, tagged] = fleets.each_ref().map(|fleet| {
        let store = Arc::new(MemoryStore::new());
        fleet.fill(&*store, 0).unwrap();
        open(store, fleet.tagged)
    });
    let bare = Shards::of(&fleets[0].records);
    let looked_up = |key: &Key| bare.get(key);
    compare(report, "in memory", fleets, &looked_up, [&plain, &tagged], 2.5);
}

/// Who is refused pays for the same HMAC, whatever for.
fn refusals(report: &mut Report, fleet: &Fleet) {
    const CALLS: u32 = 2_000;
    let store = Arc::new(MemoryStore::new());
    fleet.fill(&*store, 0).unwrap();
    let registry = open(store, false);
    let (plug_id, _) = &fleet.devices[0];
    let wrong = "wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
    let asked = [
        ("wrong password", plug_id.to_string(), wrong),
        ("unknown id", "dev-0123456789abcdef01234567".to_owned(), wrong),
        ("malformed password", plug_id.to_string(), "hush"),
        ("malformed id", "device".to_owned(), wrong),
    ];
    let mut times = vec![];
    for _ in 0..ROUNDS {
        times.push(asked.each_ref().map(|(_, plug_id, password)| {
            per_call(CALLS, || {
                let answer = ready(registry.authenticate_text(black_box(plug_id), password));
                assert!(matches!(answer, Err(AuthenticateError::Refused)));
            })
        }));
    }
    let names = asked.each_ref().map(|(name, ..)| *name);
    let medians: [f64; 4] =
        std::array::from_fn(|at| median(times.iter().map(|times: &[f64; 4]| times[at])));
    let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
    let most = medians.iter().copied().fold(0.0, f64::max);
    report.row("connections refused: slowest / fastest", most / least, Bound::None);
    print(&names, &times);
}

fn on_redb(report: &mut Report, fleets: &[Fleet; 2], name: &str, records: usize, most: f64) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let [plain, tagged] = fleets.each_ref().map(|fleet| {
        let path = directory.path().join(format!("{}.redb", fleet.tagged));
        let store = RedbStore::create(path, &RedbOptions::default().with_cache_mib(1024)).unwrap();
        fleet.fill(&store, records).unwrap();
        open(Arc::new(store), fleet.tagged)
    });
    let path = directory.path().join("bare.redb");
    let (_database, bare) = bare_redb(&path, fleets[0].filled_to(records));
    let looked_up = |key: &Key| {
        let found = bare.get(key.as_bytes()).unwrap().unwrap();
        black_box(found.value().first().copied());
    };
    compare(report, &format!("on redb at {name}"), fleets, &looked_up, [&plain, &tagged], most);
}

/// A round of the fleet each: the look-up, the look-up and two compressions, and the registry.
fn compare(
    report: &mut Report,
    name: &str,
    fleets: &[Fleet; 2],
    looked_up: &dyn Fn(&Key),
    [plain, tagged]: [&Registry; 2],
    most: f64,
) {
    let devices = fleets[0].devices.len();
    let look_up = || each(devices, |at| credential(&fleets[0].devices[at].0), looked_up);
    let look_up_and_compress = || {
        each(
            devices,
            |at| credential(&fleets[0].devices[at].0),
            |key| {
                looked_up(key);
                two_compressions(black_box(&[7; 64]));
            },
        )
    };
    let connect = |registry: &Registry, fleet: &Fleet| {
        each(
            devices,
            |at| fleet.connection(at).unwrap(),
            |(plug_id, password)| {
                black_box(ready(registry.authenticate(plug_id, password)).unwrap());
            },
        )
    };
    let (mut ratio, mut with_tags, mut times, mut slow) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        // Nothing comes right behind what read the same records: that one would find them cached.
        let bare = look_up_and_compress();
        let ours = connect(plain, &fleets[0]);
        let look_up = look_up();
        let over_tags = connect(tagged, &fleets[1]);
        ratio.push(ours / bare);
        with_tags.push(over_tags / ours);
        slow.push([pbkdf2(), ours]);
        times.push([look_up, bare, ours, over_tags]);
    }
    report.row(
        &format!("authenticate {name} / look-up + 2 compressions"),
        median(ratio),
        Bound::AtMost(most),
    );
    report.row(
        &format!("tagged authenticate {name} / authenticate"),
        median(with_tags),
        Bound::None,
    );
    print(&["look-up", "+ 2 compressions", "authenticate", "tagged"], &times);
    let name_of_row = format!("pbkdf2-sha512 x 101 / authenticate {name}");
    report.row(
        &name_of_row,
        median(slow.iter().map(|[slow, ours]| slow / ours)),
        Bound::AtLeast(15.0),
    );
    let middle = |at: usize| median(slow.iter().map(|both| both[at]));
    reconnects(name, middle(1), middle(0));
}

/// Seconds that one of the devices takes. What it comes with is made a little before, outside of
/// the time: what has just been parsed lies in the cache.
fn each<V>(devices: usize, parsed: impl Fn(usize) -> V, work: impl Fn(&V)) -> f64 {
    const AHEAD: usize = 50;
    let mut took = Duration::ZERO;
    for from in (0..devices).step_by(AHEAD) {
        let values: Vec<V> = (from..from + AHEAD).map(&parsed).collect();
        took += time(|| values.iter().for_each(|value| work(black_box(value))));
    }
    took.as_secs_f64() / f64::from(u32::try_from(devices).unwrap())
}

/// Seconds of each, as nanoseconds.
fn print<const N: usize>(names: &[&str; N], times: &[[f64; N]]) {
    let each = (0..N).map(|at| {
        format!("{} {:.0} ns", names[at], median(times.iter().map(|times| times[at])) * 1e9)
    });
    note(&each.collect::<Vec<_>>().join(", "));
}

/// Seconds that one call takes.
fn per_call(calls: u32, mut call: impl FnMut()) -> f64 {
    time(|| (0..calls).for_each(|_| call())).as_secs_f64() / f64::from(calls)
}

fn two_compressions(block: &[u8; 64]) {
    let mut state = [0x6a09_e667_u32; 8];
    compress256(&mut state, &[*block]);
    compress256(&mut state, &[*block]);
    black_box(state);
}

/// What a future is ready with at once: a store in this process never lets one wait.
fn ready<A>(future: impl Future<Output = A>) -> A {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a look-up waited"),
    }
}

fn open(store: Arc<dyn Store>, tagged: bool) -> Registry {
    let builder = builder(store, Arc::new(FixedClock::default()), 1);
    let builder = if tagged { builder.with_tagged_records() } else { builder };
    block_on(builder.open(&root_key())).unwrap()
}

/// The record that a device is looked up by.
fn credential(plug_id: &PlugId) -> Key {
    Key::joined(&[b"p", plug_id.body()]).unwrap()
}

/// The least that memory shared by threads costs: maps behind 64 locks.
struct Shards([RwLock<HashMap<Vec<u8>, Vec<u8>>>; 64]);

impl Shards {
    fn of(records: &[(Key, Vec<u8>)]) -> Self {
        let these = Self(std::array::from_fn(|_| RwLock::default()));
        for (key, value) in records {
            let shard = these.shard(key);
            shard.write().unwrap().insert(key.as_bytes().to_vec(), value.clone());
        }
        these
    }

    fn get(&self, key: &Key) {
        let shard = self.shard(key).read().unwrap();
        black_box(shard.get(key.as_bytes()).unwrap().first().copied());
    }

    fn shard(&self, key: &Key) -> &RwLock<HashMap<Vec<u8>, Vec<u8>>> {
        &self.0[usize::from(key.as_bytes()[key.as_bytes().len() - 1]) % 64]
    }
}

const TABLE: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("bare");

fn bare_redb(
    path: &std::path::Path,
    records: impl Iterator<Item = (Key, Vec<u8>)>,
) -> (Database, ReadOnlyTable<&'static [u8], &'static [u8]>) {
    let mut database = Database::builder();
    let database = database.set_cache_size(1 << 30).create(path).unwrap();
    let mut records = records.peekable();
    while records.peek().is_some() {
        let txn = database.begin_write().unwrap();
        let mut table = txn.open_table(TABLE).unwrap();
        for (key, value) in records.by_ref().take(20_000) {
            table.insert(key.as_bytes(), value.as_slice()).unwrap();
        }
        drop(table);
        txn.commit().unwrap();
    }
    let table = database.begin_read().unwrap().open_table(TABLE).unwrap();
    (database, table)
}
