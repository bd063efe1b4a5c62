//! What a pool is at, and how long that takes.

use std::time::Duration;

/// What the threads for slow hashing are at, at one instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StretchLoad {
    pub(super) busy: usize,
    pub(super) waiting: usize,
    pub(super) longest_wait: Duration,
    pub(super) mean_wait: Duration,
    pub(super) mean_hash: Duration,
    pub(super) hashed: u64,
    pub(super) overloaded: u64,
}

impl StretchLoad {
    /// How many threads hash.
    #[must_use]
    pub const fn busy(&self) -> usize {
        self.busy
    }

    /// How many passwords wait for a thread.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.waiting
    }

    /// For how long the one has waited that waits longest.
    #[must_use]
    pub const fn longest_wait(&self) -> Duration {
        self.longest_wait
    }

    /// For how long the last ones waited for a thread, on average; the latest counts most.
    #[must_use]
    pub const fn mean_wait(&self) -> Duration {
        self.mean_wait
    }

    /// How long the last hashes took, on average; the latest counts most.
    #[must_use]
    pub const fn mean_hash(&self) -> Duration {
        self.mean_hash
    }

    /// How many passwords were hashed so far.
    #[must_use]
    pub const fn hashed(&self) -> u64 {
        self.hashed
    }

    /// How many were answered `Overloaded` so far, at once or after their deadline.
    #[must_use]
    pub const fn overloaded(&self) -> u64 {
        self.overloaded
    }
}

/// An average in which each new value counts for an eighth.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean(Option<Duration>);

impl Mean {
    pub(super) fn add(&mut self, value: Duration) {
        self.0 = Some(self.0.map_or(value, |mean| (mean * 7 + value) / 8));
    }

    pub(super) fn value(self) -> Duration {
        self.0.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_begins_with_its_first_value_and_moves_an_eighth_of_the_way() {
        let (mut mean, seconds) = (Mean::default(), Duration::from_secs);
        assert_eq!(mean.value(), Duration::ZERO);
        mean.add(seconds(8));
        assert_eq!(mean.value(), seconds(8));
        mean.add(seconds(16));
        assert_eq!(mean.value(), seconds(9));
    }
}
