//! A registry for a host's own tests: in memory, with a clock that stands still and random bytes
//! from a seed. The same calls give the same ids each time.
//!
//! ```
//! # pollster::block_on(async {
//! use plugmint::testing::TestRegistry;
//! use plugmint::{TemplateDesign, TemplateName};
//!
//! let test = TestRegistry::new(7).await?;
//! let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?);
//! let template = test.registry().create_template(test.registry().company(), design).await?;
//! assert_eq!(template.created_at(), test.clock().time());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plugmint_core::UnixMillis;
use plugmint_core::derivation::RootKey;
use plugmint_memory::MemoryStore;
use plugmint_store::Store;
use rand_chacha::ChaCha12Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};

use crate::{AttemptLimits, Clock, CreateError, Registry, RegistryBuilder, StretchLimits, keys};

/// A registry in memory, and the clock and store behind it.
#[derive(Debug)]
pub struct TestRegistry {
    registry: Registry,
    clock: Arc<FixedClock>,
    store: Arc<MemoryStore>,
}

impl TestRegistry {
    /// A new registry. Its root key is [`root_key`], its random bytes come from `seed`.
    ///
    /// # Errors
    /// [`CreateError::Threads`] when the system is out of threads.
    pub async fn new(seed: u64) -> Result<Self, CreateError> {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::default());
        let registry =
            builder(Arc::clone(&store) as _, Arc::clone(&clock), seed).create(&root_key()).await?;
        Ok(Self { registry, clock, store })
    }

    /// The registry.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The clock that it reads.
    #[must_use]
    pub fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// The store that it writes.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as _
    }
}

/// Settings for a registry over any store, with this clock and random bytes from `seed`.
pub fn builder(store: Arc<dyn Store>, clock: Arc<FixedClock>, seed: u64) -> RegistryBuilder {
    Registry::builder(store)
        .with_clock(clock)
        .with_random(SeededRandom(ChaCha12Rng::seed_from_u64(seed)))
        .with_stretch_limits(StretchLimits::new(NonZeroUsize::MIN, 64))
        // A test knows few names.
        .with_attempt_limits(AttemptLimits::default().with_buckets(4_096))
}

/// The root key of every test registry. It is public, and so no key at all.
#[must_use]
pub fn root_key() -> RootKey {
    RootKey::from_random(&mut [0x5a; 32])
}

/// What the keys of a store begin with: the letter of each kind of record.
#[must_use]
pub const fn record_letters() -> [u8; 17] {
    keys::LETTERS
}

/// A clock that stands still until it is told.
#[derive(Debug)]
pub struct FixedClock(AtomicU64);

impl FixedClock {
    /// A clock that stands at that time.
    #[must_use]
    pub const fn new(time: UnixMillis) -> Self {
        Self(AtomicU64::new(time.millis()))
    }

    /// What it shows.
    #[must_use]
    pub fn time(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::SeqCst))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

/// 2026-09-21T14:13:20Z.
impl Default for FixedClock {
    fn default() -> Self {
        Self::new(UnixMillis::new(1_790_000_000_000))
    }
}

impl Clock for FixedClock {
    fn now(&self) -> UnixMillis {
        self.time()
    }
}

/// Bytes from a seed: as random as they look, and as secret as the seed.
#[derive(Debug)]
struct SeededRandom(ChaCha12Rng);

impl TryRng for SeededRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for SeededRandom {}
