//! Root keys from files.

mod error;

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{InvalidRootKey, RootKey, RootLabel, RootMac};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::held::{HeldKeys, Suffix};
use super::{RootKeyError, RootKeys};

pub use error::{CreateKeyFileError, KeyFileError};

/// Root keys from files, each of 64 hex digits and at most one line feed that its owner alone may
/// read: version 1 from `FILE`, version 2 from `FILE.2` beside it, and so on.
///
/// A version whose file is not there is not answered for. What is behind `FILE.` and no number,
/// such as `FILE.bak`, is nobody's key and not read; a number that is no version from 2 up, such as
/// `FILE.02`, is refused, because a key that was meant would be missing.
#[derive(Debug)]
pub struct FileRootKeys(HeldKeys);

impl FileRootKeys {
    /// Reads a key file and those of the later versions beside it; the directory is listed, because
    /// versions in between may be gone.
    ///
    /// # Errors
    /// [`KeyFileError`], which names the version at fault and never repeats what a file holds.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let files = key_files(path.as_ref())?;
        if files.is_empty() {
            return Err(KeyFileError::Missing);
        }
        let mut keys = HeldKeys::default();
        for (version, file) in files {
            let key = read(version, &file)?;
            keys.add(version, key).map_err(|same_as| KeyFileError::SameKey { version, same_as })?;
        }
        Ok(Self(keys))
    }

    /// Draws the key of version 1 from the system's random source, and writes it to a file that is
    /// not there yet, for its owner alone: under a temporary name, synced, then named, so that a
    /// crash leaves no half of a key under the name.
    ///
    /// # Errors
    /// * [`CreateKeyFileError::AlreadyExists`] when something of that name or of a later version's
    ///   is there; it is not touched.
    /// * [`CreateKeyFileError::Random`] when there is no randomness, and
    ///   [`CreateKeyFileError::Io`] when the file cannot be written. Nothing of that name is there
    ///   then, unless it was the directory that could not be synced: then a whole key is, and may
    ///   be gone after a power loss.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, CreateKeyFileError> {
        let path = path.as_ref();
        match key_files(path) {
            Ok(files) if files.is_empty() => {}
            Err(KeyFileError::Directory(error)) => return Err(error.into()),
            Ok(_) | Err(_) => return Err(CreateKeyFileError::AlreadyExists),
        }
        Ok(Self(HeldKeys::first(draw(path)?)))
    }

    /// Draws the key of a later version and writes it to `FILE.version`, in the way of
    /// [`create`](Self::create). Load the files again then, and hand them to
    /// [`rotate_root_key`](crate::Registry::rotate_root_key); a file that is there after a crash is
    /// whole, and the one to go on with.
    ///
    /// # Errors
    /// * [`CreateKeyFileError::AlreadyExists`] when something of that name or of a later version's
    ///   is there; it is not touched.
    /// * [`CreateKeyFileError::Random`] and [`CreateKeyFileError::Io`] as for
    ///   [`create`](Self::create).
    pub fn create_version(
        path: impl AsRef<Path>,
        version: KeyVersion,
    ) -> Result<(), CreateKeyFileError> {
        let path = path.as_ref();
        match key_files(path) {
            Ok(files) if files.iter().all(|(of, _)| *of < version) => {}
            Err(KeyFileError::Directory(error)) => return Err(error.into()),
            Ok(_) | Err(_) => return Err(CreateKeyFileError::AlreadyExists),
        }
        let mut name = path.as_os_str().to_owned();
        if version > KeyVersion::FIRST {
            name.push(format!(".{version}"));
        }
        draw(Path::new(&name)).map(drop)
    }
}

#[async_trait]
impl RootKeys for FileRootKeys {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.versions()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        self.0.mac(version, label)
    }
}

/// A key from the system's random source, in a file that was not there.
fn draw(path: &Path) -> Result<RootKey, CreateKeyFileError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..]).map_err(|error| CreateKeyFileError::Random(error.into()))?;
    let key = RootKey::from_random(&mut bytes);
    let directory = directory_of(path);
    // Somebody may have been faster since it was looked for: what they made stays.
    write(directory, &key)?.persist_noclobber(path).map_err(|failed| failed.error)?;
    sync_directory(directory)?;
    Ok(key)
}

/// The key files that are there, by version.
fn key_files(path: &Path) -> Result<Vec<(KeyVersion, PathBuf)>, KeyFileError> {
    let Some(name) = path.file_name() else {
        return Err(KeyFileError::NotAFile { version: KeyVersion::FIRST });
    };
    let entries = match fs::read_dir(directory_of(path)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(KeyFileError::Directory(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let found = entry.map_err(KeyFileError::Directory)?.file_name();
        let Some(rest) = found.as_encoded_bytes().strip_prefix(name.as_encoded_bytes()) else {
            continue;
        };
        let version = match rest.strip_prefix(b".").map(str::from_utf8) {
            Some(Ok(number)) => match Suffix::of(number) {
                Suffix::Version(version) => version,
                Suffix::NoVersion => {
                    return Err(KeyFileError::NoVersion { number: number.to_owned() });
                }
                Suffix::Other => continue,
            },
            None if rest.is_empty() => KeyVersion::FIRST,
            Some(Err(_)) | None => continue,
        };
        files.push((version, path.with_file_name(found)));
    }
    files.sort();
    Ok(files)
}

fn read(version: KeyVersion, path: &Path) -> Result<RootKey, KeyFileError> {
    let io = |source| KeyFileError::Io { version, source };
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(KeyFileError::NotAFile { version });
    }
    let mut file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile { version });
    }
    if let Some(mode) = mode_for_others(&metadata) {
        return Err(KeyFileError::OthersMayRead { version, mode });
    }
    // One byte more than 64 digits and a line feed tells that the file is too long.
    let mut bytes = Zeroizing::new(Vec::with_capacity(80));
    Read::by_ref(&mut file).take(66).read_to_end(&mut bytes).map_err(io)?;
    let digits = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let key = str::from_utf8(digits).map_err(|_| InvalidRootKey::NotHex).and_then(RootKey::parse);
    key.map_err(|source| KeyFileError::Invalid { version, source })
}

/// The mode of a file that others than its owner may read or write.
#[cfg(unix)]
fn mode_for_others(metadata: &Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Where files have no mode, who may read them is the system's to keep.
#[cfg(not(unix))]
fn mode_for_others(_: &Metadata) -> Option<u32> {
    None
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

/// Where a key file and its later versions lie.
fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
