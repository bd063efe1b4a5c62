//! The contract.

use std::num::NonZeroUsize;
use std::ops::Bound;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Batch, CommitError, Key, Record, Revision, StoreError};

/// A place that keeps records, and the contract between plugmint and a backend.
///
/// # The contract
/// * **C1 All or nothing.** After `Ok` every step of the batch happened. After
///   [`Conflict`](CommitError::Conflict) nothing changed. After
///   [`CommitError::Store`] all of it happened or none, and the caller cannot know which.
/// * **C2 Guarded.** Every guard, also on [`Effect::Keep`](crate::Effect::Keep), held at the
///   instant of the write.
/// * **C3 Fresh revisions.** A revision is never given twice: not after a delete, not after the
///   store was opened again.
/// * **C4 Read your writes.** A `get` or `scan` that starts after `commit` returned sees it.
/// * **C5 Ordered scans.** `scan` gives byte order, each key once, and resumes by `after`.
/// * **C6 Durable.** What a durable backend acknowledged survives a crash and is there when the
///   store is opened again.
/// * **C7 Released.** When the last handle is dropped the data can be opened again at once.
///
/// To keep them, a backend
/// * checks all guards before its first write, under the lock or transaction that it writes in;
/// * counts revisions for the whole store, never for each key;
/// * finishes a commit that was handed over, also when the caller drops the future.
///
/// A backend does I/O and nothing else: it knows no domain type, has no rule and never retries. It
/// needs no particular async runtime.
#[async_trait]
pub trait Store: Send + Sync {
    /// The record under `key`, or `None`.
    ///
    /// # Errors
    /// [`StoreError`] when the backend failed; nothing changed.
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError>;

    /// The first records whose keys begin with `prefix` and come after `after`, at most `limit`, in
    /// byte order. Fewer than `limit` means that there are no more. An empty prefix means all.
    ///
    /// One call sees each key at one instant, not all keys at the same: decisions never rest on a
    /// scan.
    ///
    /// # Errors
    /// [`StoreError`] when the backend failed; nothing changed.
    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError>;

    /// Does all steps of a batch if all its guards hold, and answers with the revision that every
    /// record it put is at now.
    ///
    /// # Errors
    /// * [`CommitError::Conflict`] names a key whose guard did not hold; nothing changed.
    /// * [`CommitError::Store`] when the backend failed; all of the batch happened or none of it.
    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError>;
}

/// A future as `async_trait` writes it.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A shared store is the store: each call hands on its future, without another around it.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn get<'s, 'k, 'f>(&'s self, key: &'k Key) -> Boxed<'f, Result<Option<Record>, StoreError>>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        (**self).get(key)
    }

    fn scan<'s, 'p, 'k, 'f>(
        &'s self,
        prefix: &'p [u8],
        after: Option<&'k Key>,
        limit: NonZeroUsize,
    ) -> Boxed<'f, Result<Vec<(Key, Record)>, StoreError>>
    where
        's: 'f,
        'p: 'f,
        'k: 'f,
        Self: 'f,
    {
        (**self).scan(prefix, after, limit)
    }

    fn commit<'s, 'f>(&'s self, batch: Batch) -> Boxed<'f, Result<Revision, CommitError>>
    where
        's: 'f,
        Self: 'f,
    {
        (**self).commit(batch)
    }
}

/// The keys from which a scan takes those that begin with `prefix`: for backends that keep their
/// records in order.
#[must_use]
pub fn scan_range<'a>(
    prefix: &'a [u8],
    after: Option<&'a Key>,
) -> (Bound<&'a [u8]>, Bound<&'a [u8]>) {
    let start = match after.map(Key::as_bytes) {
        Some(after) if after >= prefix => Bound::Excluded(after),
        Some(_) | None => Bound::Included(prefix),
    };
    (start, Bound::Unbounded)
}
