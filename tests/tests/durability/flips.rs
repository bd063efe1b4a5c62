//! Single bits that flip in a store file: what is read is right, or the store says that it is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use plugmint_redb::RedbStore;
use plugmint_tests::{
    AuditError, LIFE, Lives, SimDisk, Verb, begin_lives, panics_of_stores, watch_panics,
};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::count;
use crate::load::{audit, options};

const DEVICES: u32 = 24;

/// Every bit of these first bytes is tried: they say how to read all others.
const HEADER: u64 = 320;

fn goal(device: u32) -> usize {
    1 + device as usize % LIFE.len()
}

/// The bytes of a store in a file, in which devices lived: as a kill leaves it, and closed.
fn store_files() -> (Vec<u8>, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = Arc::new(RedbStore::create(&path, &options()).unwrap());
    let scene = block_on(begin_lives(store));
    for device in 0..DEVICES {
        for verb in &LIFE[..goal(device)] {
            block_on(Verb::take(*verb, &scene, device)).unwrap();
        }
    }
    let killed = fs::read(&path).unwrap();
    drop(scene);
    (killed, fs::read(path).unwrap())
}

fn some_bits(len: u64, count: usize) -> BTreeSet<u64> {
    let mut bits: BTreeSet<_> = (0..HEADER * 8).take(count).collect();
    let mut random = ChaCha12Rng::seed_from_u64(11);
    while bits.len() < count {
        bits.insert(random.next_u64() % (len * 8));
    }
    bits
}

#[derive(Default)]
struct Tally {
    right: usize,
    told: usize,
    wrong: BTreeSet<u64>,
}

fn flip(file: &[u8], bit: u64, lives: &Lives) -> Result<Vec<usize>, AuditError> {
    let mut bytes = file.to_vec();
    bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
    let disk = SimDisk::new(bytes);
    catch_unwind(AssertUnwindSafe(|| audit(lives, &disk, |device| goal(device)..=goal(device))))
        .unwrap_or_else(|_| panic!("bit {bit}: a panic"))
}

/// Flips bits of a file one at a time, and gives those that make a wrong answer.
fn wrong_bits(file: &[u8], name: &str) -> BTreeSet<u64> {
    watch_panics();
    let lives = Lives::of(DEVICES);
    let bits: Vec<_> =
        some_bits(file.len() as u64, count("PLUGMINT_BIT_FLIPS", 15_000)).into_iter().collect();
    let tally_of = |bits: &[u64]| {
        let mut tally = Tally::default();
        for bit in bits {
            match flip(file, *bit, &lives) {
                Ok(_) => tally.right += 1,
                Err(AuditError::Told(_)) => tally.told += 1,
                Err(AuditError::Wrong(wrong)) => {
                    println!("bit {bit} of a store that was {name}: {wrong}");
                    tally.wrong.insert(*bit);
                }
            }
        }
        tally
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let tallies: Vec<_> = thread::scope(|scope| {
        let parts = bits.chunks(bits.len().div_ceil(workers));
        let all: Vec<_> = parts.map(|part| scope.spawn(|| tally_of(part))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let right: usize = tallies.iter().map(|tally| tally.right).sum();
    let told: usize = tallies.iter().map(|tally| tally.told).sum();
    let wrong: BTreeSet<_> = tallies.into_iter().flat_map(|tally| tally.wrong).collect();
    println!(
        "{} flips in a store that was {name}: {right} did no harm, {told} were told, {} wrong, \
         0 panics",
        bits.len(),
        wrong.len()
    );
    assert_eq!(right + told + wrong.len(), bits.len());
    assert!(told > 0 && right > 0);
    assert_eq!(panics_of_stores(), BTreeMap::new());
    wrong
}

#[test]
fn of_single_bits_that_flip_in_a_store_that_was_closed_none_makes_a_wrong_answer() {
    let (_, closed) = store_files();
    assert_eq!(wrong_bits(&closed, "closed"), BTreeSet::new());
}

#[test]
fn of_single_bits_that_flip_in_a_store_that_was_killed_none_makes_a_wrong_answer() {
    let (killed, _) = store_files();
    assert_eq!(wrong_bits(&killed, "killed"), BTreeSet::new());
}
