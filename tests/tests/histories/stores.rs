//! Gets and guarded commits on a few keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugmint_store::{Batch, CommitError, Effect, Guard, Key, Revision, Store};
use plugmint_tests::{Sequential, Ticker, Timed, is_linearizable};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::meeting::{Met, parts_of};
use crate::{histories, memory, redb, redb_with_read_threads};

const THREADS: u64 = 4;
const CALLS: usize = 8;
const KEYS: u8 = 3;

/// Histories in one store, each on keys of its own.
const IN_ONE_STORE: u64 = 500;

/// What a call asked and was answered. Keys are numbers, values are those of the call.
#[derive(Clone, Debug)]
enum Call {
    Get { key: u8, found: Option<(Revision, Vec<u8>)> },
    Commit { steps: Vec<(u8, Guard, Effect)>, answer: Result<Revision, u8> },
}

/// A store as one thread sees it.
struct Records;

impl Sequential for Records {
    type State = BTreeMap<u8, (Revision, Vec<u8>)>;
    type Call = Call;

    fn step(&self, state: &Self::State, call: &Call) -> Option<Self::State> {
        match call {
            Call::Get { key, found } => (state.get(key) == found.as_ref()).then(|| state.clone()),
            Call::Commit { steps, answer } => {
                let holds = |key: &u8, guard: &Guard| {
                    guard.holds(state.get(key).map(|(revision, _)| *revision))
                };
                match answer {
                    Err(named) => {
                        let broken = |(key, guard, _): &(u8, Guard, Effect)| {
                            key == named && !holds(key, guard)
                        };
                        steps.iter().any(broken).then(|| state.clone())
                    }
                    Ok(revision) => {
                        let all = steps.iter().all(|(key, guard, _)| holds(key, guard));
                        all.then(|| after(state, *revision, steps))
                    }
                }
            }
        }
    }
}

fn after(
    state: &BTreeMap<u8, (Revision, Vec<u8>)>,
    revision: Revision,
    steps: &[(u8, Guard, Effect)],
) -> BTreeMap<u8, (Revision, Vec<u8>)> {
    let mut state = state.clone();
    for (key, _, effect) in steps {
        match effect {
            Effect::Keep => {}
            Effect::Put(value) => drop(state.insert(*key, (revision, value.clone()))),
            Effect::Delete => drop(state.remove(key)),
        }
    }
    state
}

/// One thread's part of a history: it guards with what it saw last of each key.
struct Part<'a> {
    store: &'a dyn Store,
    history: u64,
    random: ChaCha12Rng,
    seen: BTreeMap<u8, Guard>,
}

impl Part<'_> {
    fn key(&self, key: u8) -> Key {
        Key::joined(&[&self.history.to_be_bytes(), &[key]]).unwrap()
    }

    fn call(&mut self) -> Call {
        match self.random.next_u32() % 5 {
            0 | 1 => self.get(),
            _ => self.commit(),
        }
    }

    fn get(&mut self) -> Call {
        let key = self.some_key();
        let record = block_on(self.store.get(&self.key(key))).unwrap();
        let found = record.map(|record| (record.revision(), record.into_value()));
        let guard = found.as_ref().map_or(Guard::Absent, |(revision, _)| Guard::At(*revision));
        self.seen.insert(key, guard);
        Call::Get { key, found }
    }

    fn commit(&mut self) -> Call {
        let mut steps = BTreeMap::new();
        for _ in 0..=self.random.next_u32() % 2 {
            let key = self.some_key();
            let guard = self.seen.get(&key).copied().unwrap_or(Guard::Absent);
            let effect = match (self.random.next_u32() % 4, guard) {
                (0, _) => Effect::Keep,
                (1, Guard::At(_)) => Effect::Delete,
                _ => Effect::Put(self.random.next_u32().to_be_bytes().to_vec()),
            };
            steps.insert(key, (guard, effect));
        }
        let steps: Vec<_> =
            steps.into_iter().map(|(key, (guard, effect))| (key, guard, effect)).collect();
        let batch = steps.iter().fold(Batch::new(), |batch, (key, guard, effect)| {
            let key = self.key(*key);
            match (effect, guard) {
                (Effect::Put(value), guard) => batch.put(key, *guard, value.clone()).unwrap(),
                (Effect::Delete, Guard::At(revision)) => batch.delete(key, *revision).unwrap(),
                (Effect::Keep | Effect::Delete, guard) => batch.keep(key, *guard).unwrap(),
            }
        });
        let answer = match block_on(self.store.commit(batch)) {
            Ok(revision) => Ok(revision),
            Err(CommitError::Conflict(key)) => Err(*key.as_bytes().last().unwrap()),
            Err(CommitError::Store(error)) => panic!("{error:?}"),
        };
        if let Ok(revision) = answer {
            for (key, _, effect) in &steps {
                match effect {
                    Effect::Keep => {}
                    Effect::Put(_) => drop(self.seen.insert(*key, Guard::At(revision))),
                    Effect::Delete => drop(self.seen.insert(*key, Guard::Absent)),
                }
            }
        }
        Call::Commit { steps, answer }
    }

    fn some_key(&mut self) -> u8 {
        u8::try_from(self.random.next_u32() % u32::from(KEYS)).unwrap()
    }
}

/// Makes histories, and looks at each; gives the first that no thread could have seen, if there is
/// one.
pub(crate) fn first_wrong(
    open: impl Fn() -> Arc<dyn Store>,
    total: u64,
    met: &mut Met,
) -> Option<String> {
    for first in (0..total).step_by(usize::try_from(IN_ONE_STORE).unwrap()) {
        let (store, ticker) = (open(), Ticker::default());
        let numbers: Vec<_> = (first..total.min(first + IN_ONE_STORE)).collect();
        let all = parts_of(THREADS, &numbers, |history, thread, start| {
            let random = ChaCha12Rng::seed_from_u64(history * THREADS + thread);
            let seen = BTreeMap::new();
            let mut part = Part { store: &*store, history: *history, random, seen };
            start.wait();
            (0..CALLS).map(|_| ticker.time(|| part.call())).collect()
        });
        for (number, parts) in numbers.iter().zip(all) {
            met.count(&parts);
            let history = parts.concat();
            if !is_linearizable(&Records, &BTreeMap::new(), &history) {
                return Some(format!("history {number} is none of one thread: {history:#?}"));
            }
        }
    }
    None
}

fn are_linearizable(open: fn() -> Arc<dyn Store>, name: &str) {
    let mut met = Met::default();
    let wrong = first_wrong(open, histories(), &mut met);
    assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
    met.assert_often(&format!("histories {name}"));
}

#[test]
fn histories_in_memory_are_linearizable() {
    are_linearizable(memory, "in memory");
}

#[test]
fn histories_on_redb_are_linearizable() {
    are_linearizable(redb, "on redb");
}

#[test]
fn histories_on_redb_with_read_threads_are_linearizable() {
    are_linearizable(redb_with_read_threads, "on redb with read threads");
}

#[test]
fn a_history_that_no_thread_could_have_seen_is_found() {
    let (old, new) = (Revision::from_parts([1; 16]), Revision::from_parts([2; 16]));
    let ticker = Ticker::default();
    let put = |guard, revision, value: u8| {
        let steps = vec![(0, guard, Effect::Put(vec![value]))];
        ticker.time(|| Call::Commit { steps, answer: Ok(revision) })
    };
    let get = |found: Option<(Revision, u8)>| {
        let found = found.map(|(revision, value)| (revision, vec![value]));
        ticker.time(|| Call::Get { key: 0, found })
    };
    let holds = |history: &[Timed<Call>]| is_linearizable(&Records, &BTreeMap::new(), history);
    let first = put(Guard::Absent, old, 1);
    let second = put(Guard::At(old), new, 2);
    let (fresh, stale) = (get(Some((new, 2))), get(Some((old, 1))));
    assert!(holds(&[first.clone(), second.clone(), fresh]));
    assert!(!holds(&[first.clone(), second, stale]), "a read of what was before");
    let lost = put(Guard::Absent, new, 2);
    assert!(!holds(&[first.clone(), lost]), "two that each found nothing");
    let gone = get(None);
    assert!(!holds(&[first, gone]), "a write that is not there");
}
