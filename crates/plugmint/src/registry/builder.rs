//! How a registry comes to be, and how it is opened.

mod error;

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use getrandom::SysRng;
use plugmint_core::derivation::{KeyCheck, SealNonce};
use plugmint_core::{Argon2Cost, CompanyId, Installation, KeyVersion, RecordProblem};
use plugmint_store::{Batch, CommitError, Guard, Store, TAG_LEN};
use rand_core::TryCryptoRng;
use tracing::instrument;

use crate::attempts::{AttemptLimits, Attempts};
use crate::clock::{Clock, SystemClock};
use crate::hooks::{Decider, Observer};
use crate::key_ring::{self, KeyRing, LiveKeys, Tags};
use crate::metrics::Metrics;
use crate::random::Random;
use crate::root_keys::{RootKeyError, RootKeys};
use crate::serial_queue::SerialQueue;
use crate::stored_keys::{self, Mismatch, StoredKeys};
use crate::stretch_pool::{StretchLimits, StretchPool};
use crate::{Fault, keys};

use super::{Registry, Shared};

pub use error::{CreateError, OpenError};

/// The settings of a [`Registry`].
#[must_use = "a builder makes nothing until `create` or `open`"]
pub struct RegistryBuilder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Random,
    stretch: StretchLimits,
    attempts: AttemptLimits,
    decider: Option<Arc<dyn Decider>>,
    observer: Option<Arc<dyn Observer>>,
    metrics: Option<Box<Metrics>>,
    most_argon2: Argon2Cost,
    records: Records,
    tags: Option<Arc<Tags>>,
}

/// How records lie in the store.
#[derive(Clone, Copy, Debug)]
enum Records {
    Plain,
    Tagged,
}

impl RegistryBuilder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let (memory_kib, passes, lanes) = MOST_ARGON2;
        Self {
            store,
            clock: Arc::new(SystemClock),
            random: Random::new(SysRng),
            stretch: StretchLimits::default(),
            attempts: AttemptLimits::default(),
            decider: None,
            observer: None,
            metrics: None,
            most_argon2: Argon2Cost::new(memory_kib, passes, lanes).unwrap_or_default(),
            records: Records::Plain,
            tags: None,
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

    /// How often strangers may try passwords.
    pub fn with_attempt_limits(self, attempts: AttemptLimits) -> Self {
        Self { attempts, ..self }
    }

    /// Who is asked before credentials are given; nobody unless told otherwise.
    pub fn with_decider(self, decider: Arc<dyn Decider>) -> Self {
        Self { decider: Some(decider), ..self }
    }

    /// Who is told of refused attempts, repeats, suspected clones and revoked principals; nobody
    /// unless told otherwise.
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Counts and times what the registry does, with the recorder of the crate `metrics` that is
    /// installed now: install it first. `docs/metrics.md` has the names; labels are outcomes, never
    /// ids. It costs a call two looks at a clock; without it a call pays one branch.
    pub fn with_metrics(self) -> Self {
        Self { metrics: Some(Box::new(Metrics::register())), ..self }
    }

    /// The most memory, passes and lanes that a template may ask for; 2 GiB, 16 and 16 unless told
    /// otherwise. A template that was made when more was allowed is answered
    /// [`Fault::TooCostly`], and nothing is hashed.
    pub fn with_most_argon2(self, most_argon2: Argon2Cost) -> Self {
        Self { most_argon2, ..self }
    }

    /// Puts a tag under the root key behind every record, so that a changed or moved one is an
    /// error and never an answer: see [`Tagged`](plugmint_store::Tagged), what it sees and what
    /// not. It costs each record 20 bytes and a few hash compressions.
    ///
    /// A store has tags from its first record on or none at all: ask for them each time.
    pub fn with_tagged_records(self) -> Self {
        Self { records: Records::Tagged, ..self }
    }

    /// Makes an empty registry in a store that holds none, and draws the id of its company.
    ///
    /// # Errors
    /// * [`CreateError::AlreadyCreated`] when the store holds a registry; it is not touched.
    /// * [`CreateError::RootKey`] and [`CreateError::NoRootKey`] when there is no key.
    /// * [`CreateError::Threads`] when the threads for slow hashing do not start.
    /// * [`CreateError::Fault`]; whether the registry was made is then seen by opening it.
    ///
    /// After all but the last nothing was written.
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn create(mut self, root_keys: &dyn RootKeys) -> Result<Registry, CreateError> {
        let ring = KeyRing::load(root_keys).await?.ok_or(CreateError::NoRootKey)?;
        let checks = key_ring::key_checks(root_keys).await?;
        let company = CompanyId::from_parts(self.random.bytes()?);
        let installation = Installation::new(company, self.clock.now());
        let mut batch = first_batch(installation, &checks)?;
        let older = checks.iter().map(|(version, _)| *version);
        for version in older.filter(|version| *version != ring.current()) {
            let roots = key_ring::minting_roots(root_keys, version).await?;
            let nonce = SealNonce::from_random(self.random.bytes()?);
            let kept = stored_keys::keep(&ring, nonce, version, &roots)?.encode();
            let key = keys::kept_keys(version).map_err(Fault::from)?;
            batch = batch.put(key, Guard::Absent, kept).map_err(Fault::from)?;
        }
        self.tag_records(root_keys).await?;
        let store = Arc::clone(&self.store);
        let registry = self.build(ring, installation).map_err(CreateError::Threads)?;
        match store.commit(batch).await {
            Ok(_) => Ok(registry),
            Err(CommitError::Conflict(_)) => Err(CreateError::AlreadyCreated),
            Err(CommitError::Store(error)) => Err(Fault::from(error).into()),
        }
    }

    /// Opens the registry that the store holds. Nothing is written.
    ///
    /// # Errors
    /// * [`OpenError::NotCreated`] when the store holds none.
    /// * [`OpenError::Tagged`] when it was made with tagged records and they were not asked for,
    ///   and [`OpenError::Untagged`] when it was made without and they were.
    /// * [`OpenError::WrongRootKey`] when a key is not the one that the store was made with.
    /// * [`OpenError::MissingRootKey`] when the store hangs on a key that was not given and whose
    ///   version was not [dropped](Registry::drop_root_key), and [`OpenError::UnknownRootKey`] when
    ///   a key was given that it does not know: [`Registry::rotate_root_key`] adds one.
    /// * [`OpenError::RootKey`] and [`OpenError::NoRootKey`] when there is no key.
    /// * [`OpenError::Threads`] when the threads for slow hashing do not start.
    /// * [`OpenError::Fault`] when the store fails, or holds what this plugmint does not read: a
    ///   newer one is named as such.
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn open(mut self, root_keys: &dyn RootKeys) -> Result<Registry, OpenError> {
        let key = keys::installation().map_err(Fault::from)?;
        let found =
            self.store.get(&key).await.map_err(Fault::from)?.ok_or(OpenError::NotCreated)?;
        if matches!(self.records, Records::Tagged) && Installation::decode(found.value()).is_ok() {
            return Err(OpenError::Untagged);
        }
        let stored = StoredKeys::load(&*self.store).await?;
        let needed = stored.needed(root_keys).await;
        let ring = KeyRing::load(&needed).await?;
        let ring = ring.ok_or_else(|| match stored.versions().next_back() {
            // Keys were given, and none that is needed.
            Some(version) if !root_keys.versions().is_empty() => {
                OpenError::MissingRootKey { version }
            }
            Some(_) | None => OpenError::NoRootKey,
        })?;
        let ring = check_keys(&stored, &needed, ring).await?;
        self.tag_records(&needed).await?;
        let record = self.store.get(&key).await;
        let record = record.map_err(Fault::from)?.ok_or(OpenError::NotCreated)?;
        let installation = Installation::decode(record.value()).map_err(|invalid| {
            let tag = RecordProblem::Trailing { surplus: TAG_LEN };
            match self.records {
                Records::Plain if invalid.problem() == tag => OpenError::Tagged,
                Records::Plain | Records::Tagged => Fault::from(invalid).into(),
            }
        })?;
        self.build(ring, installation).map_err(OpenError::Threads)
    }

    /// From here on every record has a tag, if it shall have one.
    async fn tag_records(&mut self, root_keys: &dyn RootKeys) -> Result<(), RootKeyError> {
        if let Records::Tagged = self.records {
            self.tags = key_ring::tagged(Arc::clone(&self.store), root_keys).await?;
            if let Some(tags) = &self.tags {
                self.store = Arc::clone(tags) as _;
            }
        }
        Ok(())
    }

    fn build(self, keys: KeyRing, installation: Installation) -> io::Result<Registry> {
        let stretches = self.metrics.as_ref().map(|metrics| metrics.stretches.clone());
        Ok(Registry(Arc::new(Shared {
            store: self.store,
            tags: self.tags,
            keys: LiveKeys::new(keys),
            clock: self.clock,
            random: self.random,
            pool: StretchPool::new(self.stretch, self.most_argon2, stretches)?,
            attempts: Attempts::new(self.attempts),
            queue: SerialQueue::default(),
            decider: self.decider,
            observer: self.observer,
            sources: OnceLock::new(),
            metrics: self.metrics,
            most_argon2: self.most_argon2,
            installation,
            closed: AtomicBool::new(false),
        })))
    }
}

/// Everything that is in a store from its first moment on.
fn first_batch(
    installation: Installation,
    checks: &[(KeyVersion, KeyCheck)],
) -> Result<Batch, Fault> {
    let key = keys::installation()?;
    let mut batch = Batch::new().put(key, Guard::Absent, installation.encode())?;
    for (version, check) in checks {
        batch = batch.put(keys::key_check(*version)?, Guard::Absent, check.encode())?;
    }
    Ok(batch)
}

impl From<Mismatch> for OpenError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::Wrong(version) => Self::WrongRootKey { version },
            Mismatch::Missing(version) => Self::MissingRootKey { version },
            Mismatch::Unknown(version) => Self::UnknownRootKey { version },
        }
    }
}

impl fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryBuilder")
            .field("stretch", &self.stretch)
            .field("attempts", &self.attempts)
            .field("most_argon2", &self.most_argon2)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// The costliest Argon2id that a template may ask for, unless told otherwise: 2 GiB, which is the
/// first choice of RFC 9106.
const MOST_ARGON2: (u32, u32, u32) = (2 * 1024 * 1024, 16, 16);

/// Holds the given keys against what the store keeps of each, and adds to the ring what it kept of
/// those that were dropped.
async fn check_keys(
    stored: &StoredKeys,
    root_keys: &dyn RootKeys,
    ring: KeyRing,
) -> Result<KeyRing, OpenError> {
    let given = key_ring::key_checks(root_keys).await?.into_iter().collect();
    stored.ensure_match(&given)?;
    stored.complete(ring).map_err(|fault| match fault {
        Fault::MissingRootKey { version } => OpenError::MissingRootKey { version },
        fault => fault.into(),
    })
}
