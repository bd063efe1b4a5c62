//! A store whose next commits go wrong.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use plugmint_store::{
    Batch, CommitError, Guard, Key, Operation, Record, Revision, Store, StoreError,
};

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Trouble {
    /// It goes well: the trouble comes later.
    None,
    /// It conflicts, as if somebody had been faster. Nothing is written.
    Conflict,
    /// The store fails, and nothing is written.
    FailsBefore,
    /// The store fails when everything is written.
    FailsAfter,
    /// Somebody is faster: every record that lies under this prefix is written anew, as it is.
    Rewritten(&'static [u8]),
}

/// Gives each of the next commits its trouble, and the rest none.
pub struct TroubledStore {
    store: Arc<dyn Store>,
    troubles: Mutex<VecDeque<Trouble>>,
    conflicts: AtomicUsize,
}

impl TroubledStore {
    /// Goes well until it is told.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, troubles: Mutex::default(), conflicts: AtomicUsize::new(0) }
    }

    /// The next `times` commits go wrong that way.
    pub fn trouble(&self, trouble: Trouble, times: usize) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.extend(std::iter::repeat_n(trouble, times));
    }

    /// The commit behind the next `sound` ones goes wrong that way.
    pub fn trouble_behind(&self, sound: usize, trouble: Trouble) {
        self.trouble(Trouble::None, sound);
        self.trouble(trouble, 1);
    }

    /// No trouble is still to come.
    pub fn calm(&self) {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many troubles are still to come.
    #[must_use]
    pub fn left(&self) -> usize {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many commits the store behind has refused for a guard that did not hold.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.conflicts.load(Ordering::SeqCst)
    }

    async fn rewrite(&self, prefix: &[u8]) -> Result<(), CommitError> {
        for (key, record) in self.store.scan(prefix, None, NonZeroUsize::MAX).await? {
            let guard = Guard::At(record.revision());
            if let Ok(batch) = Batch::new().put(key, guard, record.into_value()) {
                self.store.commit(batch).await?;
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<Trouble> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl std::fmt::Debug for TroubledStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TroubledStore").field("troubles", &self.troubles).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for TroubledStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
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
        let failed =
            || CommitError::Store(StoreError::lasting("troubled", Operation::Commit, "trouble"));
        match self.next() {
            None | Some(Trouble::None) => self.store.commit(batch).await,
            Some(Trouble::Rewritten(prefix)) => {
                self.rewrite(prefix).await?;
                let committed = self.store.commit(batch).await;
                let conflict = matches!(committed, Err(CommitError::Conflict(_)));
                self.conflicts.fetch_add(usize::from(conflict), Ordering::SeqCst);
                committed
            }
            Some(Trouble::FailsBefore) => Err(failed()),
            Some(Trouble::FailsAfter) => {
                self.store.commit(batch).await?;
                Err(failed())
            }
            Some(Trouble::Conflict) => {
                let key = batch.steps().next().map(|(key, _)| key.clone());
                match key {
                    Some(key) => Err(CommitError::Conflict(Box::new(key))),
                    None => self.store.commit(batch).await,
                }
            }
        }
    }
}
