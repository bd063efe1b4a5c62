//! A store whose callers meet, on few cores too: a call on a store in memory takes a microsecond.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use async_trait::async_trait;
use plugmint_store::{Batch, CommitError, Key, Record, Revision, Store, StoreError};

/// Gives the core away now and then, before and behind what it is asked.
pub(crate) struct Hesitant<S> {
    store: S,
    asked: AtomicU64,
}

impl<S> Hesitant<S> {
    pub(crate) const fn new(store: S) -> Self {
        Self { store, asked: AtomicU64::new(0) }
    }

    fn hesitate(&self) {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        // Four bits of a hash: once in sixteen times, and not each sixteenth.
        if asked.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60 == 0 {
            thread::yield_now();
        }
    }
}

#[async_trait]
impl<S: Store> Store for Hesitant<S> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        self.hesitate();
        let record = self.store.get(key).await;
        self.hesitate();
        record
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
        self.hesitate();
        let committed = self.store.commit(batch).await;
        self.hesitate();
        committed
    }
}
