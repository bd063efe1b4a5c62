//! Why there is no root key from a file.

use std::error::Error as StdError;
use std::io;

use plugmint_core::KeyVersion;
use plugmint_core::derivation::InvalidRootKey;
use thiserror::Error;

/// Why there are no root keys from files.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no file of any version.
    #[error("there is no key file: expected 64 hex digits in a file of mode 0600")]
    Missing,
    /// It is a directory or a device.
    #[error("the key file of version {version} is no regular file")]
    NotAFile {
        /// The version at fault.
        version: KeyVersion,
    },
    /// Others than its owner may read or write it.
    #[error(
        "the key file of version {version} has mode {mode:04o}: expected 0600, so that its owner \
         alone may read it"
    )]
    OthersMayRead {
        /// The version at fault.
        version: KeyVersion,
        /// The mode that it has.
        mode: u32,
    },
    /// It does not hold a root key.
    #[error("the key file of version {version} holds no root key")]
    Invalid {
        /// The version at fault.
        version: KeyVersion,
        /// What is wrong with it.
        source: InvalidRootKey,
    },
    /// It holds the key of another version.
    #[error(
        "the key file of version {version} holds the key of version {same_as}: expected another"
    )]
    SameKey {
        /// The version at fault.
        version: KeyVersion,
        /// The version with the same key.
        same_as: KeyVersion,
    },
    /// Beside the key file lies one whose number is no version.
    #[error(
        "a key file ends in `.{number}`, which is no version: expected one from 2 up, no zero ahead"
    )]
    NoVersion {
        /// The digits at the end of its name.
        number: String,
    },
    /// The system failed to list the directory in which key files lie.
    #[error("the directory of the key file cannot be read")]
    Directory(#[source] io::Error),
    /// The system failed to read it.
    #[error("the key file of version {version} cannot be read")]
    Io {
        /// The version at fault.
        version: KeyVersion,
        /// What the system says.
        source: io::Error,
    },
}

impl KeyFileError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "key-file-missing",
            Self::NotAFile { .. } | Self::Invalid { .. } => "key-file-invalid",
            Self::OthersMayRead { .. } => "key-file-open-to-others",
            Self::SameKey { .. } => "key-file-repeated",
            Self::NoVersion { .. } => "key-file-misnamed",
            Self::Directory(_) | Self::Io { .. } => "key-file-io",
        }
    }
}

/// Why no key file was made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateKeyFileError {
    /// Something of that name is there already, and a key file is never overwritten.
    #[error("the key file is there already: expected a name that is free")]
    AlreadyExists,
    /// There are no random bytes to make a key of.
    #[error("the random source failed")]
    Random(#[source] Box<dyn StdError + Send + Sync>),
    /// The system failed to write it.
    #[error("the key file cannot be made")]
    Io(#[source] io::Error),
}

impl CreateKeyFileError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyExists => "key-file-exists",
            Self::Random(_) => "random",
            Self::Io(_) => "key-file-io",
        }
    }
}

impl From<io::Error> for CreateKeyFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::AlreadyExists,
            _ => Self::Io(error),
        }
    }
}
