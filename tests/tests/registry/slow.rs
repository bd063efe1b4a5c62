//! A store to which something happens before the next read or commit.

use std::sync::Mutex;

use async_trait::async_trait;
use plugmint::StoreError;
use plugmint_store::{Batch, CommitError, Key, Record, Revision};

use crate::prelude::*;

type Before = Box<dyn FnOnce() + Send>;

pub(crate) struct Slow {
    store: Arc<dyn Store>,
    get: Mutex<Option<(Vec<u8>, Before)>>,
    commit: Mutex<Option<Before>>,
}

impl Slow {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { store: memory(), get: Mutex::default(), commit: Mutex::default() })
    }

    /// The store as others see it.
    pub(crate) fn inner(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Once, before the next record under that prefix is read.
    pub(crate) fn before_get(&self, prefix: &[u8], before: impl FnOnce() + Send + 'static) {
        *self.get.lock().unwrap() = Some((prefix.to_vec(), Box::new(before)));
    }

    /// Once, before the next commit.
    pub(crate) fn before_commit(&self, before: impl FnOnce() + Send + 'static) {
        *self.commit.lock().unwrap() = Some(Box::new(before));
    }
}

#[async_trait]
impl Store for Slow {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let before =
            self.get.lock().unwrap().take_if(|(prefix, _)| key.as_bytes().starts_with(prefix));
        if let Some((_, before)) = before {
            before();
        }
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
        let before = self.commit.lock().unwrap().take();
        if let Some(before) = before {
            before();
        }
        self.store.commit(batch).await
    }
}
