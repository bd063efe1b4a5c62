//! How a store file comes to be under its name, and how it is opened.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use plugmint_store::{CreateStoreError, OpenStoreError};
use redb::Database;
use redb::backends::FileBackend;
use tempfile::NamedTempFile;

use crate::database::{self, BoxError};
use crate::options::RedbOptions;

/// Makes an empty store, whole or not at all.
pub(crate) fn create(path: &Path, options: &RedbOptions) -> Result<(), CreateStoreError> {
    let initialize = |file| -> Result<(), BoxError> {
        Ok(database::initialize(FileBackend::new(file)?, options)?.close()?)
    };
    make(path, |file| initialize(file).map_err(CreateStoreError::Failed))
}

/// Opens a store that is there; makes none.
pub(crate) fn open(path: &Path, options: &RedbOptions) -> Result<Database, OpenStoreError> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    // The owner's wish, also where the system would not enforce it: a superuser may write anything.
    if file.metadata()?.permissions().readonly() {
        return Err(OpenStoreError::ReadOnly);
    }
    let backend = FileBackend::new(file).map_err(|error| OpenStoreError::Damaged(error.into()))?;
    database::open(backend, options)
}

/// Makes a file, whole or not at all: filled under a temporary name, synced, then named where
/// nothing is. The directory is synced after it.
pub(crate) fn make<E: From<CreateStoreError>>(
    path: &Path,
    fill: impl FnOnce(File) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |error: io::Error| E::from(CreateStoreError::from(error));
    if path.symlink_metadata().is_ok() {
        return Err(CreateStoreError::AlreadyExists.into());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    let temporary = temporary(directory).map_err(failed)?;
    sweep(directory, &temporary);
    fill(temporary.reopen().map_err(failed)?)?;
    temporary.as_file().sync_all().map_err(failed)?;
    // Somebody may have been faster since the look above: what they made stays.
    temporary.persist_noclobber(path).map_err(|error| failed(error.error))?;
    if let Err(error) = sync_directory(directory) {
        // The name may not last, so it is taken back: who is told of a failure has no file.
        fs::remove_file(path).map_err(failed)?;
        return Err(failed(error));
    }
    Ok(())
}

fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(directory)
}

/// Deletes what was left by who was killed: files like this one that nobody has written to for a
/// day. One that cannot be deleted is in nobody's way.
fn sweep(directory: &Path, made: &NamedTempFile) {
    let written = |metadata: io::Result<Metadata>| metadata.and_then(|of| of.modified()).ok();
    let Some(now) = written(made.as_file().metadata()) else { return };
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_like_it =
            name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let age = is_like_it.then(|| written(entry.metadata())).flatten();
        if age.is_some_and(|then| now.duration_since(then).is_ok_and(|age| age >= LEFT)) {
            fs::remove_file(entry.path()).unwrap_or_default();
        }
    }
}

/// Makes the new name last. Systems on which a directory cannot be opened do not ask for it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

const PREFIX: &str = ".plugmint-";

const SUFFIX: &str = ".new";

/// Who still writes a file does so more often than this.
const LEFT: Duration = Duration::from_secs(24 * 60 * 60);
