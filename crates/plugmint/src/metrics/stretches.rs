//! What waits for a slow hash.

use std::time::Duration;

use metrics::{Gauge, Histogram, Unit, describe_gauge, describe_histogram, gauge, histogram};

/// The handles of a pool of threads.
#[derive(Clone, Debug)]
pub(crate) struct Stretches {
    depth: Gauge,
    busy: Gauge,
    wait: Histogram,
    hash: Histogram,
}

impl Stretches {
    pub(super) fn register() -> Self {
        describe_gauge!(DEPTH, Unit::Count, "Passwords that wait for a thread to hash them.");
        describe_gauge!(BUSY, Unit::Count, "Threads that hash a password.");
        describe_histogram!(WAIT, Unit::Seconds, "How long passwords wait for a thread.");
        describe_histogram!(HASH, Unit::Seconds, "How long hashing a password takes.");
        Self {
            depth: gauge!(DEPTH),
            busy: gauge!(BUSY),
            wait: histogram!(WAIT),
            hash: histogram!(HASH),
        }
    }

    /// What the pool is at now; told under its lock, so that the last word is the newest.
    pub(crate) fn is_at(&self, waiting: usize, busy: usize) {
        self.depth.set(count(waiting));
        self.busy.set(count(busy));
    }

    pub(crate) fn waited(&self, time: Duration) {
        self.wait.record(time);
    }

    pub(crate) fn hashed(&self, time: Duration) {
        self.hash.record(time);
    }
}

/// Beyond four billion nobody counts.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

const DEPTH: &str = "plugmint_stretch_queue_depth";
const BUSY: &str = "plugmint_stretch_busy";
const WAIT: &str = "plugmint_stretch_wait_seconds";
const HASH: &str = "plugmint_stretch_seconds";
