//! How a store file comes to be, and how it is opened.

use std::error::Error as StdError;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use plugmint_store::{CreateStoreError, OpenStoreError};
use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError};
use tempfile::NamedTempFile;

use crate::header;
use crate::tables::{FORMAT, KNOWN_FORMAT, META, RECORDS};

type BoxError = Box<dyn StdError + Send + Sync>;

/// How a store uses its file.
#[derive(Clone, Debug)]
pub struct RedbOptions {
    cache_mib: u32,
}

impl RedbOptions {
    /// Memory for cached pages, in MiB; 128 unless told otherwise. A store that fits in it is read
    /// without system calls.
    #[must_use]
    pub fn with_cache_mib(self, cache_mib: u32) -> Self {
        Self { cache_mib }
    }

    fn builder(&self) -> Builder {
        let mut builder = Builder::new();
        let mib = usize::try_from(self.cache_mib).unwrap_or(usize::MAX);
        builder.set_cache_size(mib.saturating_mul(1 << 20)).set_check_integrity_on_open(true);
        builder
    }
}

impl Default for RedbOptions {
    fn default() -> Self {
        Self { cache_mib: 128 }
    }
}

/// Makes an empty store, whole or not at all: under a temporary name, synced, then named.
pub(crate) fn create(path: &Path, options: &RedbOptions) -> Result<(), CreateStoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(CreateStoreError::AlreadyExists);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    let temporary = write_empty(directory, options).map_err(CreateStoreError::Failed)?;
    // Somebody may have been faster since the look above: what they made stays.
    temporary.persist_noclobber(path).map_err(|failed| failed.error)?;
    if let Err(error) = sync_directory(directory) {
        // The name may not last, so it is taken back: who is told of a failure has no store.
        std::fs::remove_file(path)?;
        return Err(error.into());
    }
    Ok(())
}

/// Opens a store that is there; makes none.
pub(crate) fn open(path: &Path, options: &RedbOptions) -> Result<Database, OpenStoreError> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let metadata = file.metadata()?;
    // The owner's wish, also where the system would not enforce it: a superuser may write anything.
    if metadata.permissions().readonly() {
        return Err(OpenStoreError::ReadOnly);
    }
    let (found, expected) = (metadata.len(), header::layout_len(&mut file)?);
    let database = options.builder().open(path).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            OpenStoreError::Held
        }
        _ if found < expected => OpenStoreError::Truncated { found, expected },
        DatabaseError::UpgradeRequired(_) => OpenStoreError::Foreign,
        DatabaseError::Storage(StorageError::Io(error)) => error.into(),
        error => OpenStoreError::Damaged(error.into()),
    })?;
    let format = || -> Result<_, redb::Error> {
        Ok(database.begin_read()?.open_table(META)?.get(FORMAT)?.map(|format| format.value()))
    };
    match format() {
        Ok(Some(KNOWN_FORMAT)) => Ok(database),
        Ok(Some(found)) if found > KNOWN_FORMAT => {
            Err(OpenStoreError::Newer { what: "record", found, known: KNOWN_FORMAT })
        }
        Ok(_) | Err(redb::Error::TableDoesNotExist(_)) => Err(OpenStoreError::Foreign),
        Err(error) => Err(OpenStoreError::Damaged(error.into())),
    }
}

fn write_empty(directory: &Path, options: &RedbOptions) -> Result<NamedTempFile, BoxError> {
    let temporary =
        tempfile::Builder::new().prefix(".plugmint-").suffix(".new").tempfile_in(directory)?;
    let backend = FileBackend::new(temporary.reopen()?)?;
    let database = options.builder().create_with_backend(backend)?;
    let mut txn = database.begin_write()?;
    txn.set_quick_repair(true);
    txn.open_table(RECORDS)?;
    txn.open_table(META)?.insert(FORMAT, KNOWN_FORMAT)?;
    txn.commit()?;
    database.close()?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// Makes the new name last. Systems on which a directory cannot be opened do not ask for it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
