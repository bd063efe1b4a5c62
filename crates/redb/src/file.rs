//! How a store file comes to be, and how it is opened.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableError};

use crate::error::{CreateError, OpenError};
use crate::header::{Header, KNOWN_FILE_FORMAT};
use crate::tables::{FORMAT, GENERATION, KNOWN_FORMAT, META, RECORDS};

/// How a store uses its file.
#[derive(Clone, Debug)]
pub struct RedbOptions {
    cache_mib: u32,
}

impl RedbOptions {
    /// The cache, unless told otherwise.
    pub const DEFAULT_CACHE_MIB: u32 = 128;

    /// Memory for cached pages, in MiB. A store that fits in it is read without system calls.
    #[must_use]
    pub fn with_cache_mib(self, cache_mib: u32) -> Self {
        Self { cache_mib }
    }

    fn builder(&self) -> Builder {
        let mut builder = Builder::new();
        let bytes = usize::try_from(u64::from(self.cache_mib) * 1024 * 1024);
        builder.set_cache_size(bytes.unwrap_or(usize::MAX));
        builder.set_check_integrity_on_open(true);
        builder
    }
}

impl Default for RedbOptions {
    fn default() -> Self {
        Self { cache_mib: Self::DEFAULT_CACHE_MIB }
    }
}

/// Makes an empty store, whole or not at all: under a temporary name, synced, then named.
pub(crate) fn create(path: &Path, options: &RedbOptions) -> Result<(), CreateError> {
    if path.symlink_metadata().is_ok() {
        return Err(CreateError::AlreadyExists { path: path.into() });
    }
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    };
    let failed = |error: io::Error| CreateError::failed(path, error);
    let temporary = tempfile::Builder::new()
        .prefix(".plugmint-")
        .suffix(".new")
        .tempfile_in(directory)
        .map_err(failed)?;
    let file = temporary.reopen().map_err(failed)?;
    write_empty(file, options).map_err(|error| CreateError::failed(path, error))?;
    temporary.as_file().sync_all().map_err(failed)?;
    // Somebody may have been faster since the look above: what they made stays.
    temporary.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => CreateError::AlreadyExists { path: path.into() },
        _ => failed(error.error),
    })?;
    sync_directory(directory).map_err(failed)
}

/// Opens a store that is there; makes none.
pub(crate) fn open(path: &Path, options: &RedbOptions) -> Result<Database, OpenError> {
    let (header, found) = inspect(path)?;
    let expected = match header {
        Header::Foreign => return Err(OpenError::Foreign { path: path.into() }),
        Header::Cut => {
            return Err(OpenError::Truncated { path: path.into(), found, expected: Header::LEN });
        }
        Header::Redb { format, .. } if format > KNOWN_FILE_FORMAT => {
            let (found, known) = (u64::from(format), u64::from(KNOWN_FILE_FORMAT));
            return Err(OpenError::Newer { path: path.into(), found, known });
        }
        Header::Redb { layout_len, .. } => layout_len,
    };
    let database = options.builder().open(path).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            OpenError::Held { path: path.into() }
        }
        DatabaseError::UpgradeRequired(_) => OpenError::Older { path: path.into() },
        _ if found < expected => OpenError::Truncated { path: path.into(), found, expected },
        DatabaseError::Storage(StorageError::Io(source)) => io_error(path, source),
        error => OpenError::Damaged { path: path.into(), source: error.into() },
    })?;
    match format(&database) {
        Ok(Some(KNOWN_FORMAT)) => Ok(database),
        Ok(Some(found)) => Err(OpenError::Newer { path: path.into(), found, known: KNOWN_FORMAT }),
        Ok(None) => Err(OpenError::Foreign { path: path.into() }),
        Err(error) => Err(OpenError::Damaged { path: path.into(), source: error.into() }),
    }
}

/// The header and the length of a file that may be written.
fn inspect(path: &Path) -> Result<(Header, u64), OpenError> {
    let read = |error| io_error(path, error);
    let mut file = File::open(path).map_err(read)?;
    let metadata = file.metadata().map_err(read)?;
    if !metadata.is_file() {
        return Err(OpenError::Foreign { path: path.into() });
    }
    // The owner's wish, also where the system would not enforce it: a superuser may write anything.
    if metadata.permissions().readonly() {
        return Err(OpenError::ReadOnly { path: path.into() });
    }
    OpenOptions::new().write(true).open(path).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::ReadOnly { path: path.into() }
        }
        _ => io_error(path, error),
    })?;
    Ok((Header::read(&mut file).map_err(read)?, metadata.len()))
}

fn io_error(path: &Path, source: io::Error) -> OpenError {
    match source.kind() {
        io::ErrorKind::NotFound => OpenError::Missing { path: path.into() },
        _ => OpenError::Io { path: path.into(), source },
    }
}

fn write_empty(file: File, options: &RedbOptions) -> Result<(), redb::Error> {
    let database = options.builder().create_with_backend(FileBackend::new(file)?)?;
    let mut txn = database.begin_write()?;
    txn.set_quick_repair(true);
    txn.open_table(RECORDS)?;
    {
        let mut meta = txn.open_table(META)?;
        meta.insert(FORMAT, KNOWN_FORMAT)?;
        meta.insert(GENERATION, 0)?;
    }
    txn.commit()?;
    Ok(database.close()?)
}

/// The number of the file's layout; `None` in a database that is not ours.
fn format(database: &Database) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => Ok(meta.get(FORMAT)?.map(|format| format.value())),
        Err(TableError::Storage(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Makes the new name last. Where a directory cannot be opened, as on Windows, the system does not
/// ask for it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
