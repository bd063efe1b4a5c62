//! A store that counts what it is asked.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use plugmint_store::{Batch, CommitError, Key, Record, Revision, Store, StoreError};

/// Counts reads and commits.
pub struct CountingStore {
    store: Arc<dyn Store>,
    gets: AtomicUsize,
    attempts: AtomicUsize,
    commits: AtomicUsize,
}

impl CountingStore {
    /// Counts what `store` is asked.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            gets: AtomicUsize::new(0),
            attempts: AtomicUsize::new(0),
            commits: AtomicUsize::new(0),
        }
    }

    /// Look-ups so far.
    #[must_use]
    pub fn gets(&self) -> usize {
        self.gets.load(Ordering::SeqCst)
    }

    /// Commits that were asked for so far, also those that were refused.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }

    /// Commits that succeeded so far.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }
}

impl std::fmt::Debug for CountingStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CountingStore")
            .field("gets", &self.gets)
            .field("attempts", &self.attempts)
            .field("commits", &self.commits)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for CountingStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        self.store.get(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.store.scan(prefix, after, limit).await
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let committed = self.store.commit(batch).await;
        self.commits.fetch_add(usize::from(committed.is_ok()), Ordering::SeqCst);
        committed
    }
}
