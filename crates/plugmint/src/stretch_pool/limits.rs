//! How much slow hashing is done at once.

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

/// How much slow hashing a registry does at once, and how much waits for how long.
///
/// Memory is `workers` times the `memory_kib` of the costliest template, whatever the load.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StretchLimits {
    workers: NonZeroUsize,
    queue: usize,
    deadline: Duration,
}

impl StretchLimits {
    /// `workers` threads, and at most `queue` passwords that wait for one. What comes on top is
    /// answered `Overloaded` at once: the newcomer, or where another template has more that wait,
    /// the last of those.
    #[must_use]
    pub const fn new(workers: NonZeroUsize, queue: usize) -> Self {
        Self { workers, queue, deadline: DEADLINE }
    }

    /// How long a password may wait for a thread; 10 seconds unless told otherwise. One that has
    /// waited so long when its turn comes is answered `Overloaded` and not hashed: whoever asked
    /// has gone by then, and the thread is free for who has not.
    #[must_use]
    pub const fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// How many threads hash.
    #[must_use]
    pub const fn workers(&self) -> NonZeroUsize {
        self.workers
    }

    /// How many passwords may wait.
    #[must_use]
    pub const fn queue(&self) -> usize {
        self.queue
    }

    /// How long a password may wait.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.deadline
    }
}

/// A thread for each core, and 64 passwords that wait for each thread: a second or two of work.
impl Default for StretchLimits {
    fn default() -> Self {
        let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self::new(workers, workers.get().saturating_mul(64))
    }
}

const DEADLINE: Duration = Duration::from_secs(10);
