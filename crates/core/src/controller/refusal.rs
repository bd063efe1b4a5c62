//! Why something was not done with a Controller. Nothing changed.

use thiserror::Error;

use crate::lifecycle::{EpochRefusal, Stranger};

/// Why a Controller may not enroll.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new refusal must not become the strangers' answer")]
pub enum EnrollControllerRefusal {
    /// It proved nothing, or its Thing is not enrolled, disabled or retired, or it is itself.
    #[error(transparent)]
    Stranger(#[from] Stranger),
    /// It proved the control password, and the Thing has as many Controllers as it may, all of
    /// which have connected.
    #[error("the thing has as many controllers as it may: retire one first")]
    TooMany,
    /// The Thing has used its last ordinal, after four billion.
    #[error("the thing has used its last ordinal: transfer does not help, it can have no more")]
    LastOrdinal,
}

impl EnrollControllerRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stranger(_) => "refused",
            Self::TooMany => "too-many-controllers",
            Self::LastOrdinal => "last-ordinal",
        }
    }
}

/// Why a Controller was not disabled, enabled or retired.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum ControllerRefusal {
    /// It is retired.
    #[error("the controller is retired: expected one that is not")]
    Retired,
}

impl ControllerRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
        }
    }
}

/// Why a Controller was not reactivated.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum ReactivateControllerRefusal {
    /// It is retired.
    #[error("the controller is retired: expected one that is not")]
    Retired,
    /// It must enroll again already.
    #[error("the controller must enroll again already: there is no password to revoke")]
    NotEnrolled,
    /// Nobody could give it a new password: it has no own serial number to be known by, another one
    /// came with that since, or the control password that it came from was replaced.
    #[error("the controller could not enroll again: retire it, and let it enroll as a new one")]
    NotReissuable,
    /// The epoch does not rise.
    #[error(transparent)]
    Epoch(#[from] EpochRefusal),
}

impl ReactivateControllerRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::NotEnrolled => "not-enrolled",
            Self::NotReissuable => "not-reissuable",
            Self::Epoch(refusal) => refusal.code(),
        }
    }
}
