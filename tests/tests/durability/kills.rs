//! A process that is killed under load: what it had told of is there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use plugmint_redb::RedbStore;
use plugmint_tests::{LIFE, Lives, STORE_THREADS, panics_of_stores, watch_panics};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::count;
use crate::load::{audit_store, options};

/// Devices that begin to live in each round: more than a round lasts.
const DEVICES: u32 = 400;

/// Lines that a round tells at most: the first devices are through then.
const LINES: u64 = 1_450;

/// Rounds in one store, before the next one is made.
const ROUNDS: usize = 5;

/// Devices of each store that live on behind the last kill.
const BEHIND: usize = 100;

fn load(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// That no thread of a store panicked in a process that wrote this before it ended.
fn no_store_panicked(told: &str) {
    assert!(!told.contains(&format!("thread '{STORE_THREADS}")), "{told}");
}

/// Lets a process run until it has told so many lines, kills it, and gives all that it told.
fn killed_after(lines: usize, mut child: Child) -> Vec<String> {
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut all: Vec<_> = told.by_ref().take(lines).map(Result::unwrap).collect();
    child.kill().unwrap();
    // What was told before the kill stands in the pipe.
    all.extend(told.map(Result::unwrap));
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    no_store_panicked(&errors);
    child.wait().unwrap();
    all
}

#[test]
fn after_a_kill_under_load_every_step_that_was_told_is_there() {
    watch_panics();
    let kills = count("PLUGMINT_KILLS", 50);
    let devices = DEVICES * u32::try_from(ROUNDS).unwrap();
    let lives = Lives::of(devices);
    let mut random = ChaCha12Rng::seed_from_u64(3);
    let (mut steps_told, mut round, mut through) = (0, 0, 0);
    while round < kills {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.redb");
        let mut told: BTreeMap<u32, usize> = BTreeMap::new();
        let mut begun = Vec::new();
        for part in 0..ROUNDS.min(kills - round) {
            round += 1;
            let first = (DEVICES * u32::try_from(part).unwrap()).to_string();
            let words = ["lives", path.to_str().unwrap(), &first, &DEVICES.to_string()];
            let until = 1 + usize::try_from(random.next_u64() % LINES).unwrap();
            let output = killed_after(until, load(&words).spawn().unwrap());
            steps_told += steps_in(&output, &mut told);
            let store = RedbStore::open(&path, &options()).unwrap();
            let steps = |device| told.get(&device).copied().unwrap_or(0)..=LIFE.len();
            let kept = audit_store(&lives, store, steps)
                .unwrap_or_else(|error| panic!("round {round}: {error:?}"));
            through += kept.iter().filter(|steps| **steps == LIFE.len()).count();
            begun = kept;
        }
        // Who was killed on the way lives on.
        let store = Arc::new(RedbStore::open(&path, &options()).unwrap());
        let scene = block_on(lives.open(store)).unwrap();
        let behind = begun.len().min(BEHIND);
        lives.live_on(&scene, &begun[..behind]).unwrap();
    }
    println!("{round} kills, {steps_told} steps told: 0 lost, 0 torn");
    assert!(steps_told > kills, "nothing was under way");
    assert!(through > 0, "no device came to its end");
    assert_eq!(panics_of_stores(), BTreeMap::new());
}

/// The devices that lines tell of, and how many steps each took.
fn steps_in(lines: &[String], told: &mut BTreeMap<u32, usize>) -> usize {
    let steps = lines.iter().filter_map(|line| line.split_once(' '));
    steps
        .map(|(device, steps)| told.insert(device.parse().unwrap(), steps.parse().unwrap()))
        .count()
}

#[test]
fn a_file_that_may_not_grow_further_keeps_every_step_that_was_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    // The system refuses every write behind the limit, as it does on a full disk.
    let limited = "ulimit -f 1200; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_load"), "lives"]);
    command.args([path.to_str().unwrap(), "0", "4000"]);
    let output = command.output().unwrap();
    assert!(!output.status.success(), "there was room for everything");
    no_store_panicked(&String::from_utf8(output.stderr).unwrap());
    let lines: Vec<_> =
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    let mut told = BTreeMap::new();
    assert!(steps_in(&lines, &mut told) > 100);
    let store = RedbStore::open(&path, &options()).unwrap();
    let steps = |device| told.get(&device).copied().unwrap_or(0)..=LIFE.len();
    audit_store(&Lives::of(4_000), store, steps).unwrap();
}
