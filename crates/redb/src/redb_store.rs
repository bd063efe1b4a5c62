//! The store over its file.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use plugmint_store::{
    Batch, CommitError, CreateStoreError, Key, OpenStoreError, Operation, Record, Revision, Store,
    StoreError,
};
use redb::Database;

use crate::backup::{self, Backup, BackupError, Backups, RestoreError};
use crate::file;
use crate::options::RedbOptions;
use crate::read_threads::ReadThreads;
use crate::reader::Reader;
use crate::revisions::Revisions;
use crate::snapshot::Snapshot;
use crate::unsettled::Unsettled;
use crate::writer::Writer;

/// A store in one file, owned by this process while the handle lives. Share it behind an `Arc`.
///
/// Dropping it finishes the commits that were handed over, ends its threads and releases the file;
/// it blocks until then. Where a thread of the store itself drops the last handle, because the
/// answer that it gave woke a task that ended there and then, the file is released when that thread
/// ends.
pub struct RedbStore {
    writer: Writer,
    reader: Reader,
    read_threads: Option<ReadThreads>,
    backups: Backups,
}

impl RedbStore {
    /// Makes an empty store under a name that is free, and opens it. The file's mode is 0600. It
    /// blocks.
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
    /// of it. It blocks, and reads the whole file.
    ///
    /// # Errors
    /// [`OpenStoreError`], by what is wrong with the file. No record is changed. A file that redb
    /// can read is verified by it, which leaves its own marks in it, also where it is then refused.
    pub fn open(path: impl AsRef<Path>, options: &RedbOptions) -> Result<Self, OpenStoreError> {
        Self::serve(file::open(path.as_ref(), options)?, options)
    }

    /// Makes a store of a backup, under a name that is free, and opens it. The backup is not
    /// touched; every page of the copy is verified before it gets its name. It blocks.
    ///
    /// # Errors
    /// [`RestoreError`]; nothing of that name is there, or what was there before.
    pub fn restore(
        backup: impl AsRef<Path>,
        path: impl AsRef<Path>,
        options: &RedbOptions,
    ) -> Result<Self, RestoreError> {
        backup::restore(backup.as_ref(), path.as_ref(), options)?;
        Self::open(path, options)
            .map_err(|error| RestoreError::Create(CreateStoreError::Open(error)))
    }

    /// Writes a backup under a name that is free: the store as one commit left it, while it goes on
    /// serving. Every page of the backup is verified before it gets its name; its mode is 0600. A
    /// backup holds no key.
    ///
    /// It is written on a thread of its own. While that reads, the file of the store grows by what
    /// is committed. Dropping the future gives the backup up, unless it is whole by then, and
    /// dropping the store waits until nothing is left of it. A process that is killed meanwhile
    /// leaves a file `.plugmint-*.new`; who makes a backup or a store in that directory a day later
    /// deletes it.
    ///
    /// # Errors
    /// [`BackupError`]; nothing of that name is there, or what was there before.
    pub async fn snapshot(&self, path: impl AsRef<Path>) -> Result<Backup, BackupError> {
        self.backups.write(self.reader.clone(), path.as_ref()).await
    }

    /// How many times the commits since the store was opened were written and synced: many callers
    /// share one.
    #[must_use]
    pub fn groups(&self) -> u64 {
        self.writer.groups()
    }

    pub(crate) fn serve(database: Database, options: &RedbOptions) -> Result<Self, OpenStoreError> {
        let damaged = |error: redb::Error| OpenStoreError::Damaged(error.into());
        let last = Arc::new(ArcSwap::from_pointee(Snapshot::last(&database).map_err(damaged)?));
        let reader = Reader::new(Arc::clone(&last), options.snapshot_age());
        let read_threads = ReadThreads::start(options.read_threads())?;
        let revisions = Revisions::behind(&last.load()).ok_or_else(|| {
            OpenStoreError::Damaged("the revisions of the store are used up".into())
        })?;
        let writer = Writer::start(database, last, revisions, options)?;
        Ok(Self { writer, reader, read_threads, backups: Backups::default() })
    }
}

#[async_trait]
impl Store for RedbStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let failed = |error| failed(Operation::Get, error);
        let Some(threads) = &self.read_threads else {
            return self.reader.get(key).map_err(failed);
        };
        let (reader, key) = (self.reader.clone(), key.clone());
        let read = threads.run(move || reader.get(&key)).await;
        read.map_err(|error| StoreError::lasting(NAME, Operation::Get, error))?.map_err(failed)
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let failed = |error| failed(Operation::Scan, error);
        let Some(threads) = &self.read_threads else {
            return self.reader.scan(prefix, after, limit).map_err(failed);
        };
        let (reader, prefix, after) = (self.reader.clone(), prefix.to_vec(), after.cloned());
        let read = threads.run(move || reader.scan(&prefix, after.as_ref(), limit)).await;
        read.map_err(|error| StoreError::lasting(NAME, Operation::Scan, error))?.map_err(failed)
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        self.writer
            .commit(batch)
            .await
            .map_err(|unsettled| StoreError::lasting(NAME, Operation::Commit, unsettled))?
            .map_err(CommitError::Conflict)
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").field("groups", &self.groups()).finish_non_exhaustive()
    }
}

/// Nothing that redb reports goes away by trying again: after any failure of the disk it refuses
/// commits, and reads that are not in its cache, until the file is opened anew.
fn failed(operation: Operation, error: redb::Error) -> StoreError {
    StoreError::lasting(NAME, operation, Unsettled::Unread(Arc::new(error)))
}

const NAME: &str = "redb";
