//! Backups: one state of the store, written into a file of its own while others are committed.

mod error;

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::ops::Bound;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures_channel::oneshot;
use plugmint_store::CreateStoreError;
use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTableMetadata};

use crate::database::{self, BoxError};
use crate::file;
use crate::join::join;
use crate::options::RedbOptions;
use crate::reader::{Held, Reader};
use crate::snapshot::Stored;
use crate::tables::{GENERATION, META, RECORDS};

pub use error::{BackupError, RestoreError};

/// A backup that was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backup {
    records: u64,
}

impl Backup {
    /// How many records it holds.
    #[must_use]
    pub const fn records(self) -> u64 {
        self.records
    }
}

/// Where it is told what a backup came to.
type Answer = oneshot::Sender<Result<Backup, BackupError>>;

/// The threads that write backups. Dropped, it waits for those whose backup was given up: each
/// takes its file with it.
#[derive(Default)]
pub(crate) struct Backups(Mutex<Vec<JoinHandle<()>>>);

impl Backups {
    /// Writes a backup on a thread of its own.
    pub(crate) async fn write(&self, reader: Reader, path: &Path) -> Result<Backup, BackupError> {
        let (answer, answered) = oneshot::channel();
        let thread = begin(reader, path, answer).map_err(BackupError::failed)?;
        {
            let mut threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            threads.retain(|thread| !thread.is_finished());
            threads.push(thread);
        }
        answered.await.unwrap_or_else(|ended| Err(BackupError::failed(ended)))
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        let threads = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        threads.drain(..).for_each(join);
    }
}

/// Begins a thread that writes a backup until nobody waits for it any more.
fn begin(reader: Reader, path: &Path, answer: Answer) -> io::Result<JoinHandle<()>> {
    let path = path.to_owned();
    let work = move || {
        let mut backup = Backup { records: 0 };
        let written = file::make(&path, |file| {
            backup.records = fill(file, reader.hold(), || answer.is_canceled())?;
            Ok(())
        });
        // Who does not wait any more is not told.
        drop(answer.send(written.map(|()| backup)));
    };
    let name = "plugmint-redb-backup".to_owned();
    thread::Builder::new().name(name).spawn(work)
}

/// Makes a store file of a backup.
pub(crate) fn restore(
    backup: &Path,
    path: &Path,
    options: &RedbOptions,
) -> Result<(), RestoreError> {
    let mut backup = open(backup)?;
    file::make(path, |mut copy| {
        let mut part = vec![0; COPIED_AT_ONCE];
        loop {
            let len = match backup.read(&mut part) {
                Ok(0) => break,
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(RestoreError::Unread(error)),
            };
            let read = part.get(..len).unwrap_or_default();
            copy.write_all(read).map_err(|error| RestoreError::Create(error.into()))?;
        }
        let backend =
            FileBackend::new(copy).map_err(|error| CreateStoreError::Failed(error.into()))?;
        let database = database::open(backend, options).map_err(RestoreError::Invalid)?;
        Ok(database.close().map_err(|error| CreateStoreError::Failed(error.into()))?)
    })
}

/// Opens a backup to read it. A pipe would be waited for and a device has no end, so both are none.
fn open(backup: &Path) -> Result<File, RestoreError> {
    if !backup.metadata().map_err(RestoreError::Unread)?.is_file() {
        return Err(RestoreError::Unread(io::ErrorKind::InvalidInput.into()));
    }
    let file = File::open(backup).map_err(RestoreError::Unread)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(RestoreError::Held),
        Err(TryLockError::Error(error)) => Err(RestoreError::Unread(error)),
    }
}

/// Copies everything that is held, in the order of its keys, lets go of it, and verifies the copy.
fn fill(file: File, held: Held, given_up: impl Fn() -> bool) -> Result<u64, BackupError> {
    let gone_on = || {
        if given_up() {
            return Err(BackupError::failed("nobody waits for it any more"));
        }
        Ok(())
    };
    let again = file.try_clone().map_err(BackupError::failed)?;
    let database = initialize(file).map_err(BackupError::Failed)?;
    let mut stored = held.snapshot().stored().map_err(BackupError::failed)?;
    let mut copied = 0;
    loop {
        let part = copy(&database, held.snapshot().generation(), &mut stored);
        copied += match part.map_err(BackupError::Failed)? {
            0 => break,
            part => part,
        };
        gone_on()?;
        if let Some(age) = held.is_older_than() {
            return Err(BackupError::TooOld { age });
        }
    }
    drop((stored, held));
    database.close().map_err(BackupError::failed)?;
    let found = count(again).map_err(BackupError::Failed)?;
    if found != copied {
        let lost = format!("{copied} records were written and {found} are there");
        return Err(BackupError::failed(lost));
    }
    gone_on()?;
    Ok(copied)
}

fn initialize(file: File) -> Result<Database, BoxError> {
    database::initialize(FileBackend::new(file)?, &RedbOptions::default())
}

/// Copies the next records in one commit, and says how many there were.
fn copy(database: &Database, generation: u64, stored: &mut Stored) -> Result<u64, BoxError> {
    let txn = database::begin(database)?;
    txn.open_table(META)?.insert(GENERATION, generation)?;
    let mut copied = 0;
    {
        let mut records = txn.open_table(RECORDS)?;
        let mut end = records.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
        for entry in stored.take(AT_A_TIME) {
            let (key, stored) = entry?;
            end.insert_before(key.value(), stored.value())?;
            copied += 1;
        }
        end.close()?;
    }
    txn.commit()?;
    Ok(copied)
}

/// Opens a file, which verifies every page of it, and counts its records.
fn count(file: File) -> Result<u64, BoxError> {
    let database = database::open(FileBackend::new(file)?, &RedbOptions::default())?;
    let records = database.begin_read()?.open_table(RECORDS)?.len()?;
    database.close()?;
    Ok(records)
}

/// Bytes of a backup that are read before they are written.
const COPIED_AT_ONCE: usize = 1 << 20;

/// Records that are copied in one commit, before it is asked whether to go on.
const AT_A_TIME: usize = 20_000;
