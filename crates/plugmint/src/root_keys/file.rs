//! A root key from a file.

use std::error::Error as StdError;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{InvalidRootKey, RootKey, RootLabel, RootMac};
use tempfile::NamedTempFile;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{RootKeyError, RootKeys};

/// The root key of version 1, from a file of 64 hex digits and at most one line feed that its owner
/// alone may read.
#[derive(Debug)]
pub struct FileRootKey(RootKey);

impl FileRootKey {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyFileError`]; it never repeats what the file holds.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        // Opening a pipe would wait for somebody to write into it.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(KeyFileError::NotAFile);
        }
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(KeyFileError::NotAFile);
        }
        check_mode(&metadata)?;
        // One byte more than 64 digits and a line feed tells that the file is too long.
        let mut bytes = Zeroizing::new(Vec::with_capacity(80));
        Read::by_ref(&mut file).take(66).read_to_end(&mut bytes)?;
        let digits = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let text = str::from_utf8(digits).map_err(|_| InvalidRootKey::NotHex)?;
        Ok(Self(RootKey::parse(text)?))
    }

    /// Draws a key from the system's random source, and writes it to a file that is not there yet,
    /// for its owner alone: under a temporary name, synced, then named, so that a crash leaves no
    /// half of a key under the name.
    ///
    /// # Errors
    /// * [`CreateKeyFileError::AlreadyExists`] when something of that name is there; it is not
    ///   touched.
    /// * [`CreateKeyFileError::Random`] when there is no randomness, and
    ///   [`CreateKeyFileError::Io`] when the file cannot be written; nothing of that name is there.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, CreateKeyFileError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(CreateKeyFileError::AlreadyExists);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut bytes[..])
            .map_err(|error| CreateKeyFileError::Random(error.into()))?;
        let key = RootKey::from_random(&mut bytes);
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = parent.unwrap_or(Path::new("."));
        // Somebody may have been faster since the look above: what they made stays.
        write(directory, &key)?.persist_noclobber(path).map_err(|failed| failed.error)?;
        sync_directory(directory)?;
        Ok(Self(key))
    }
}

#[async_trait]
impl RootKeys for FileRootKey {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.versions()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        RootKeys::mac(&self.0, version, label).await
    }
}

/// Why there is no root key from a file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no such file.
    #[error("there is no key file: expected 64 hex digits in a file of mode 0600")]
    Missing,
    /// It is a directory or a device.
    #[error("the key file is no regular file")]
    NotAFile,
    /// Others than its owner may read or write it.
    #[error("the key file has mode {mode:04o}: expected 0600, so that its owner alone may read it")]
    OthersMayRead {
        /// The mode that it has.
        mode: u32,
    },
    /// It does not hold a root key.
    #[error(transparent)]
    Invalid(#[from] InvalidRootKey),
    /// The system failed to read it.
    #[error("the key file cannot be read")]
    Io(#[source] io::Error),
}

impl KeyFileError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "key-file-missing",
            Self::NotAFile | Self::Invalid(_) => "key-file-invalid",
            Self::OthersMayRead { .. } => "key-file-open-to-others",
            Self::Io(_) => "key-file-io",
        }
    }
}

impl From<io::Error> for KeyFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::Io(error),
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

#[cfg(unix)]
fn check_mode(metadata: &Metadata) -> Result<(), KeyFileError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyFileError::OthersMayRead { mode }) }
}

/// Where files have no mode, who may read them is the system's to keep.
#[cfg(not(unix))]
fn check_mode(_: &Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

/// A synced file of mode 0600 with the key, under a temporary name.
fn write(directory: &Path, key: &RootKey) -> io::Result<NamedTempFile> {
    let mut file =
        tempfile::Builder::new().prefix(".plugmint-").suffix(".new").tempfile_in(directory)?;
    file.write_all(key.expose_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the new name last. Systems on which a directory cannot be opened do not ask for it.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
