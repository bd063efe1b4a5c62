//! Where a registry takes the time from.

use std::time::{SystemTime, UNIX_EPOCH};

use plugmint_core::UnixMillis;

/// Says what time it is. A registry asks once for each decision.
pub trait Clock: Send + Sync {
    /// The time now. It should not go back: while it is behind, a password whose overlap has ended
    /// connects again, and events are told where readers of the [`Feed`](crate::Feed) have passed.
    /// No other state of a device hangs on it. Attempts are counted in it
    /// ([`AttemptLimits`](crate::AttemptLimits)); where it goes far back or ahead, what was counted
    /// is forgotten.
    fn now(&self) -> UnixMillis;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        #[expect(clippy::disallowed_methods, reason = "this is where the time comes in")]
        let now = SystemTime::now();
        // A clock that stands before 1970 reads as 1970.
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}
