//! Why there is no registry.

use std::io;

use plugmint_core::KeyVersion;
use thiserror::Error;

use crate::Fault;
use crate::root_keys::RootKeyError;

/// Why no registry was made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The store holds a registry.
    #[error("the store holds a registry already: expected an empty store")]
    AlreadyCreated,
    /// There is not a single version of the root key.
    #[error("there is no root key: expected at least one version")]
    NoRootKey,
    /// A root key did not answer.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The threads for slow hashing did not start.
    #[error("the threads for slow hashing did not start")]
    Threads(#[source] io::Error),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl CreateError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyCreated => "already-created",
            Self::NoRootKey => "no-root-key",
            Self::RootKey(_) => "root-key",
            Self::Threads(_) => "threads",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RootKey(_) | Self::Threads(_) => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::AlreadyCreated | Self::NoRootKey => false,
        }
    }
}

/// Why there is no open registry. Nothing was written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store holds no registry.
    #[error("the store holds no registry: expected one that was created before")]
    NotCreated,
    /// The store's records have tags, as those of the program do: open it with
    /// [`with_tagged_records`](crate::RegistryBuilder::with_tagged_records).
    #[error("the records of the store have tags: expected to be opened with tagged records")]
    Tagged,
    /// The store's records have no tags: open it without
    /// [`with_tagged_records`](crate::RegistryBuilder::with_tagged_records). The program opens
    /// stores with tags only.
    #[error("the records of the store have no tags: expected a store that was made with them")]
    Untagged,
    /// There is not a single version of the root key.
    #[error("there is no root key: expected at least one version")]
    NoRootKey,
    /// A root key is another one than the store was made with.
    #[error("root key version {version} is not the one that this store was made with")]
    WrongRootKey {
        /// Its version.
        version: KeyVersion,
    },
    /// The store does not know a version of the root key.
    #[error("root key version {version} is unknown to this store")]
    UnknownRootKey {
        /// The version.
        version: KeyVersion,
    },
    /// The store hangs on a version of the root key that was not given.
    #[error("root key version {version} is missing: the store hangs on it")]
    MissingRootKey {
        /// The version.
        version: KeyVersion,
    },
    /// A root key did not answer.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The threads for slow hashing did not start.
    #[error("the threads for slow hashing did not start")]
    Threads(#[source] io::Error),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl OpenError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotCreated => "not-created",
            Self::Tagged => "tagged",
            Self::Untagged => "untagged",
            Self::NoRootKey => "no-root-key",
            Self::WrongRootKey { .. } => "wrong-root-key",
            Self::UnknownRootKey { .. } => "unknown-root-key",
            Self::MissingRootKey { .. } => "missing-root-key",
            Self::RootKey(_) => "root-key",
            Self::Threads(_) => "threads",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RootKey(_) | Self::Threads(_) => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::NotCreated
            | Self::Tagged
            | Self::Untagged
            | Self::NoRootKey
            | Self::WrongRootKey { .. }
            | Self::UnknownRootKey { .. }
            | Self::MissingRootKey { .. } => false,
        }
    }
}
