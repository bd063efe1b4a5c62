//! Why a device may not connect.

use plugmint_core::lifecycle::Stranger;
use thiserror::Error;

use crate::Fault;

/// Why a device may not connect. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AuthenticateError {
    /// The one answer to whoever proved nothing: the Plug-ID is unknown, the password is wrong, or
    /// the device is disabled or retired.
    #[error("the connection is refused")]
    Refused,
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AuthenticateError {
    /// Every [`code`](Self::code) but those of a [`Fault`], for who counts by it.
    pub(crate) const CODES: &'static [&'static str] = &["refused"];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Refused => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}

impl From<Stranger> for AuthenticateError {
    fn from(_: Stranger) -> Self {
        Self::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_final_and_a_fault_says_whether_it_is() {
        assert!(!AuthenticateError::Refused.is_retryable());
        assert!(AuthenticateError::Fault(Fault::Contended { tries: 1 }).is_retryable());
        assert!(!AuthenticateError::Fault(Fault::Closed).is_retryable());
    }
}
