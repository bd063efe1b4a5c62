//! The settings of a store.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::metrics::Commits;

/// How a store uses its file and its threads.
#[derive(Clone, Debug)]
pub struct RedbOptions {
    cache_mib: u32,
    most_waiting: NonZeroUsize,
    snapshot_age: Duration,
    read_threads: usize,
    metrics: Option<Commits>,
}

impl RedbOptions {
    /// Memory for cached pages, in MiB; 128 unless told otherwise. A store that fits in it is read
    /// without system calls.
    #[must_use]
    pub fn with_cache_mib(self, cache_mib: u32) -> Self {
        Self { cache_mib, ..self }
    }

    /// How many batches wait for the writer at once, and so how many one sync serves at most; 4,096
    /// unless told otherwise. Callers beyond it wait for room: none is refused.
    #[must_use]
    pub fn with_most_waiting(self, most_waiting: NonZeroUsize) -> Self {
        Self { most_waiting, ..self }
    }

    /// How long a scan or a backup may hold on to one state of the store; 60 seconds unless told
    /// otherwise. While it does, space that commits free is not used again and the file grows. A
    /// scan that takes longer goes on with a newer state, a backup is given up.
    #[must_use]
    pub fn with_snapshot_age(self, snapshot_age: Duration) -> Self {
        Self { snapshot_age, ..self }
    }

    /// Reads on so many threads of the store's own; 0, which is what holds unless told otherwise,
    /// reads on the thread that polls. Threads cost a read some ten microseconds and free an
    /// executor from waiting for a disk: worth it where the store does not fit in the cache.
    #[must_use]
    pub fn with_read_threads(self, read_threads: usize) -> Self {
        Self { read_threads, ..self }
    }

    /// Counts and times commits, with the recorder of the crate `metrics` that is installed now:
    /// install it first. `docs/metrics.md` has the names. Without it no clock is read.
    #[must_use]
    pub fn with_metrics(self) -> Self {
        Self { metrics: Some(Commits::register()), ..self }
    }

    pub(crate) const fn cache_bytes(&self) -> usize {
        (self.cache_mib as usize).saturating_mul(1 << 20)
    }

    pub(crate) const fn most_waiting(&self) -> NonZeroUsize {
        self.most_waiting
    }

    pub(crate) const fn snapshot_age(&self) -> Duration {
        self.snapshot_age
    }

    pub(crate) const fn read_threads(&self) -> usize {
        self.read_threads
    }

    pub(crate) const fn metrics(&self) -> Option<&Commits> {
        self.metrics.as_ref()
    }
}

impl Default for RedbOptions {
    fn default() -> Self {
        Self {
            cache_mib: 128,
            most_waiting: NonZeroUsize::MIN.saturating_add(4095),
            snapshot_age: Duration::from_secs(60),
            read_threads: 0,
            metrics: None,
        }
    }
}
