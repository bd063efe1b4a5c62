//! Why a Thing was not added to a holder.

use std::time::Duration;

use thiserror::Error;

use crate::Fault;
use crate::attempts::whole_seconds;
use crate::registry::AuthenticateError;
use crate::registry::controllers::NotTried;
use crate::stretch_pool::NotStretched;

/// Why a Thing was not added to a holder. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AddThingError {
    /// The one answer to whoever did not prove who it is: the Plug-ID is unknown, the password is
    /// wrong or in its overlap, or the holder is disabled or retired.
    #[error("the holder is refused")]
    Refused,
    /// The one answer to whoever did not prove the control password: the template or Thing is
    /// unknown, the password is wrong, the Thing has none, is not enrolled, disabled or retired, or
    /// the template is closed.
    #[error("the thing is refused")]
    ThingRefused,
    /// Too many attempts were made, from this source or of this Thing; whether the password is
    /// right was not looked at.
    #[error("too many attempts: try again in {} s", whole_seconds(*retry_after))]
    Throttled {
        /// When there is another attempt.
        retry_after: Duration,
    },
    /// Too many passwords wait for a slow hash.
    #[error("too many attempts wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AddThingError {
    /// Every [`code`](Self::code) but those of a [`Fault`], for who counts by it.
    pub(crate) const CODES: &'static [&'static str] =
        &["refused", "thing-refused", "throttled", "overloaded"];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::ThingRefused => "thing-refused",
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
            Self::Refused | Self::ThingRefused => false,
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
            Self::Refused | Self::ThingRefused | Self::Fault(_) => None,
        }
    }
}

impl From<AuthenticateError> for AddThingError {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Refused => Self::Refused,
            AuthenticateError::Fault(fault) => fault.into(),
        }
    }
}

impl From<NotTried> for AddThingError {
    fn from(not: NotTried) -> Self {
        match not {
            NotTried::Stranger => Self::ThingRefused,
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
