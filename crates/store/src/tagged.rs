//! A store whose records cannot be changed unseen.

mod tag_key;

use std::fmt;
use std::num::NonZeroUsize;

use async_trait::async_trait;
use thiserror::Error;

use crate::{Batch, CommitError, Key, Operation, Record, Revision, Store, StoreError};

pub use tag_key::{TAG_LEN, TagKey};

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
pub struct Tagged<S> {
    store: S,
    current: TagKey,
    older: Vec<TagKey>,
    plain: Option<&'static [u8]>,
}

impl<S> Tagged<S> {
    /// Tags the records of `store` under `current`. A store is tagged from its first record on.
    #[must_use]
    pub const fn new(store: S, current: TagKey) -> Self {
        Self { store, current, older: Vec::new(), plain: None }
    }

    /// Also reads what was tagged under an older key.
    #[must_use]
    pub fn with_older(mut self, older: TagKey) -> Self {
        self.older.push(older);
        self
    }

    /// Leaves records whose keys begin with `prefix` as they are: for what must be read before the
    /// right key is known, and proves itself.
    #[must_use]
    pub fn with_plain(self, prefix: &'static [u8]) -> Self {
        Self { plain: Some(prefix), ..self }
    }

    fn is_plain(&self, key: &Key) -> bool {
        self.plain.is_some_and(|prefix| key.as_bytes().starts_with(prefix))
    }

    /// The record without its tag.
    fn verified(&self, key: &Key, record: Record) -> Result<Record, TagError> {
        if self.is_plain(key) {
            return Ok(record);
        }
        let Some((value, tag)) = record.value().split_last_chunk::<TAG_LEN>() else {
            return Err(TagError::Missing { key: Box::new(key.clone()) });
        };
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let tag_key = keys.find(|tag_key| tag_key.made(tag));
        let unknown = || TagError::UnknownVersion { key: Box::new(key.clone()) };
        if !tag_key.ok_or_else(unknown)?.verifies(key, value, tag) {
            return Err(TagError::Mismatch { key: Box::new(key.clone()) });
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
        let tag = |key: &Key, mut value: Vec<u8>| {
            if !self.is_plain(key) {
                let tag = self.current.tag(key, &value);
                value.extend_from_slice(&tag);
            }
            value
        };
        self.store.commit(batch.map_values(tag)).await
    }
}

impl<S> fmt::Debug for Tagged<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tagged").field("current", &self.current).finish_non_exhaustive()
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
}

const NAME: &str = "tagged";
