//! A store that is never ready at once, so that every call on it is a place to be dropped at.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use plugmint_store::{Batch, CommitError, Key, Record, Revision, Store, StoreError};

/// Suspends once before and once after everything that it is asked.
pub struct YieldingStore(Arc<dyn Store>);

impl YieldingStore {
    /// Suspends around what `store` does.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }
}

impl std::fmt::Debug for YieldingStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("YieldingStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for YieldingStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        Yield::new().await;
        let record = self.0.get(key).await;
        Yield::new().await;
        record
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        Yield::new().await;
        let page = self.0.scan(prefix, after, limit).await;
        Yield::new().await;
        page
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        Yield::new().await;
        let committed = self.0.commit(batch).await;
        Yield::new().await;
        committed
    }
}

/// Pending the first time, ready the second.
struct Yield {
    yielded: bool,
}

impl Yield {
    const fn new() -> Self {
        Self { yielded: false }
    }
}

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
