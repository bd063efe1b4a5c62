//! Why a verb of an operator's did nothing: the shape that these errors share.

use std::error::Error;
use std::time::Duration;

use plugmint_core::PasswordRefusal;
use plugmint_core::controller::{ControllerRefusal, ReactivateControllerRefusal};
use plugmint_core::grant::NotControllable;
use plugmint_core::lifecycle::{
    ReplaceControlRefusal, ReplaceRefusal, RetiredSerial, RevokeRefusal,
};
use thiserror::Error;

use crate::stretch_pool::NotStretched;
use crate::{Fault, Unknown};

use super::renew::NotTransferred;

/// What one verb may be refused for.
pub trait Refusal: Error + Copy + Send + Sync + 'static {
    /// What a host switches on. Its meaning never changes.
    fn code(&self) -> &'static str;
}

macro_rules! refusals {
    ($($name:ident),+) => {
        $(
            impl Refusal for $name {
                fn code(&self) -> &'static str {
                    Self::code(self)
                }
            }
        )+
    };
}

refusals!(
    RetiredSerial,
    RevokeRefusal,
    ReplaceRefusal,
    ReplaceControlRefusal,
    NotTransferred,
    ControllerRefusal,
    ReactivateControllerRefusal,
    NotControllable
);

/// Why a verb did nothing. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerbError<R: Refusal> {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The serial is not where the verb leads on from.
    #[error(transparent)]
    Refused(R),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl<R: Refusal> VerbError<R> {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::Refused(_) => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}

/// Why a verb that takes new passwords did nothing. Nothing was written, or [`Fault`] says
/// otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PasswordError<R: Refusal> {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The passwords are not what the template asks for.
    #[error(transparent)]
    Passwords(#[from] PasswordRefusal),
    /// The serial is not where the verb leads on from, or has one of these passwords.
    #[error(transparent)]
    Refused(R),
    /// Too many passwords wait for a slow hash.
    #[error("too many passwords wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl<R: Refusal> PasswordError<R> {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::Passwords(refusal) => refusal.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Overloaded { .. } => "overloaded",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Overloaded { .. } => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown(_) | Self::Passwords(_) | Self::Refused(_) => false,
        }
    }

    /// How long to wait before the call is made again.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Unknown(_) | Self::Passwords(_) | Self::Refused(_) | Self::Fault(_) => None,
        }
    }
}

impl<R: Refusal> From<NotStretched> for PasswordError<R> {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}
