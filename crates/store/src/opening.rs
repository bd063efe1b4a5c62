//! Why a store could not be opened or made: the same words for every backend that keeps a file.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

/// Why there is no open store. No record was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenStoreError {
    /// There is no file of that name. Opening never makes one.
    #[error("there is no store: expected a file that was created before")]
    Missing,
    /// Another process has it open, or another handle of this one.
    #[error("the store is held by another process or handle: expected to be its only owner")]
    Held,
    /// It is marked read-only, or this user may not read and write it, or its file system is
    /// read-only.
    #[error("the store is read-only: expected to be allowed to read and write it")]
    ReadOnly,
    /// It is shorter than it was left.
    #[error("the store is cut short: it has {found} bytes, expected {expected}")]
    Truncated {
        /// How many bytes there are.
        found: u64,
        /// How many there should be at least.
        expected: u64,
    },
    /// It is something else.
    #[error("the file is not a plugmint store")]
    Foreign,
    /// A newer program wrote it.
    #[error("the store has {what} format {found}, a newer plugmint wrote it: expected {known}")]
    Newer {
        /// Which format: of the file, or of the records in it.
        what: &'static str,
        /// The format that it has.
        found: u64,
        /// The newest format that this program reads.
        known: u64,
    },
    /// It does not hold what was written: a checksum is wrong.
    #[error("the store is damaged: it does not hold what was written")]
    Damaged(#[source] Box<dyn StdError + Send + Sync>),
    /// The system failed to read or write it.
    #[error("the store cannot be read or written")]
    Io(#[source] io::Error),
}

impl OpenStoreError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "store-missing",
            Self::Held => "store-held",
            Self::ReadOnly => "store-read-only",
            Self::Truncated { .. } => "store-truncated",
            Self::Foreign => "store-foreign",
            Self::Newer { .. } => "store-newer",
            Self::Damaged(_) => "store-damaged",
            Self::Io(_) => "store-io",
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Held)
    }
}

/// By what the system says of a file.
impl From<io::Error> for OpenStoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::IsADirectory => Self::Foreign,
            _ => Self::Io(error),
        }
    }
}

/// Why no store was made. What stood under the name is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateStoreError {
    /// Something of that name is there already.
    #[error("something is there already: expected a name that is free")]
    AlreadyExists,
    /// The file could not be made; nothing of that name is there.
    #[error("the store cannot be made")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
    /// It was made and could not be opened.
    #[error("the store was made and cannot be opened")]
    Open(#[from] OpenStoreError),
}

impl CreateStoreError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyExists => "store-exists",
            Self::Failed(_) => "store-not-made",
            Self::Open(error) => error.code(),
        }
    }
}

/// By what the system says of a file that shall be made.
impl From<io::Error> for CreateStoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::AlreadyExists,
            _ => Self::Failed(error.into()),
        }
    }
}
