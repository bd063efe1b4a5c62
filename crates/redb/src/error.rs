//! Why a store file could not be opened or made.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no open store. Nothing was changed in the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file of that name. Opening never makes one.
    #[error("there is no store at `{}`: expected a file that was created before", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Another process, or another handle of this one, has it open.
    #[error("the store `{}` is held by another process: expected to be its only owner", path.display())]
    Held {
        /// The file.
        path: PathBuf,
    },
    /// It is marked read-only, this user may not write it, or its file system is read-only.
    #[error("the store `{}` is read-only: expected to be allowed to write it", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// It is shorter than it was left.
    #[error("the store `{}` is cut short: it has {found} bytes, expected {expected}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// How many bytes there are.
        found: u64,
        /// How many its header speaks of.
        expected: u64,
    },
    /// It is something else.
    #[error("`{}` is not a plugmint store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer plugmint wrote it.
    #[error("the store `{}` has format {found}: this plugmint reads up to {known}, a newer one wrote it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format that it has.
        found: u64,
        /// The newest format that this crate reads.
        known: u64,
    },
    /// An older redb wrote it.
    #[error("the store `{}` is in an older file format: expected one that plugmint made", path.display())]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// What it holds is not what was written: a checksum does not hold.
    #[error("the store `{}` is damaged: restore a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The file could not be read or written.
    #[error("the store `{}` cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why no store was made. What stood under the name is as it was.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateError {
    /// Something of that name is there already.
    #[error("`{}` is there already: expected a name that is free", path.display())]
    AlreadyExists {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be made.
    #[error("the store `{}` cannot be made", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It was made and could not be opened.
    #[error("the store was made and cannot be opened")]
    Open(#[from] OpenError),
}

impl CreateError {
    pub(crate) fn failed(path: &Path, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed { path: path.into(), source: source.into() }
    }
}
