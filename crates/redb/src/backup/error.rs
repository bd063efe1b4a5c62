//! Why there is no backup, or no store made of one.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use plugmint_store::{CreateStoreError, OpenStoreError};
use thiserror::Error;

/// Why no backup was written. What stood under the name is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackupError {
    /// Something of that name is there already.
    #[error("something is there already: expected a name that is free")]
    AlreadyExists,
    /// It took longer than the store may be held in one state.
    #[error("the backup takes longer than {age:?}: expected to be done before, or a longer age")]
    TooOld {
        /// How old a state may become, see
        /// [`with_snapshot_age`](crate::RedbOptions::with_snapshot_age).
        age: Duration,
    },
    /// It could not be read, written or verified.
    #[error("the backup cannot be written")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}

impl BackupError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyExists => "backup-exists",
            Self::TooOld { .. } => "backup-too-old",
            Self::Failed(_) => "backup-failed",
        }
    }

    pub(super) fn failed(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(source.into())
    }
}

/// By what became of its file.
impl From<CreateStoreError> for BackupError {
    fn from(error: CreateStoreError) -> Self {
        match error {
            CreateStoreError::AlreadyExists => Self::AlreadyExists,
            CreateStoreError::Failed(source) => Self::Failed(source),
            error => Self::failed(error),
        }
    }
}

/// Why no store was made of a backup. Neither the backup nor what stood under the name is touched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// There is no such file, or this user may not read it, or the system fails to.
    #[error("the backup cannot be read: expected a file that `snapshot` wrote")]
    Unread(#[source] io::Error),
    /// Somebody has it open as a store, which is no backup: it changes while it is read.
    #[error("the file is a store that is held: expected a backup of it")]
    Held,
    /// It is no whole store.
    #[error("the backup is of no use: another one is needed")]
    Invalid(#[source] OpenStoreError),
    /// The store cannot be made.
    #[error(transparent)]
    Create(#[from] CreateStoreError),
}

impl RestoreError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unread(_) => "backup-unread",
            Self::Held => "store-held",
            Self::Invalid(_) => "invalid-backup",
            Self::Create(error) => error.code(),
        }
    }
}
