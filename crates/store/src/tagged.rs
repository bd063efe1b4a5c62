//! A store whose records cannot be changed unseen.

mod tag_key;
mod tag_keys;

use std::error::Error as StdError;
use std::fmt;
use std::num::NonZeroUsize;

use async_trait::async_trait;
use thiserror::Error;

use crate::{Batch, CommitError, Guard, Key, Operation, Record, Revision, Store, StoreError};
use tag_keys::TagKeys;

pub use tag_key::{TAG_LEN, TagKey, tag_version};

/// A store over a store that puts a keyed tag behind every value and verifies it at every read.
///
/// What is kept of a value is `value || u32(version) || tag`, big-endian, with
/// `tag = HMAC-SHA256(key, msg("plugmint/v1/record-tag", record key, value))[0..16]` and `msg` of
/// plugmint's derivation page: each part behind its length in four bytes. That is HMAC-SHA-256-128
/// of RFC 4868, 20 bytes a record; a read or a put costs one hash compression for each 64 bytes of
/// key and value, and two more.
///
/// # What it sees
/// Any bit of a value that changed, and a record that was moved to another key: reading it is a
/// [`TagError`] in the source of a [`StoreError`]. Who does not have the key can make no record.
///
/// # What it does not see
/// That a record was deleted, that an older record of the same key came back, or that it came from
/// another store under the same key of tags: all need a copy of the store that somebody else keeps.
/// So two stores shall not share a key. Nor does it hide anything: values are stored in clear.
///
/// # When the key changes
/// [`add_key`](Self::add_key) takes in a newer key while the store is in use; what an older one
/// tagged is read until its record is put again. A key can name the record that
/// [ends](TagKey::ended_by) it: no commit tags under it from then on, wherever it comes from.
pub struct Tagged<S> {
    store: S,
    keys: TagKeys,
    plain: Vec<&'static [u8]>,
}

impl<S> Tagged<S> {
    /// Tags the records of `store` under `current`. A store is tagged from its first record on.
    #[must_use]
    pub fn new(store: S, current: TagKey) -> Self {
        Self { store, keys: TagKeys::new(current), plain: Vec::new() }
    }

    /// Also reads what was tagged under an older key.
    #[must_use]
    pub fn with_older(self, older: TagKey) -> Self {
        self.keys.add_older(older);
        self
    }

    /// Leaves records whose keys begin with `prefix` as they are: for what must be read before the
    /// right key is known, and proves itself. Each call adds a prefix.
    #[must_use]
    pub fn with_plain(mut self, prefix: &'static [u8]) -> Self {
        self.plain.push(prefix);
        self
    }

    /// Takes in another key while the store is in use. Records are read under it from now on, and
    /// tagged under it when its version is above the current one's. A key whose version is known
    /// changes nothing.
    pub fn add_key(&self, key: TagKey) {
        self.keys.add(key);
    }

    /// The store under the tags: what it gives has them.
    #[must_use]
    pub const fn under(&self) -> &S {
        &self.store
    }

    /// Whether the record of that key has no tag, see [`with_plain`](Self::with_plain).
    #[must_use]
    pub fn is_plain(&self, key: &Key) -> bool {
        self.plain.iter().any(|prefix| key.as_bytes().starts_with(prefix))
    }

    /// A record as the store [under](Self::under) the tags gave it, verified and without its tag.
    ///
    /// # Errors
    /// [`TagError`] when it is not what was put under that key.
    pub fn verified(&self, key: &Key, record: Record) -> Result<Record, TagError> {
        if self.is_plain(key) {
            return Ok(record);
        }
        let Some((value, tag)) = record.value().split_last_chunk::<TAG_LEN>() else {
            return Err(TagError::Missing { key: Box::new(key.clone()) });
        };
        // Looked up after the record was read: a key is added before anything is tagged under it.
        match self.keys.verify(key, value, tag) {
            None => return Err(TagError::UnknownVersion { key: Box::new(key.clone()) }),
            Some(false) => return Err(TagError::Mismatch { key: Box::new(key.clone()) }),
            Some(true) => {}
        }
        let len = value.len();
        Ok(record.truncated(len))
    }
}

#[async_trait]
impl<S: Store> Store for Tagged<S> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let record = self.store.get(key).await?;
        let verified = record.map(|record| self.verified(key, record)).transpose();
        verified.map_err(|error| StoreError::lasting(NAME, Operation::Get, error))
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let page = self.store.scan(prefix, after, limit).await?;
        let verified = page.into_iter().map(|(key, record)| {
            let record = self.verified(&key, record)?;
            Ok((key, record))
        });
        verified
            .collect::<Result<_, TagError>>()
            .map_err(|error| StoreError::lasting(NAME, Operation::Scan, error))
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        let tag_key = self.keys.current();
        let tag = |key: &Key, mut value: Vec<u8>| {
            if !self.is_plain(key) {
                let tag = tag_key.tag(key, &value);
                value.extend_from_slice(&tag);
            }
            value
        };
        let mut batch = batch.map_values(tag);
        // Who makes the batch may guard the same.
        let end = tag_key.end().filter(|end| !batch.has(end));
        if let Some(end) = end {
            batch = batch.keep(end.clone(), Guard::Absent).map_err(failed_commit)?;
        }
        match self.store.commit(batch).await {
            // Under the next key it may go well, where there is one.
            Err(CommitError::Conflict(key))
                if end == Some(&*key) && self.keys.current().version() == tag_key.version() =>
            {
                Err(failed_commit(TagError::KeyEnded { version: tag_key.version() }))
            }
            committed => committed,
        }
    }
}

impl<S> fmt::Debug for Tagged<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged").field("current", &self.keys.current()).finish_non_exhaustive()
    }
}

/// A record is not what was put under its key.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum TagError {
    /// It is too short to have a tag.
    #[error("the record `{key}` has no tag: expected a store that is tagged from the first record")]
    Missing {
        /// Its key.
        key: Box<Key>,
    },
    /// It has the tag of a key that was not given, or its version was changed.
    #[error("the record `{key}` was tagged under another key version: expected one that was given")]
    UnknownVersion {
        /// Its key.
        key: Box<Key>,
    },
    /// Its bytes are not those that were tagged, or were tagged under another key of a record.
    #[error("the record `{key}` was changed or moved: expected what was put there")]
    Mismatch {
        /// Its key.
        key: Box<Key>,
    },
    /// Nothing is tagged under the current key any more: somebody else added a newer one, and ended
    /// this. Nothing was written.
    #[error("tags under key version {version} have ended: expected a newer version")]
    KeyEnded {
        /// The version of the current key.
        version: u32,
    },
}

fn failed_commit(error: impl Into<Box<dyn StdError + Send + Sync>>) -> CommitError {
    StoreError::lasting(NAME, Operation::Commit, error).into()
}

const NAME: &str = "tagged";
