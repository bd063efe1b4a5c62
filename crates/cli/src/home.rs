//! Where the registry of this program lies: a data directory, and a key file beside it.

mod host;
mod key_files;

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plugmint::{
    CreateError, CreateKeyFileError, CreateStoreError, FileRootKeys, OpenError, OpenStoreError,
    Registry, RegistryBuilder,
};
use plugmint_http::operators::{OperatorClient, Operators, SOCKET_FILE};
use plugmint_redb::{RedbOptions, RedbStore, RestoreError};
use pollster::block_on;
use tokio::runtime::{self, Runtime};

use crate::args::{DEFAULT_DATA, Place};
use crate::desk::Desk;
use crate::failure::{Failure, Kind};

pub(crate) use host::Host;

/// The paths of one registry.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    data: PathBuf,
    root_key: PathBuf,
    options: Vec<String>,
}

/// Who owns a store.
#[derive(Debug)]
pub(crate) enum Owner {
    /// A server, which is asked.
    Server(OperatorClient, Runtime),
    /// Nobody did: this process does now.
    Nobody(RedbStore),
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
        let options = options(place);
        let home = Self { data, root_key, options };
        home.check_key_is_outside()?;
        Ok(home)
    }

    /// The same, as processes in other directories find it, too.
    pub(crate) fn absolute(&self) -> Result<Self, Failure> {
        let absolute = |path: &Path| {
            std::path::absolute(path).map_err(|error| Failure::of(Kind::Usage, "usage", &error))
        };
        let (data, root_key) = (absolute(&self.data)?, absolute(&self.root_key)?);
        Ok(Self { data, root_key, options: self.options.clone() })
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn root_key(&self) -> &Path {
        &self.root_key
    }

    /// The options that another command line needs to mean the same home.
    pub(crate) fn options(&self) -> &[String] {
        &self.options
    }

    /// The server that owns the store, or else the registry, opened.
    pub(crate) fn desk(&self) -> Result<Desk, Failure> {
        self.desk_with(|store| {
            let keys = self.load_keys()?;
            block_on(registry_over(store).open(&keys)).map_err(|error| self.not_opened(error))
        })
    }

    /// The server that owns the store, or else a registry that `open` opens.
    fn desk_with(
        &self,
        open: impl FnOnce(Arc<RedbStore>) -> Result<Registry, Failure>,
    ) -> Result<Desk, Failure> {
        let store = match self.owner(&RedbOptions::default())? {
            Owner::Server(client, runtime) => return Ok(Desk::There(client, runtime)),
            Owner::Nobody(store) => Arc::new(store),
        };
        let registry = open(Arc::clone(&store))?;
        let host = Host::new(self.clone(), store);
        Ok(Desk::Here(Operators::new(registry).with_host(Arc::new(host))))
    }

    /// Opens the registry and its store for a server. That somebody else serves is no matter of
    /// waiting.
    pub(crate) fn open(
        &self,
        options: &RedbOptions,
        set: impl FnOnce(RegistryBuilder) -> RegistryBuilder,
    ) -> Result<(Registry, Arc<RedbStore>), Failure> {
        let store = match self.owner(options)? {
            Owner::Server(client, _) => return Err(served(client.path())),
            Owner::Nobody(store) => Arc::new(store),
        };
        let keys = self.load_keys()?;
        let opened = block_on(set(registry_over(Arc::clone(&store))).open(&keys));
        Ok((opened.map_err(|error| self.not_opened(error))?, store))
    }

    /// Refuses what nobody does to a store that is served.
    fn ensure_not_served(&self) -> Result<(), Failure> {
        match self.server()? {
            Some((client, _)) => Err(served(client.path())),
            None => Ok(()),
        }
    }

    /// Who owns the store. Where another process holds it and serves nobody, it is asked for again
    /// for a moment: a verb of this program holds it no longer, and a server is about to serve.
    pub(crate) fn owner(&self, options: &RedbOptions) -> Result<Owner, Failure> {
        let mut tries = 0..HELD_TRIES;
        loop {
            if let Some((client, runtime)) = self.server()? {
                return Ok(Owner::Server(client, runtime));
            }
            match RedbStore::open(self.store(), options) {
                Err(OpenStoreError::Held) if tries.next().is_some() => {}
                opened => return opened.map(Owner::Nobody).map_err(|error| self.no_store(error)),
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a file lock tells nobody that it is free"
            )]
            std::thread::sleep(HELD_PAUSE);
        }
    }

    /// The server, where there is one.
    fn server(&self) -> Result<Option<(OperatorClient, Runtime)>, Failure> {
        let socket = self.data.join(SOCKET_FILE);
        if socket.symlink_metadata().is_err() {
            return Ok(None);
        }
        let failed = |error: &io::Error| Failure::of(Kind::Store, "socket", error).about(&socket);
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(&error))?;
        let client = runtime.block_on(OperatorClient::find(&self.data)).map_err(|error| {
            failed(&error).hint("a server may be behind it, whose user alone may ask it")
        })?;
        Ok(client.map(|client| (client, runtime)))
    }

    fn no_store(&self, error: OpenStoreError) -> Failure {
        let hint = match error {
            OpenStoreError::Missing => Some("`plugmint init` makes one"),
            OpenStoreError::Damaged(_) => Some("move it away and `plugmint restore` a backup"),
            _ => None,
        };
        let failure = Failure::from(error).about(&self.store());
        hint.into_iter().fold(failure, Failure::hint)
    }

    /// Makes the store of a backup, where there is none, for a root key that is there. A store that
    /// does not open with that key is taken away again.
    pub(crate) fn restore(&self, backup: &Path) -> Result<Registry, Failure> {
        self.ensure_not_served()?;
        let about_store = |failure: Failure| failure.about(&self.store());
        if self.store().symlink_metadata().is_ok() {
            let exists = Failure::from(CreateStoreError::AlreadyExists);
            return Err(about_store(exists).hint("move it away, or name another --data"));
        }
        let keys = self.load_keys().map_err(|failure| {
            failure.hint(
                "a backup holds no key: put the one of its store there first, under its number",
            )
        })?;
        self.make_data()?;
        let store = RedbStore::restore(backup, self.store(), &RedbOptions::default());
        let store = store.map_err(|error| match error {
            RestoreError::Create(error) => about_store(error.into()),
            error @ RestoreError::Held => {
                Failure::from(error).about(backup).hint("`plugmint backup` makes one")
            }
            error => Failure::from(error).about(backup),
        })?;
        key_files::open_known(store, &keys).map_err(|error| {
            let failure = match error {
                OpenError::NotCreated => Failure::from(error).about(backup),
                error => self.not_opened(error),
            };
            match fs::remove_file(self.store()) {
                Ok(()) => failure.hint("nothing was restored"),
                Err(_) => failure.hint("the store is restored, and of no use with this key"),
            }
        })
    }

    /// Makes store, key file and registry; goes on where an earlier attempt was interrupted, and
    /// touches nothing that is complete. A key file that is there is used and never overwritten.
    pub(crate) fn init(&self) -> Result<(Registry, KeyFile), Failure> {
        self.ensure_not_served()?;
        self.make_data()?;
        let about_store = |failure: Failure| failure.about(&self.store());
        let store = match RedbStore::create(self.store(), &RedbOptions::default()) {
            Err(CreateStoreError::AlreadyExists) => {
                RedbStore::open(self.store(), &RedbOptions::default())
                    .map_err(|error| about_store(error.into()))?
            }
            made => made.map_err(|error| about_store(error.into()))?,
        };
        if block_on(Registry::is_created(&store)).map_err(|fault| about_store(fault.into()))? {
            return Err(about_store(CreateError::AlreadyCreated.into()));
        }
        let (key, key_file) = match FileRootKeys::create(&self.root_key) {
            Ok(key) => (key, KeyFile::Made),
            Err(CreateKeyFileError::AlreadyExists) => (self.load_keys()?, KeyFile::Found),
            Err(error) => return Err(Failure::from(error).about(&self.root_key)),
        };
        let registry = block_on(registry_over(store).create(&key))
            .map_err(|error| about_store(error.into()))?;
        Ok((registry, key_file))
    }

    fn make_data(&self) -> Result<(), Failure> {
        make_directory(&self.data)
            .map_err(|error| Failure::of(Kind::Store, "io", &error).about(&self.data))?;
        // What a path with `..` leads to is seen only now that the directory is there.
        self.check_key_is_outside()
    }

    fn not_opened(&self, error: OpenError) -> Failure {
        let about = match &error {
            OpenError::WrongRootKey { version }
            | OpenError::UnknownRootKey { version }
            | OpenError::MissingRootKey { version } => self.key_file(*version),
            OpenError::RootKey(error) => self.key_file(error.version()),
            _ => self.store(),
        };
        let hint = match &error {
            OpenError::NotCreated => Some("`plugmint init` finishes it"),
            OpenError::UnknownRootKey { .. } => {
                Some("`plugmint key add` takes it up; if it belongs elsewhere, move it there")
            }
            OpenError::MissingRootKey { .. } => Some(
                "put the file back from its copy: it may be gone only once `plugmint key drop` has \
                 said so",
            ),
            _ => None,
        };
        hint.into_iter().fold(Failure::from(error).about(&about), Failure::hint)
    }

    fn store(&self) -> PathBuf {
        self.data.join(STORE_FILE)
    }

    /// The key file must not lie below the data directory, links followed as far as things exist.
    fn check_key_is_outside(&self) -> Result<(), Failure> {
        if !real(&self.root_key)?.starts_with(real(&self.data)?) {
            return Ok(());
        }
        let message = "the key file lies in the data directory: expected it beside, so that no \
                       copy of the data holds it";
        Err(Failure::new(Kind::Usage, "key-in-data", message).about(&self.root_key))
    }
}

fn served(socket: &Path) -> Failure {
    let message = "a server owns this store and is at work";
    Failure::new(Kind::Refused, "served", message).about(socket).hint("end that server first")
}

/// Every registry of this program has tagged records.
pub(crate) fn registry_over(store: impl Into<Arc<RedbStore>>) -> RegistryBuilder {
    let store: Arc<RedbStore> = store.into();
    Registry::builder(store).with_tagged_records()
}

fn options(place: &Place) -> Vec<String> {
    let data = Some(&place.data).filter(|data| data.as_path() != Path::new(DEFAULT_DATA));
    let named = data.map(|data| ("--data", data)).into_iter();
    let named = named.chain(place.root_key.as_ref().map(|key| ("--root-key", key)));
    named.flat_map(|(name, path)| [name.to_owned(), path.display().to_string()]).collect()
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
    let absolute =
        std::path::absolute(path).map_err(|error| Failure::of(Kind::Usage, "usage", &error))?;
    for existing in absolute.ancestors() {
        match fs::canonicalize(existing) {
            Ok(real) => {
                let rest = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
                return Ok(real.join(rest));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::of(Kind::Store, "io", &error).about(path)),
        }
    }
    Ok(absolute)
}

/// Makes a directory and those above it that are not there, so that they last.
fn make_directory(path: &Path) -> io::Result<()> {
    let missing: Vec<_> = path
        .ancestors()
        .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
        .collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    // A directory is named in the one above it, and lasts when that does.
    for made in missing {
        let above = made.parent().filter(|above| !above.as_os_str().is_empty());
        if cfg!(unix) {
            File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
        }
    }
    Ok(())
}

const STORE_FILE: &str = "store.redb";

/// For so long a store that is held is asked for again: five seconds.
const HELD_TRIES: u32 = 100;

const HELD_PAUSE: Duration = Duration::from_millis(50);
