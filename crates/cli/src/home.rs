//! Where the registry of this program lies: a data directory, and a key file beside it.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugmint::{FileRootKey, KeyFileError, OpenError, Registry, RootKey};
use plugmint_redb::{CreateError, RedbOptions, RedbStore};
use zeroize::Zeroizing;

use crate::args::Place;
use crate::failure::{Failure, Kind};

const STORE_FILE: &str = "store.redb";

/// The paths of one registry.
#[derive(Debug)]
pub(crate) struct Home {
    data: PathBuf,
    root_key: PathBuf,
}

/// Whether a key file was made or found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyFile {
    Made,
    Found,
}

impl Home {
    /// The home that a command line names.
    pub(crate) fn of(place: &Place) -> Result<Self, Failure> {
        let data = place.data.clone();
        let root_key = match &place.root_key {
            Some(path) => path.clone(),
            None => beside(&data)?,
        };
        let home = Self { data, root_key };
        if home.key_is_in_data()? {
            let message = format!(
                "the key file `{}` lies in the data directory: expected it beside, so that no copy \
                 of the data holds it",
                home.root_key.display()
            );
            return Err(Failure::new(Kind::Usage, "key-in-data", message));
        }
        Ok(home)
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn root_key(&self) -> &Path {
        &self.root_key
    }

    /// Opens the registry.
    pub(crate) fn open(&self) -> Result<Registry, Failure> {
        let path = self.store();
        let store = RedbStore::open(&path, &RedbOptions::default()).map_err(|error| {
            let missing = matches!(error, plugmint_redb::OpenError::Missing);
            let failure = Failure::from(error).about(path.display());
            if missing { failure.hint("`plugmint init` makes one") } else { failure }
        })?;
        let key = self.load_key()?;
        pollster::block_on(Registry::open(Arc::new(store), &key))
            .map_err(|error| self.about_open(error))
    }

    /// Makes store, key file and registry; goes on where an earlier attempt was interrupted, and
    /// touches nothing that is complete. A key file that is there is used and never overwritten.
    pub(crate) fn init(&self) -> Result<(Registry, KeyFile), Failure> {
        make_directory(&self.data)
            .map_err(|error| Failure::of(Kind::Store, "io", &error).about(self.data.display()))?;
        let path = self.store();
        let options = RedbOptions::default();
        let store = match RedbStore::create(&path, &options) {
            Err(CreateError::AlreadyExists) => RedbStore::open(&path, &options)
                .map_err(|error| Failure::from(error).about(path.display()))?,
            made => made.map_err(|error| Failure::from(error).about(path.display()))?,
        };
        let store: Arc<RedbStore> = Arc::new(store);
        // Any key shows whether there is a registry: that is looked at first, and nothing written.
        let any_key = RootKey::from_random(&Zeroizing::new([0; 32]));
        let probe = pollster::block_on(Registry::open(Arc::clone(&store) as _, &any_key));
        if !matches!(probe, Err(OpenError::NotCreated)) {
            return Err(self.already_there());
        }
        let (key, key_file) = match FileRootKey::create(&self.root_key) {
            Ok(key) => (key, KeyFile::Made),
            Err(KeyFileError::AlreadyExists) => (self.load_key()?, KeyFile::Found),
            Err(error) => return Err(Failure::from(error).about(self.root_key.display())),
        };
        let registry = pollster::block_on(Registry::create(store, &key))
            .map_err(|error| self.about_open(error))?;
        Ok((registry, key_file))
    }

    fn store(&self) -> PathBuf {
        self.data.join(STORE_FILE)
    }

    fn load_key(&self) -> Result<FileRootKey, Failure> {
        FileRootKey::load(&self.root_key)
            .map_err(|error| Failure::from(error).about(self.root_key.display()))
    }

    fn about_open(&self, error: OpenError) -> Failure {
        let key = matches!(error, OpenError::WrongRootKey { .. } | OpenError::RootKey(_));
        let about = if key { self.root_key.clone() } else { self.store() };
        Failure::from(error).about(about.display())
    }

    fn already_there(&self) -> Failure {
        let message = format!(
            "`{}` holds a registry already: expected a directory without one",
            self.data.display()
        );
        Failure::new(Kind::Refused, "already-created", message)
    }

    /// Whether the key file lies below the data directory, links followed as far as things exist.
    fn key_is_in_data(&self) -> Result<bool, Failure> {
        Ok(real(&self.root_key)?.starts_with(real(&self.data)?))
    }
}

/// `DIR.key`, beside DIR.
fn beside(data: &Path) -> Result<PathBuf, Failure> {
    let data = if data.file_name().is_some() { data.to_owned() } else { real(data)? };
    let Some(name) = data.file_name() else {
        let message =
            format!("nothing lies beside `{}`: name the key file with --root-key", data.display());
        return Err(Failure::new(Kind::Usage, "no-key-file", message));
    };
    let mut name = name.to_owned();
    name.push(".key");
    Ok(data.with_file_name(name))
}

/// The path without links and dots, as far as it exists.
fn real(path: &Path) -> Result<PathBuf, Failure> {
    let absolute = std::path::absolute(path)?;
    for existing in absolute.ancestors() {
        match fs::canonicalize(existing) {
            Ok(real) => {
                let rest = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
                return Ok(real.join(rest));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::from(error).about(path.display())),
        }
    }
    Ok(absolute)
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
