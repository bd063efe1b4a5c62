//! The suite on trial: a sound store passes it whole, and each broken one is caught by the clause
//! that is meant for it.

#![cfg(test)]

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use async_trait::async_trait;
use plugmint_store::conformance::{self, Clause, Violation};
use plugmint_store::{
    Batch, CommitError, Effect, Key, Operation, Record, Revision, Step, Store, StoreError,
};

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    Nothing,
    IgnoresGuards,
    IgnoresKeep,
    /// Counts revisions for each key, from the start again after a delete.
    ReusesRevisionsAfterDelete,
    /// Writes step by step and stops at the guard that fails.
    AppliesPartOfABatch,
    /// Lets go of its lock between looking and writing.
    ChecksThenActs,
    LosesDataOnReopen,
    CountsFromTheStartOnReopen,
    /// Counts commits that write nothing in memory alone.
    ForgetsCommitsThatWroteNothing,
    /// Serves reads from a copy that it makes before each commit.
    ReadsWhatWasBefore,
    /// Compares `after` with `<=` and so gives a key twice.
    RepeatsAKeyOnTheNextPage,
    /// Gives keys in the order in which they were put.
    ScansInOrderOfArrival,
    /// Never gives up its lock on the data.
    HoldsOnAfterDrop,
}

/// What stands for the disk: it outlives the handles.
#[derive(Default)]
struct Disk {
    records: BTreeMap<Key, Record>,
    snapshot: BTreeMap<Key, Record>,
    arrivals: Vec<Key>,
    counter: u128,
    /// Revisions since the last one that a record was written at.
    unwritten: u128,
    owned: bool,
}

struct MapStore {
    flaw: Flaw,
    disk: Arc<Mutex<Disk>>,
}

impl MapStore {
    fn open(flaw: Flaw, disk: &Arc<Mutex<Disk>>) -> io::Result<Self> {
        let mut state = lock(disk);
        if state.owned {
            return Err(io::Error::other("the data is held by another handle"));
        }
        if flaw == Flaw::LosesDataOnReopen {
            state.records.clear();
        }
        if flaw == Flaw::CountsFromTheStartOnReopen {
            state.counter = 0;
        }
        if flaw == Flaw::ForgetsCommitsThatWroteNothing {
            state.counter -= state.unwritten;
        }
        state.unwritten = 0;
        state.owned = true;
        Ok(Self { flaw, disk: Arc::clone(disk) })
    }
}

impl Drop for MapStore {
    fn drop(&mut self) {
        lock(&self.disk).owned = self.flaw == Flaw::HoldsOnAfterDrop;
    }
}

fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    fn violated(&self, batch: &Batch, flaw: Flaw) -> Option<Key> {
        batch
            .steps()
            .filter(|(_, step)| match flaw {
                Flaw::IgnoresGuards => false,
                Flaw::IgnoresKeep => !matches!(step.effect(), Effect::Keep),
                _ => true,
            })
            .find(|(key, step)| !step.guard().holds(self.records.get(key).map(Record::revision)))
            .map(|(key, _)| key.clone())
    }

    fn next_revision(&mut self) -> Revision {
        self.counter += 1;
        Revision::from_parts(self.counter.to_be_bytes())
    }

    fn apply(&mut self, key: Key, step: Step, revision: Revision) {
        match step.into_effect() {
            Effect::Keep => {}
            Effect::Put(value) => {
                self.arrivals.push(key.clone());
                self.records.insert(key, Record::new(revision, value));
            }
            Effect::Delete => {
                self.records.remove(&key);
            }
        }
    }

    fn revision_of_its_key(&self, key: &Key) -> Revision {
        let last = self
            .records
            .get(key)
            .map_or(0, |record| u128::from_be_bytes(*record.revision().as_bytes()));
        Revision::from_parts((last + 1).to_be_bytes())
    }
}

#[async_trait]
impl Store for MapStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let disk = lock(&self.disk);
        let records =
            if self.flaw == Flaw::ReadsWhatWasBefore { &disk.snapshot } else { &disk.records };
        Ok(records.get(key).cloned())
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let disk = lock(&self.disk);
        let wanted = |key: &Key| {
            let behind = after.is_none_or(|after| {
                key > after || (self.flaw == Flaw::RepeatsAKeyOnTheNextPage && key == after)
            });
            behind && key.as_bytes().starts_with(prefix)
        };
        let found = |key: &Key| disk.records.get(key).map(|record| (key.clone(), record.clone()));
        let keys: Vec<_> = if self.flaw == Flaw::ScansInOrderOfArrival {
            disk.arrivals.iter().collect()
        } else {
            disk.records.keys().collect()
        };
        Ok(keys.into_iter().filter(|key| wanted(key)).filter_map(found).take(limit.get()).collect())
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        let mut disk = lock(&self.disk);
        disk.snapshot = disk.records.clone();
        if self.flaw == Flaw::AppliesPartOfABatch {
            let revision = disk.next_revision();
            for (key, step) in batch.into_steps() {
                if !step.guard().holds(disk.records.get(&key).map(Record::revision)) {
                    return Err(CommitError::Conflict(Box::new(key)));
                }
                disk.apply(key, step, revision);
            }
            return Ok(revision);
        }
        if let Some(key) = disk.violated(&batch, self.flaw) {
            return Err(CommitError::Conflict(Box::new(key)));
        }
        if self.flaw == Flaw::ChecksThenActs {
            drop(disk);
            thread::yield_now();
            disk = lock(&self.disk);
        }
        let mut revision = disk.next_revision();
        disk.unwritten += 1;
        if batch.steps().any(|(_, step)| !matches!(step.effect(), Effect::Keep)) {
            disk.unwritten = 0;
        }
        for (key, step) in batch.into_steps() {
            if self.flaw == Flaw::ReusesRevisionsAfterDelete {
                revision = disk.revision_of_its_key(&key);
            }
            disk.apply(key, step, revision);
        }
        Ok(revision)
    }
}

/// What each clause says of a store with a flaw.
fn verdicts(flaw: Flaw) -> Vec<Result<(), Violation>> {
    let open = || {
        let disk = Arc::new(Mutex::new(Disk::default()));
        move || MapStore::open(flaw, &disk)
    };
    vec![
        conformance::c1_a_batch_happens_whole_or_not_at_all(open()),
        conformance::c2_every_guard_holds_at_the_instant_of_the_write(open()),
        conformance::c3_a_revision_is_never_given_twice(open()),
        conformance::c3_a_revision_is_never_given_twice_across_reopens(open()),
        conformance::c4_a_read_after_a_commit_sees_it(open()),
        conformance::c5_a_scan_is_ordered_and_resumes(open()),
        conformance::c6_what_was_acknowledged_is_there_after_a_reopen(open()),
        conformance::c7_the_last_handle_releases_the_data(open()),
    ]
}

/// Whether the clause that is meant for a flaw catches it.
fn is_caught_by(flaw: Flaw, clause: Clause) {
    let caught: Vec<_> =
        verdicts(flaw).into_iter().filter_map(Result::err).map(|v| v.clause()).collect();
    assert!(caught.contains(&clause), "{flaw:?} was caught by {caught:?} and not by {clause:?}");
}

mod a_sound_store {
    use super::{Arc, Disk, Flaw, MapStore, Mutex};

    plugmint_store::conformance!(durable: {
        let disk = Arc::new(Mutex::new(Disk::default()));
        move || MapStore::open(Flaw::Nothing, &disk)
    });
}

#[test]
fn a_sound_store_passes_every_clause() {
    for verdict in verdicts(Flaw::Nothing) {
        verdict.unwrap();
    }
}

#[test]
fn a_store_that_ignores_guards_is_caught_by_c2() {
    is_caught_by(Flaw::IgnoresGuards, Clause::C2);
}

#[test]
fn a_store_that_ignores_keep_is_caught_by_c2() {
    is_caught_by(Flaw::IgnoresKeep, Clause::C2);
}

#[test]
fn a_store_that_reuses_revisions_after_a_delete_is_caught_by_c3() {
    is_caught_by(Flaw::ReusesRevisionsAfterDelete, Clause::C3);
}

#[test]
fn a_store_that_applies_part_of_a_batch_is_caught_by_c1() {
    is_caught_by(Flaw::AppliesPartOfABatch, Clause::C1);
}

#[test]
fn a_store_that_checks_then_acts_is_caught_by_c2() {
    is_caught_by(Flaw::ChecksThenActs, Clause::C2);
}

#[test]
fn a_store_that_loses_data_on_reopen_is_caught_by_c6() {
    is_caught_by(Flaw::LosesDataOnReopen, Clause::C6);
}

#[test]
fn a_store_that_counts_from_the_start_on_reopen_is_caught_by_c3() {
    is_caught_by(Flaw::CountsFromTheStartOnReopen, Clause::C3);
}

#[test]
fn a_store_that_forgets_commits_that_wrote_nothing_is_caught_by_c3() {
    is_caught_by(Flaw::ForgetsCommitsThatWroteNothing, Clause::C3);
}

#[test]
fn a_store_that_reads_what_was_before_is_caught_by_c4() {
    is_caught_by(Flaw::ReadsWhatWasBefore, Clause::C4);
}

#[test]
fn a_store_that_repeats_a_key_on_the_next_page_is_caught_by_c5() {
    is_caught_by(Flaw::RepeatsAKeyOnTheNextPage, Clause::C5);
}

#[test]
fn a_store_that_scans_in_order_of_arrival_is_caught_by_c5() {
    is_caught_by(Flaw::ScansInOrderOfArrival, Clause::C5);
}

#[test]
fn a_store_that_holds_on_after_drop_is_caught_by_c7() {
    is_caught_by(Flaw::HoldsOnAfterDrop, Clause::C7);
}

#[test]
fn a_violation_names_clause_claim_and_cause() {
    let broken = || Err::<MapStore, _>(io::Error::other("no disk"));
    let violation = conformance::c5_a_scan_is_ordered_and_resumes(broken).unwrap_err();
    assert_eq!(violation.clause(), Clause::C5);
    assert_eq!(violation.claim(), "the store opens");
    assert!(format!("{violation:?}").contains("no disk"));
}

#[test]
fn a_store_error_keeps_its_cause_and_says_whether_to_try_again() {
    let lasting = StoreError::lasting("map", Operation::Get, io::Error::other("worn out"));
    let transient = StoreError::transient("map", Operation::Commit, "busy");
    assert!(!lasting.is_transient() && transient.is_transient());
    assert_eq!((lasting.backend(), lasting.operation()), ("map", Operation::Get));
    let source = std::error::Error::source(&lasting).unwrap();
    assert_eq!(source.to_string(), "worn out");
    assert!(!lasting.to_string().contains("worn out"), "a cause is printed once");
}
