//! Stores that break the contract: their histories are found.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, CommitError, Effect, Guard, Key, Record, Revision, Store, StoreError};

use crate::meeting::Met;
use crate::stores::first_wrong;

/// What a store does wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Flaw {
    None,
    /// A look-up tells what the one before it should have told.
    StaleReads,
    /// A commit is done whatever is there.
    NoGuards,
}

struct Untrue {
    store: MemoryStore,
    flaw: Flaw,
    last: Mutex<HashMap<Key, Option<Record>>>,
}

impl Untrue {
    fn with(flaw: Flaw) -> Arc<dyn Store> {
        Arc::new(Self { store: MemoryStore::new(), flaw, last: Mutex::default() })
    }

    /// The same writes, guarded with what is there.
    async fn as_it_is(&self, batch: &Batch) -> Result<Batch, StoreError> {
        let mut unguarded = Batch::new();
        for (key, step) in batch.steps() {
            let at = self.store.get(key).await?.map(|record| record.revision());
            let (key, guard) = (key.clone(), at.map_or(Guard::Absent, Guard::At));
            unguarded = match (step.effect(), at) {
                (Effect::Put(value), _) => unguarded.put(key, guard, value.clone()).unwrap(),
                (Effect::Delete, Some(revision)) => unguarded.delete(key, revision).unwrap(),
                (Effect::Keep | Effect::Delete, _) => unguarded.keep(key, guard).unwrap(),
            };
        }
        Ok(unguarded)
    }
}

#[async_trait]
impl Store for Untrue {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let record = self.store.get(key).await?;
        let mut last = self.last.lock().unwrap();
        match last.insert(key.clone(), record.clone()) {
            Some(old) if self.flaw == Flaw::StaleReads => Ok(old),
            _ => Ok(record),
        }
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
        if self.flaw != Flaw::NoGuards {
            return self.store.commit(batch).await;
        }
        loop {
            match self.store.commit(self.as_it_is(&batch).await?).await {
                Err(CommitError::Conflict(_)) => {}
                answer => return answer,
            }
        }
    }
}

fn is_found(flaw: Flaw) -> bool {
    first_wrong(|| Untrue::with(flaw), 200, &mut Met::default()).is_some()
}

#[test]
fn a_store_without_a_flaw_is_not_found() {
    assert!(!is_found(Flaw::None));
}

#[test]
fn a_store_that_shows_what_is_old_is_found() {
    assert!(is_found(Flaw::StaleReads));
}

#[test]
fn a_store_that_ignores_guards_is_found() {
    assert!(is_found(Flaw::NoGuards));
}
