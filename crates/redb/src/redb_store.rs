//! The store over its file.

use std::num::NonZeroUsize;
use std::path::Path;

use async_trait::async_trait;
use plugmint_store::{
    Batch, CommitError, CreateStoreError, Key, OpenStoreError, Operation, Record, Revision, Store,
    StoreError, scan_range,
};
use redb::{Database, ReadableDatabase};

use crate::file::{self, RedbOptions};
use crate::tables::RECORDS;
use crate::writer;

/// A store in one file, owned by this process while the handle lives. Share it behind an `Arc`.
#[derive(Debug)]
pub struct RedbStore(Database);

impl RedbStore {
    /// Makes an empty store under a name that is free, and opens it. The file's mode is 0600.
    ///
    /// # Errors
    /// * [`CreateStoreError::AlreadyExists`] when something is there; it is not touched.
    /// * [`CreateStoreError::Failed`] when the file cannot be made; nothing of that name is there.
    /// * [`CreateStoreError::Open`] when it was made and then cannot be opened.
    pub fn create(path: impl AsRef<Path>, options: &RedbOptions) -> Result<Self, CreateStoreError> {
        file::create(path.as_ref(), options)?;
        Ok(Self::open(path, options)?)
    }

    /// Opens a store that [`create`](Self::create) made, after a crash too, and verifies every page
    /// of it.
    ///
    /// # Errors
    /// [`OpenStoreError`], by what is wrong with the file. No record is changed. A file that redb
    /// can read is verified by it, which leaves its own marks in it, also where it is then refused.
    pub fn open(path: impl AsRef<Path>, options: &RedbOptions) -> Result<Self, OpenStoreError> {
        file::open(path.as_ref(), options).map(Self)
    }

    fn read(&self, key: &Key) -> Result<Option<Record>, redb::Error> {
        let stored = self.0.begin_read()?.open_table(RECORDS)?.get(key.as_bytes())?;
        stored.map(|stored| record(stored.value())).transpose()
    }

    fn read_page(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, redb::Error> {
        let records = self.0.begin_read()?.open_table(RECORDS)?;
        let mut page = Vec::new();
        for entry in records.range::<&[u8]>(scan_range(prefix, after))?.take(limit.get()) {
            let (key, stored) = entry?;
            if !key.value().starts_with(prefix) {
                break;
            }
            let key = Key::new(key.value())
                .map_err(|invalid| redb::Error::Corrupted(invalid.to_string()))?;
            page.push((key, record(stored.value())?));
        }
        Ok(page)
    }
}

#[async_trait]
impl Store for RedbStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        self.read(key).map_err(|error| failed(Operation::Get, error))
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        self.read_page(prefix, after, limit).map_err(|error| failed(Operation::Scan, error))
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        writer::settle(&self.0, batch)
            .map_err(|error| failed(Operation::Commit, error))?
            .map_err(CommitError::Conflict)
    }
}

fn record(stored: &[u8]) -> Result<Record, redb::Error> {
    writer::split(stored).map(|(revision, value)| Record::new(revision, value.to_vec()))
}

/// Nothing that redb reports goes away by trying again: after a failed write the file must be
/// opened anew.
fn failed(operation: Operation, error: redb::Error) -> StoreError {
    StoreError::lasting("redb", operation, error)
}
