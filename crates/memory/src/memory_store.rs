//! The store: shards, and the counter that revisions come from.

use std::array;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use plugmint_store::{Batch, CommitError, Key, Operation, Record, Revision, Store, StoreError};

use crate::shard::{Held, Need, Shard};

/// Records in memory, gone when it is dropped. Share it behind an `Arc`.
pub struct MemoryStore {
    shards: [Shard; SHARDS],
    hasher: RandomState,
    commits: AtomicU64,
}

impl MemoryStore {
    /// A store without records.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shards: array::from_fn(|_| Shard::default()),
            hasher: RandomState::new(),
            commits: AtomicU64::new(0),
        }
    }

    /// By what a key is found. Keyed at random, so that nobody can choose keys for one place.
    fn hash(&self, key: &Key) -> u64 {
        self.hasher.hash_one(key.as_bytes())
    }

    /// 2^64 commits outlast any process, so no revision comes twice.
    fn next_revision(&self) -> Revision {
        let number = u128::from(self.commits.fetch_add(1, Ordering::Relaxed));
        Revision::from_parts(number.to_be_bytes())
    }

    fn settle(&self, batch: Batch) -> Result<Revision, Box<Key>> {
        let mut needs = [Need::Nothing; SHARDS];
        for (key, step) in batch.steps() {
            if let Some(need) = needs.get_mut(place(self.hash(key))) {
                *need = Need::of(step.effect()).max(*need);
            }
        }
        // INVARIANT: shards are locked in the order of their numbers, by commits and by scans.
        let mut held: [Held<'_>; SHARDS] = {
            let mut parts = self.shards.iter().zip(needs);
            array::from_fn(|_| parts.next().map_or(Held::Nothing, |(shard, need)| shard.hold(need)))
        };
        let revision_of = |key: &Key| -> Result<_, std::convert::Infallible> {
            let hash = self.hash(key);
            Ok(held.get(place(hash)).and_then(|held| held.revision(hash, key)))
        };
        match batch.violated(revision_of) {
            Ok(None) => {}
            Ok(Some(key)) => return Err(Box::new(key.clone())),
        }
        let revision = self.next_revision();
        for (key, step) in batch.into_steps() {
            let hash = self.hash(&key);
            if let Some(held) = held.get_mut(place(hash)) {
                held.apply(hash, &key, step.into_effect(), revision);
            }
        }
        Ok(revision)
    }

    fn merge(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let held: Vec<_> = self.shards.iter().map(Shard::read).collect();
        let mut ranges: Vec<_> =
            held.iter().map(|records| records.keys(prefix, after).peekable()).collect();
        let mut heads: BinaryHeap<_> = ranges
            .iter_mut()
            .enumerate()
            .filter_map(|(place, range)| range.peek().map(|key| Reverse((*key, place))))
            .collect();
        let mut page = Vec::new();
        while page.len() < limit.get()
            && let Some(Reverse((_, place))) = heads.pop()
            && let Some(range) = ranges.get_mut(place)
            && let Some(found) = range.next()
        {
            heads.extend(range.peek().map(|key| Reverse((*key, place))));
            let key = Key::new(found)
                .map_err(|invalid| StoreError::lasting("memory", Operation::Scan, invalid))?;
            let record = held.get(place).and_then(|records| records.get(self.hash(&key), found));
            page.extend(record.map(|record| (key, record)));
        }
        Ok(page)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows how many records there are, and none of them.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records: usize = self.shards.iter().map(|shard| shard.read().len()).sum();
        f.debug_struct("MemoryStore").field("records", &records).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        // INVARIANT: a place is below the number of shards, so there always is one.
        let hash = self.hash(key);
        let shard = self.shards.get(place(hash));
        Ok(shard.and_then(|shard| shard.read().get(hash, key.as_bytes())))
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.merge(prefix, after, limit)
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.settle(batch).map_err(CommitError::Conflict)
    }
}

/// Which shard a key lies in: by other bits of its hash than those that place it in there.
fn place(hash: u64) -> usize {
    usize::try_from((hash >> 32) % SHARDS as u64).unwrap_or(0)
}

const SHARDS: usize = 64;
