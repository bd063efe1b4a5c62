//! How a registry comes to be, and how it is opened.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use getrandom::SysRng;
use plugmint_core::derivation::KeyCheck;
use plugmint_core::{Argon2Cost, CompanyId, KeyVersion};
use plugmint_store::{Batch, CommitError, Guard, Store};
use rand_core::TryCryptoRng;
use thiserror::Error;

use crate::clock::{Clock, SystemClock};
use crate::installation::{Installation, InvalidInstallation};
use crate::key_ring::{self, KeyRing};
use crate::random::Random;
use crate::root_keys::{RootKeyError, RootKeys};
use crate::serial_queue::SerialQueue;
use crate::stretch_pool::{StretchLimits, StretchPool};
use crate::{Fault, keys};

use super::{Registry, Shared};

/// The costliest Argon2id that a template may ask for, unless told otherwise: 2 GiB, which is the
/// first choice of RFC 9106.
const MOST_ARGON2: (u32, u32, u32) = (2 * 1024 * 1024, 16, 16);

/// More versions of the root key than a store ever has.
const MOST_KEY_VERSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// The settings of a [`Registry`].
#[must_use = "a builder makes nothing until `create` or `open`"]
pub struct RegistryBuilder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Random,
    stretch: StretchLimits,
    most_argon2: Argon2Cost,
}

impl RegistryBuilder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let (memory_kib, passes, lanes) = MOST_ARGON2;
        Self {
            store,
            clock: Arc::new(SystemClock),
            random: Random::new(SysRng),
            stretch: StretchLimits::default(),
            most_argon2: Argon2Cost::new(memory_kib, passes, lanes).unwrap_or_default(),
        }
    }

    /// Where the time comes from; the system's clock unless told otherwise.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Where ids and nonces come from; the system's random source unless told otherwise.
    pub fn with_random<R>(self, random: R) -> Self
    where
        R: TryCryptoRng<Error: StdError + Send + Sync + 'static> + Send + 'static,
    {
        Self { random: Random::new(random), ..self }
    }

    /// How much slow hashing is done at once.
    pub fn with_stretch_limits(self, stretch: StretchLimits) -> Self {
        Self { stretch, ..self }
    }

    /// The most memory, passes and lanes that a new template may ask for; 2 GiB, 16 and 16 unless
    /// told otherwise.
    pub fn with_most_argon2(self, most_argon2: Argon2Cost) -> Self {
        Self { most_argon2, ..self }
    }

    /// Makes an empty registry in a store that holds none, and draws the id of its company.
    ///
    /// # Errors
    /// * [`OpenError::AlreadyCreated`] when the store holds a registry; it is not touched.
    /// * [`OpenError::RootKey`] and [`OpenError::NoRootKey`] when there is no key to begin with.
    /// * [`OpenError::Threads`] when the threads for slow hashing do not start.
    /// * [`OpenError::Fault`]; whether the registry was made is then seen by opening it.
    pub async fn create(self, root_keys: &dyn RootKeys) -> Result<Registry, OpenError> {
        let ring = KeyRing::load(root_keys).await?.ok_or(OpenError::NoRootKey)?;
        let checks = key_ring::key_checks(root_keys).await?;
        let installation = Installation {
            company: CompanyId::from_parts(self.random.bytes()?),
            created_at: self.clock.now(),
        };
        let key = keys::installation().map_err(Fault::from)?;
        let mut batch =
            Batch::new().put(key, Guard::Absent, installation.encode()).map_err(Fault::from)?;
        for (version, check) in checks {
            let key = keys::key_check(version).map_err(Fault::from)?;
            let value = check.as_bytes().to_vec();
            batch = batch.put(key, Guard::Absent, value).map_err(Fault::from)?;
        }
        match self.store.commit(batch).await {
            Ok(_) => self.build(ring, installation),
            Err(CommitError::Conflict(_)) => Err(OpenError::AlreadyCreated),
            Err(CommitError::Store(error)) => Err(Fault::from(error).into()),
        }
    }

    /// Opens the registry that the store holds. Nothing is written.
    ///
    /// # Errors
    /// * [`OpenError::NotCreated`] when the store holds none.
    /// * [`OpenError::WrongRootKey`] when a key is not the one that the store was made with.
    /// * [`OpenError::MissingRootKey`] when the store hangs on a key that was not given, and
    ///   [`OpenError::UnknownRootKey`] when a key was given that it does not know.
    /// * [`OpenError::Installation`] when another, perhaps newer, program wrote the store.
    /// * [`OpenError::RootKey`] and [`OpenError::NoRootKey`] when there is no key.
    /// * [`OpenError::Threads`] when the threads for slow hashing do not start.
    /// * [`OpenError::Fault`] when the store fails.
    pub async fn open(self, root_keys: &dyn RootKeys) -> Result<Registry, OpenError> {
        let key = keys::installation().map_err(Fault::from)?;
        let record = self.store.get(&key).await.map_err(Fault::from)?;
        let record = record.ok_or(OpenError::NotCreated)?;
        let installation = Installation::decode(record.value())?;
        self.check_keys(root_keys).await?;
        let ring = KeyRing::load(root_keys).await?.ok_or(OpenError::NoRootKey)?;
        self.build(ring, installation)
    }

    /// Holds the given keys against what the store keeps of each.
    async fn check_keys(&self, root_keys: &dyn RootKeys) -> Result<(), OpenError> {
        let stored = self.store.scan(keys::KEY_CHECKS, None, MOST_KEY_VERSIONS).await;
        let stored = stored.map_err(Fault::from)?.len();
        let given = key_ring::key_checks(root_keys).await?;
        let mut known = 0;
        for (version, check) in given {
            let key = keys::key_check(version).map_err(Fault::from)?;
            let record = self.store.get(&key).await.map_err(Fault::from)?;
            let record = record.ok_or(OpenError::UnknownRootKey { version })?;
            let bytes = record.value().try_into().map_err(|_| InvalidInstallation::Unreadable)?;
            if !KeyCheck::from_parts(bytes).matches(&check) {
                return Err(OpenError::WrongRootKey { version });
            }
            known += 1;
        }
        if known < stored { Err(OpenError::MissingRootKey { stored, known }) } else { Ok(()) }
    }

    fn build(self, keys: KeyRing, installation: Installation) -> Result<Registry, OpenError> {
        Ok(Registry(Arc::new(Shared {
            store: self.store,
            keys,
            clock: self.clock,
            random: self.random,
            pool: StretchPool::new(self.stretch).map_err(OpenError::Threads)?,
            queue: SerialQueue::new(),
            most_argon2: self.most_argon2,
            installation,
            closed: AtomicBool::new(false),
        })))
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("stretch", &self.stretch)
            .field("most_argon2", &self.most_argon2)
            .finish_non_exhaustive()
    }
}

/// Why there is no open registry.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The store holds no registry.
    #[error("the store holds no registry: expected one that was created before")]
    NotCreated,
    /// The store holds a registry.
    #[error("the store holds a registry already: expected an empty store")]
    AlreadyCreated,
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
    /// The store hangs on more versions of the root key than were given.
    #[error("the store hangs on {stored} versions of the root key: only {known} were given")]
    MissingRootKey {
        /// How many versions the store hangs on.
        stored: usize,
        /// How many were given.
        known: usize,
    },
    /// A root key did not answer.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// The store's record about itself cannot be read.
    #[error(transparent)]
    Installation(#[from] InvalidInstallation),
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
            Self::AlreadyCreated => "already-created",
            Self::NoRootKey => "no-root-key",
            Self::WrongRootKey { .. } => "wrong-root-key",
            Self::UnknownRootKey { .. } => "unknown-root-key",
            Self::MissingRootKey { .. } => "missing-root-key",
            Self::RootKey(_) => "root-key",
            Self::Installation(InvalidInstallation::Newer { .. }) => "newer-format",
            Self::Installation(InvalidInstallation::Unreadable) => "invalid-installation",
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
            | Self::AlreadyCreated
            | Self::NoRootKey
            | Self::WrongRootKey { .. }
            | Self::UnknownRootKey { .. }
            | Self::MissingRootKey { .. }
            | Self::Installation(_) => false,
        }
    }
}
