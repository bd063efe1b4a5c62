//! Why a Controller may not enroll.

use std::time::Duration;

use plugmint_core::controller::EnrollControllerRefusal;
use plugmint_core::lifecycle::Stranger;
use thiserror::Error;

use crate::Fault;
use crate::attempts::whole_seconds;
use crate::stretch_pool::NotStretched;

use super::control::NotTried;

/// Why a Controller may not enroll. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnrollControllerError {
    /// The one answer to whoever proved nothing: the template or Thing is unknown, the password is
    /// wrong, the Thing has none, is not enrolled, disabled or retired, the template is closed, or
    /// the Controller is disabled.
    #[error("the enrollment is refused")]
    Refused,
    /// The password is right, and the Thing has as many Controllers as it may, all of which have
    /// connected.
    #[error("the thing has as many controllers as it may: retire one first")]
    TooMany,
    /// The password is right, and the Thing has used its last ordinal, after four billion.
    #[error("the thing has used its last ordinal: it can have no more controllers")]
    LastOrdinal,
    /// Too many attempts were made, from this source or of this Thing; whether the password is
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

impl EnrollControllerError {
    /// Every [`code`](Self::code) but those of a [`Fault`], for who counts by it.
    pub(crate) const CODES: &'static [&'static str] =
        &["refused", "too-many-controllers", "last-ordinal", "throttled", "overloaded"];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::TooMany => "too-many-controllers",
            Self::LastOrdinal => "last-ordinal",
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
            Self::Refused | Self::TooMany | Self::LastOrdinal => false,
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
            Self::Refused | Self::TooMany | Self::LastOrdinal | Self::Fault(_) => None,
        }
    }
}

impl From<Stranger> for EnrollControllerError {
    fn from(_: Stranger) -> Self {
        Self::Refused
    }
}

impl From<EnrollControllerRefusal> for EnrollControllerError {
    fn from(refusal: EnrollControllerRefusal) -> Self {
        match refusal {
            EnrollControllerRefusal::Stranger(_) => Self::Refused,
            EnrollControllerRefusal::TooMany => Self::TooMany,
            EnrollControllerRefusal::LastOrdinal => Self::LastOrdinal,
        }
    }
}

impl From<NotTried> for EnrollControllerError {
    fn from(not: NotTried) -> Self {
        match not {
            NotTried::Stranger => Self::Refused,
            NotTried::Throttled(throttled) => {
                Self::Throttled { retry_after: throttled.retry_after }
            }
            NotTried::NotStretched(NotStretched::Overloaded { retry_after }) => {
                Self::Overloaded { retry_after }
            }
            NotTried::NotStretched(NotStretched::Fault(fault)) | NotTried::Fault(fault) => {
                fault.into()
            }
        }
    }
}
