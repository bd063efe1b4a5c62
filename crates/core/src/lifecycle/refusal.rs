//! Why a verb of an operator's was refused: one enum for each set of answers. Nothing changed.

use thiserror::Error;

use crate::Epoch;

use super::Which;

/// The serial is retired, and no verb changes that.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the serial is retired: expected one that is not")]
pub struct RetiredSerial;

impl RetiredSerial {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "retired"
    }
}

/// Why an epoch did not rise.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum EpochRefusal {
    /// Something else has happened to the serial since the caller looked.
    #[error("the serial is at epoch {now}, and {seen} was seen: look at it again, then decide")]
    Moved {
        /// The epoch that the caller saw.
        seen: Epoch,
        /// The epoch that the serial has.
        now: Epoch,
    },
    /// There are no more epochs, after four billion.
    #[error("the serial has used its last epoch: it can be retired, nothing else")]
    Last,
}

impl EpochRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Moved { .. } => "epoch-moved",
            Self::Last => "last-epoch",
        }
    }
}

/// Why a serial was not reactivated or unenrolled.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum RevokeRefusal {
    /// It is retired.
    #[error("the serial is retired: expected one that is enrolled")]
    Retired,
    /// There is no password that it could end.
    #[error("the serial is not enrolled: there is no password to revoke")]
    NotEnrolled,
    /// The epoch does not rise.
    #[error(transparent)]
    Epoch(#[from] EpochRefusal),
}

impl RevokeRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::NotEnrolled => "not-enrolled",
            Self::Epoch(refusal) => refusal.code(),
        }
    }
}

/// Why the passwords of a serial were not replaced.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReplaceRefusal {
    /// It is retired.
    #[error("the serial is retired: expected one that has never enrolled")]
    Retired,
    /// Its device has enrolled with the passwords that it has.
    #[error("the serial has enrolled: expected one that has not, or a transfer")]
    HasEnrolled,
    /// A password would replace itself.
    #[error("the new {0} password is the one that it replaces: expected another one")]
    Unchanged(Which),
    /// The epoch does not rise.
    #[error(transparent)]
    Epoch(#[from] EpochRefusal),
}

impl ReplaceRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::HasEnrolled => "has-enrolled",
            Self::Unchanged(_) => "unchanged-password",
            Self::Epoch(refusal) => refusal.code(),
        }
    }
}

/// Why a serial was not transferred.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransferRefusal {
    /// It is retired.
    #[error("the serial is retired: expected one that is not")]
    Retired,
    /// A new password is one of the old ones, whichever of the two that was.
    #[error(
        "the new {0} password is an old one: expected two that its owner of before does not know"
    )]
    Repeated(Which),
    /// The epoch does not rise.
    #[error(transparent)]
    Epoch(#[from] EpochRefusal),
}

impl TransferRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Repeated(_) => "repeated-password",
            Self::Epoch(refusal) => refusal.code(),
        }
    }
}

/// Why the control password of a serial was not replaced.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReplaceControlRefusal {
    /// It is retired.
    #[error("the serial is retired: expected one that is not")]
    Retired,
    /// It would replace itself.
    #[error("the new control password is the one that it replaces: expected another one")]
    Unchanged,
    /// One password for both would let whoever controls the Thing be the Thing.
    #[error("the control password is the enroll password: expected another one")]
    SamePasswords,
}

impl ReplaceControlRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Unchanged => "unchanged-password",
            Self::SamePasswords => "same-passwords",
        }
    }
}

/// Why an operator may not enroll a device.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum OperatorEnrollRefusal {
    /// It is retired.
    #[error("the serial is retired: expected one that is Registered")]
    Retired,
    /// It is disabled.
    #[error("the serial is disabled: enable it first")]
    Disabled,
    /// Its enroll key was not kept, or was erased when the device first connected.
    #[error("the serial has no sealed key: its device enrolls with its enroll password")]
    NotSealed,
    /// It is Enrolled. Credentials are shown once: reactivate it for new ones.
    #[error("the serial is enrolled already: reactivate it for a new password")]
    AlreadyEnrolled,
    /// It is Activated.
    #[error("the serial is activated already: expected one that is Registered")]
    AlreadyActivated,
}

impl OperatorEnrollRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Disabled => "disabled",
            Self::NotSealed => "not-sealed",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::AlreadyActivated => "already-activated",
        }
    }
}
