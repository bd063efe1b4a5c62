//! The batches of many callers, settled as if one came after the other and written together.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use plugmint_store::{Batch, Effect, Guard, Key, Revision};
use redb::{CursorError, Table, WriteTransaction};

use crate::revisions::Revisions;
use crate::snapshot::Snapshot;
use crate::tables::{GENERATION, META, RECORDS, join, split};

/// The revision of a batch that was committed, or the key whose guard did not hold.
pub(crate) type Verdict = Result<Revision, Box<Key>>;

/// What a group of batches does to the last state.
pub(crate) struct Group<'a> {
    before: &'a Snapshot,
    revisions: &'a mut Revisions,
    accepted: usize,
    /// In the order of the keys, which is the order that they are written in.
    changes: BTreeMap<Key, Change>,
}

/// What becomes of one key, whatever became of it in between.
enum Change {
    /// A record where `before` has none.
    Added(Vec<u8>),
    /// A record where `before` may have one.
    Changed(Vec<u8>),
    /// No record.
    Deleted,
}

impl<'a> Group<'a> {
    pub(crate) const fn new(before: &'a Snapshot, revisions: &'a mut Revisions) -> Self {
        Self { before, revisions, accepted: 0, changes: BTreeMap::new() }
    }

    /// Adds a batch if all its guards hold behind the batches before it; its first change is made
    /// after its last guard was seen to hold.
    pub(crate) fn settle(&mut self, batch: Batch) -> Result<Verdict, redb::Error> {
        let revision_of = |key: &Key| match self.changes.get(key) {
            Some(Change::Added(stored) | Change::Changed(stored)) => Ok(Some(split(stored)?.0)),
            Some(Change::Deleted) => Ok(None),
            None => self.before.revision(key),
        };
        if let Some(key) = batch.violated(revision_of)? {
            return Ok(Err(Box::new(key.clone())));
        }
        self.accepted += 1;
        let revision = self.revisions.next();
        for (key, step) in batch.into_steps() {
            let is_new = step.guard() == Guard::Absent && !self.changes.contains_key(&key);
            let change = match step.into_effect() {
                Effect::Keep => continue,
                Effect::Put(value) if is_new => Change::Added(join(revision, &value)),
                Effect::Put(value) => Change::Changed(join(revision, &value)),
                Effect::Delete => Change::Deleted,
            };
            self.changes.insert(key, change);
        }
        Ok(Ok(revision))
    }

    /// Whether no batch was added.
    pub(crate) const fn is_empty(&self) -> bool {
        self.accepted == 0
    }

    /// How many batches were added.
    pub(crate) const fn len(&self) -> usize {
        self.accepted
    }

    /// Writes what the batches came to.
    pub(crate) fn write(self, txn: &WriteTransaction) -> Result<(), redb::Error> {
        let generation = self.revisions.generation();
        if generation != self.before.generation() {
            txn.open_table(META)?.insert(GENERATION, generation)?;
        }
        let mut records = txn.open_table(RECORDS)?;
        let mut changes = self.changes.into_iter().peekable();
        let mut scattered = Scattered::default();
        while let Some((key, change)) = changes.next() {
            match change {
                Change::Added(stored) if scattered.is_over() && is_added(changes.peek()) => {
                    let filled = fill_gap(&mut records, &key, &stored, &mut changes)?;
                    scattered.met_gap_of(filled);
                    continue;
                }
                Change::Added(stored) | Change::Changed(stored) => {
                    records.insert(key.as_bytes(), stored.as_slice())?;
                }
                Change::Deleted => {
                    records.remove(key.as_bytes())?;
                }
            }
            scattered.passed_one();
        }
        Ok(())
    }
}

/// How long records are expected to lie scattered, each in a gap of its own: there the search for a
/// gap costs more than it spares. After a few such in a row none is searched for a while.
#[derive(Default)]
struct Scattered {
    lone: usize,
    expected: usize,
}

impl Scattered {
    const fn is_over(&self) -> bool {
        self.expected == 0
    }

    const fn met_gap_of(&mut self, records: usize) {
        self.lone = if records > 1 { 0 } else { self.lone + 1 };
        if self.lone == MOST_LONE {
            *self = Self { lone: 0, expected: PASSED_OVER };
        }
    }

    const fn passed_one(&mut self) {
        self.expected = self.expected.saturating_sub(1);
    }
}

fn is_added(change: Option<&(Key, Change)>) -> bool {
    matches!(change, Some((_, Change::Added(_))))
}

/// Adds a record and all that come next and lie in the same gap between records that are there, as
/// an import's do: without a search for each. Says how many there were.
fn fill_gap(
    records: &mut Table<'_, &'static [u8], &'static [u8]>,
    key: &Key,
    stored: &[u8],
    changes: &mut Peekable<impl Iterator<Item = (Key, Change)>>,
) -> Result<usize, redb::Error> {
    let mut gap = records.lower_bound_mut(Bound::Included(key.as_bytes()))?;
    gap.insert_before(key.as_bytes(), stored)?;
    let mut filled = 1;
    while let Some((key, Change::Added(stored))) = changes.peek() {
        match gap.insert_before(key.as_bytes(), stored.as_slice()) {
            Ok(()) => changes.next(),
            Err(CursorError::UnorderedKey) => break,
            Err(error) => return Err(error.into()),
        };
        filled += 1;
    }
    gap.close()?;
    Ok(filled)
}

/// Gaps in a row that took one record each before they count as scattered.
const MOST_LONE: usize = 4;

/// Records that are then written one by one before a gap is searched again.
const PASSED_OVER: usize = 64;
