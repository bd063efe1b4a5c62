//! How often something may be tried.

use std::num::NonZeroU32;
use std::time::Duration;

/// So many attempts at once, and one more each time that `every` has passed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AttemptRate {
    burst: NonZeroU32,
    every_millis: u64,
}

impl AttemptRate {
    /// A rate. `every` counts in whole milliseconds, at least one.
    #[must_use]
    pub fn new(burst: NonZeroU32, every: Duration) -> Self {
        let every_millis = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(1);
        Self { burst, every_millis }
    }

    /// How many attempts may be made at once.
    #[must_use]
    pub const fn burst(self) -> NonZeroU32 {
        self.burst
    }

    /// After how long there is one more.
    #[must_use]
    pub const fn every(self) -> Duration {
        Duration::from_millis(self.every_millis)
    }

    /// A fourth of it, and at least one attempt at once.
    pub(super) fn quarter(self) -> Self {
        let burst = NonZeroU32::new(self.burst.get() / 4).unwrap_or(NonZeroU32::MIN);
        Self { burst, every_millis: self.every_millis.saturating_mul(4) }
    }

    pub(super) const fn every_millis(self) -> u64 {
        self.every_millis
    }

    /// How long until a bucket that is empty is full.
    pub(super) const fn filling_millis(self) -> u64 {
        self.every_millis.saturating_mul(self.burst.get() as u64)
    }
}
