//! The database in a file, wherever its bytes lie.

use std::error::Error as StdError;

use plugmint_store::OpenStoreError;
use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, StorageError,
    WriteTransaction,
};

use crate::header::{self, Lengths};
use crate::options::RedbOptions;
use crate::tables::{FORMAT, KNOWN_FORMAT, META, RECORDS};
use crate::thrice::Thrice;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Makes an empty store of an empty file.
pub(crate) fn initialize(
    backend: impl StorageBackend,
    options: &RedbOptions,
) -> Result<Database, BoxError> {
    let database = builder(options).create_with_backend(Thrice(backend))?;
    let txn = begin(&database)?;
    txn.open_table(RECORDS)?;
    txn.open_table(META)?.insert(FORMAT, KNOWN_FORMAT)?;
    txn.commit()?;
    Ok(database)
}

/// Opens a store that is there; makes none.
pub(crate) fn open(
    backend: impl StorageBackend,
    options: &RedbOptions,
) -> Result<Database, OpenStoreError> {
    let Lengths { found, expected } = header::lengths(&backend)?;
    // INVARIANT: what is empty was refused above, so nothing is made here.
    let opened = builder(options).create_with_backend(Thrice(backend));
    let database = opened.map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            OpenStoreError::Held
        }
        _ if found < expected => OpenStoreError::Truncated { found, expected },
        DatabaseError::UpgradeRequired(_) => OpenStoreError::Foreign,
        DatabaseError::Storage(StorageError::Io(error)) => error.into(),
        error => OpenStoreError::Damaged(error.into()),
    })?;
    match format(&database) {
        Ok(Some(KNOWN_FORMAT)) => Ok(database),
        Ok(Some(found)) if found > KNOWN_FORMAT => {
            Err(OpenStoreError::Newer { what: "record", found, known: KNOWN_FORMAT })
        }
        Ok(_) | Err(redb::Error::TableDoesNotExist(_)) => Err(OpenStoreError::Foreign),
        Err(error) => Err(OpenStoreError::Damaged(error.into())),
    }
}

/// Begins a transaction in the one mode that this crate commits in.
///
/// Quick-repair commits in two phases: which commit is the last is then known without doubt, so
/// that damage is an error and never a silent step back to the commit before it.
pub(crate) fn begin(database: &Database) -> Result<WriteTransaction, redb::Error> {
    let mut txn = database.begin_write()?;
    txn.set_quick_repair(true);
    Ok(txn)
}

fn format(database: &Database) -> Result<Option<u64>, redb::Error> {
    Ok(database.begin_read()?.open_table(META)?.get(FORMAT)?.map(|format| format.value()))
}

fn builder(options: &RedbOptions) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(options.cache_bytes()).set_check_integrity_on_open(true);
    builder
}
