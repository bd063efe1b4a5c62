//! Why a store file could not be opened or made.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// Why there is no open store. What the file holds was not changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file of that name. Opening never makes one.
    #[error("there is no store: expected a file that was created before")]
    Missing,
    /// Another process, or another handle of this one, has it open.
    #[error("the store is held by another process: expected to be its only owner")]
    Held,
    /// It is marked read-only, or this user may not write it, or its file system is read-only.
    #[error("the store is read-only: expected to be allowed to read and write it")]
    ReadOnly,
    /// It is shorter than it was left.
    #[error("the store is cut short: it has {found} bytes, expected {expected}")]
    Truncated {
        /// How many bytes there are.
        found: u64,
        /// How many its header speaks of.
        expected: u64,
    },
    /// It is something else.
    #[error("the file is not a plugmint store")]
    Foreign,
    /// A newer plugmint wrote it.
    #[error("the store has format {found}, a newer plugmint wrote it: expected at most {known}")]
    Newer {
        /// The format that it has.
        found: u64,
        /// The newest format that this crate reads.
        known: u64,
    },
    /// It does not hold what was written: a checksum is wrong.
    #[error("the store is damaged: restore a backup")]
    Damaged(#[source] BoxError),
    /// The system failed to read or write it.
    #[error("the store cannot be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for OpenError {
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
pub enum CreateError {
    /// Something of that name is there already.
    #[error("something is there already: expected a name that is free")]
    AlreadyExists,
    /// The file could not be made; nothing of that name is there.
    #[error("the store cannot be made")]
    Failed(#[source] BoxError),
    /// It was made and could not be opened.
    #[error("the store was made and cannot be opened")]
    Open(#[from] OpenError),
}
