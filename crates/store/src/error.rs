//! What can go wrong in a store.

use std::error::Error as StdError;
use std::fmt;

use thiserror::Error;

use crate::Key;

/// A store could not do what it was asked. What it means is the backend's; the cause is kept.
#[derive(Debug, Error)]
#[error("the {backend} store failed to {operation}")]
pub struct StoreError {
    backend: &'static str,
    operation: Operation,
    transience: Transience,
    source: Box<dyn StdError + Send + Sync>,
}

impl StoreError {
    /// The same call will fail again until somebody mends something.
    #[must_use]
    pub fn lasting(
        backend: &'static str,
        operation: Operation,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { backend, operation, transience: Transience::Lasting, source: source.into() }
    }

    /// The same call may succeed when it is made again.
    #[must_use]
    pub fn transient(
        backend: &'static str,
        operation: Operation,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { backend, operation, transience: Transience::Transient, source: source.into() }
    }

    /// Which backend it was.
    #[must_use]
    pub const fn backend(&self) -> &'static str {
        self.backend
    }

    /// What it was asked to do.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "store"
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self.transience, Transience::Transient)
    }
}

#[derive(Clone, Copy, Debug)]
enum Transience {
    Lasting,
    Transient,
}

/// What a store was asked to do.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// [`Store::get`](crate::Store::get).
    Get,
    /// [`Store::scan`](crate::Store::scan).
    Scan,
    /// [`Store::commit`](crate::Store::commit).
    Commit,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get a record",
            Self::Scan => "scan records",
            Self::Commit => "commit a batch",
        })
    }
}

/// Why a commit was not acknowledged.
#[derive(Debug, Error)]
#[expect(clippy::exhaustive_enums, reason = "a caller must know what to do with each")]
pub enum CommitError {
    /// The guard of this key did not hold. Nothing changed: load again, then decide again.
    #[error("the record `{0}` is not as the batch expects it")]
    Conflict(Box<Key>),
    /// The store failed. All of the batch happened or none of it, and the caller cannot know which:
    /// load again, then decide.
    #[error(transparent)]
    Store(#[from] StoreError),
}
