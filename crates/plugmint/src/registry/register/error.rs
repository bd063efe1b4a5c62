//! Why a serial was not registered.

use std::time::Duration;

use plugmint_core::{PasswordRefusal, SerialId};
use thiserror::Error;

use crate::registry::TemplateClosed;
use crate::stretch_pool::NotStretched;
use crate::{Fault, Unknown};

/// Why a serial was not registered. Nothing of it was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// There is no such template.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The template is closed.
    #[error(transparent)]
    TemplateClosed(#[from] TemplateClosed),
    /// The passwords are not what the template asks for.
    #[error(transparent)]
    Passwords(#[from] PasswordRefusal),
    /// The serial was registered with these very passwords before.
    #[error("the serial `{}` is registered already, with these passwords", id.serial())]
    AlreadyRegistered {
        /// The serial.
        id: Box<SerialId>,
    },
    /// The serial was registered with other passwords.
    #[error("the serial `{}` is taken: it has other passwords", id.serial())]
    SerialTaken {
        /// The serial.
        id: Box<SerialId>,
    },
    /// The serial is retired, and cannot be registered again.
    #[error("the serial `{}` is retired: it cannot be registered again", id.serial())]
    Retired {
        /// The serial.
        id: Box<SerialId>,
    },
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

impl RegisterError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::TemplateClosed(closed) => closed.code(),
            Self::Passwords(refusal) => refusal.code(),
            Self::AlreadyRegistered { .. } => "already-registered",
            Self::SerialTaken { .. } => "serial-taken",
            Self::Retired { .. } => "retired",
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
            Self::Unknown(_)
            | Self::TemplateClosed(_)
            | Self::Passwords(_)
            | Self::AlreadyRegistered { .. }
            | Self::SerialTaken { .. }
            | Self::Retired { .. } => false,
        }
    }

    /// How long to wait before the call is made again.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Unknown(_)
            | Self::TemplateClosed(_)
            | Self::Passwords(_)
            | Self::AlreadyRegistered { .. }
            | Self::SerialTaken { .. }
            | Self::Retired { .. }
            | Self::Fault(_) => None,
        }
    }
}

impl From<NotStretched> for RegisterError {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}

impl From<RegisterAllError> for RegisterError {
    fn from(error: RegisterAllError) -> Self {
        match error {
            RegisterAllError::Unknown(unknown) => unknown.into(),
            RegisterAllError::TemplateClosed(closed) => closed.into(),
            RegisterAllError::Fault(fault) => fault.into(),
        }
    }
}

/// Why none of many serials was registered. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegisterAllError {
    /// There is no such template.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The template is closed.
    #[error(transparent)]
    TemplateClosed(#[from] TemplateClosed),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RegisterAllError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::TemplateClosed(closed) => closed.code(),
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::TemplateClosed(_) => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}
