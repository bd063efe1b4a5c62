//! A disk of a test's own under a store.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

use plugmint_store::{CreateStoreError, OpenStoreError};
use redb::StorageBackend;

use crate::database;
use crate::options::RedbOptions;
use crate::redb_store::RedbStore;

/// The bytes that a store lies in: everything that it ever asks of its file, so that a test can let
/// each of these fail.
pub trait Disk: Debug + Send + Sync + 'static {
    /// How many bytes there are.
    ///
    /// # Errors
    /// As the test has it.
    fn len(&self) -> io::Result<u64>;

    /// Whether there is none.
    ///
    /// # Errors
    /// Those of [`len`](Self::len).
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads bytes that are there.
    ///
    /// # Errors
    /// As the test has it.
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;

    /// Cuts the bytes, or adds zeros.
    ///
    /// # Errors
    /// As the test has it.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes everything last that was written.
    ///
    /// # Errors
    /// As the test has it.
    fn sync_data(&self) -> io::Result<()>;

    /// Writes bytes.
    ///
    /// # Errors
    /// As the test has it.
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()>;
}

impl RedbStore {
    /// Makes an empty store on an empty disk, without the care that [`create`](Self::create) takes
    /// of its name, and opens it.
    ///
    /// # Errors
    /// [`CreateStoreError::Failed`] and [`CreateStoreError::Open`].
    pub fn create_on(disk: Arc<dyn Disk>, options: &RedbOptions) -> Result<Self, CreateStoreError> {
        let database = database::initialize(Backend(disk), options);
        Ok(Self::serve(database.map_err(CreateStoreError::Failed)?, options)?)
    }

    /// Opens the store on a disk.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_on(disk: Arc<dyn Disk>, options: &RedbOptions) -> Result<Self, OpenStoreError> {
        Self::serve(database::open(Backend(disk), options)?, options)
    }
}

/// A disk as redb sees it.
#[derive(Debug)]
struct Backend(Arc<dyn Disk>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}
