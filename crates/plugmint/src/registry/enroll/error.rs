//! Why a device may not enroll.

use std::time::Duration;

use plugmint_core::lifecycle::EnrollRefusal;
use plugmint_core::{DenyReason, InvalidLabel};
use thiserror::Error;

use crate::Fault;
use crate::attempts::{Throttled, whole_seconds};
use crate::stretch_pool::NotStretched;

use super::NotWanted;

/// Why a device may not enroll. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnrollError {
    /// The one answer to whoever proved nothing: the template or serial is unknown, the password is
    /// wrong, the serial is disabled or retired, or the template is closed.
    #[error("the enrollment is refused")]
    Refused,
    /// The password is right, the serial is enrolled, and its template repeats no credentials.
    #[error("the serial is enrolled already: its template gives credentials once")]
    AlreadyEnrolled,
    /// The password is right and the device has connected before.
    #[error("the serial is activated already: its template repeats credentials until then")]
    AlreadyActivated,
    /// The password is right, and the host does not want this device.
    #[error("the enrollment is denied: {reason}")]
    Denied {
        /// Why, in the host's words.
        reason: DenyReason,
    },
    /// The host wanted to add more labels than a serial can have: its decider is to be mended.
    #[error("the host asks for more labels: {0}")]
    Labels(InvalidLabel),
    /// Too many attempts were made, from this source or of this serial; whether the password is
    /// right was not looked at.
    #[error("too many attempts: try again in {} s", whole_seconds(*retry_after))]
    Throttled {
        /// When there is another attempt.
        retry_after: Duration,
    },
    /// Too many passwords wait for a slow hash.
    #[error("too many enrollments wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl EnrollError {
    /// Every [`code`](Self::code) but those of a [`Fault`], for who counts by it.
    pub(crate) const CODES: &'static [&'static str] = &[
        "refused",
        "already-enrolled",
        "already-activated",
        "denied",
        "too-many-labels",
        "throttled",
        "overloaded",
    ];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::AlreadyActivated => "already-activated",
            Self::Denied { .. } => "denied",
            Self::Labels(_) => "too-many-labels",
            Self::Throttled { .. } => "throttled",
            Self::Overloaded { .. } => "overloaded",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Overloaded { .. } => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::Refused
            | Self::AlreadyEnrolled
            | Self::AlreadyActivated
            | Self::Denied { .. }
            | Self::Labels(_) => false,
        }
    }

    /// How long to wait before the call is made again. Who tells it in whole seconds rounds up: who
    /// comes a little earlier comes in vain.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Overloaded { retry_after } => {
                Some(*retry_after)
            }
            Self::Refused
            | Self::AlreadyEnrolled
            | Self::AlreadyActivated
            | Self::Denied { .. }
            | Self::Labels(_)
            | Self::Fault(_) => None,
        }
    }
}

impl From<NotWanted> for EnrollError {
    fn from(not: NotWanted) -> Self {
        match not {
            NotWanted::Denied(reason) => Self::Denied { reason },
            NotWanted::Labels(invalid) => Self::Labels(invalid),
        }
    }
}

impl From<EnrollRefusal> for EnrollError {
    fn from(refusal: EnrollRefusal) -> Self {
        match refusal {
            EnrollRefusal::AlreadyEnrolled => Self::AlreadyEnrolled,
            EnrollRefusal::AlreadyActivated => Self::AlreadyActivated,
            EnrollRefusal::Stranger(_) => Self::Refused,
        }
    }
}

impl From<Throttled> for EnrollError {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled { retry_after: throttled.retry_after }
    }
}

impl From<NotStretched> for EnrollError {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_final_and_a_throttle_is_not() {
        let retry_after = Duration::from_secs(1);
        assert!(EnrollError::Throttled { retry_after }.is_retryable());
        assert!(EnrollError::Overloaded { retry_after }.is_retryable());
        for last in
            [EnrollError::Refused, EnrollError::AlreadyEnrolled, EnrollError::AlreadyActivated]
        {
            assert!(!last.is_retryable(), "{last}");
        }
    }
}
