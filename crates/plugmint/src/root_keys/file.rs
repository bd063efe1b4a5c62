//! A root key from a file.

use std::error::Error as StdError;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{InvalidRootKey, RootKey, RootLabel, RootMac};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{RootKeyError, RootKeys};

/// 64 digits and a line feed; one byte more tells that a file is too long.
const MOST: u64 = 64 + 1 + 1;

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
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(KeyFileError::NotAFile);
        }
        check_mode(&metadata)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(80));
        Read::by_ref(&mut file).take(MOST).read_to_end(&mut bytes)?;
        let digits = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let text = str::from_utf8(digits).map_err(|_| InvalidRootKey::NotHex)?;
        Ok(Self(RootKey::parse(text)?))
    }

    /// Draws a key from the system's random source, and writes it to a file that is not there yet,
    /// for its owner alone; the file is synced when this returns.
    ///
    /// # Errors
    /// * [`KeyFileError::AlreadyExists`] when something of that name is there; it is not touched.
    /// * [`KeyFileError::Random`] when there is no randomness; there is no file.
    /// * [`KeyFileError::Io`] when it cannot be written; what was written of it is removed.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut bytes[..]).map_err(|error| KeyFileError::Random(error.into()))?;
        let key = RootKey::from_random(&bytes);
        let path = path.as_ref();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let written = write(&mut file, &key).and_then(|()| sync_directory_of(path));
        if let Err(error) = written {
            // The name was free before, and half a key would be in the way of the next attempt.
            std::fs::remove_file(path)?;
            return Err(error.into());
        }
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

/// Why there is no root key from a file, or no file of one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is no such file.
    #[error("there is no key file: expected 64 hex digits in a file of mode 0600")]
    Missing,
    /// Something of that name is there, and a key file is never overwritten.
    #[error("the key file is there already: expected a name that is free")]
    AlreadyExists,
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
    /// There are no random bytes to make a key of.
    #[error("the random source failed")]
    Random(#[source] Box<dyn StdError + Send + Sync>),
    /// The system failed to read or write it.
    #[error("the key file cannot be read or written")]
    Io(#[source] io::Error),
}

impl From<io::Error> for KeyFileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::AlreadyExists => Self::AlreadyExists,
            io::ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::Io(error),
        }
    }
}

#[cfg(unix)]
fn check_mode(metadata: &std::fs::Metadata) -> Result<(), KeyFileError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyFileError::OthersMayRead { mode }) }
}

/// Where files have no mode, who may read them is the system's to keep.
#[cfg(not(unix))]
fn check_mode(_: &std::fs::Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

fn write(file: &mut File, key: &RootKey) -> io::Result<()> {
    file.write_all(key.expose_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Makes the new name last.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
