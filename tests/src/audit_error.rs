//! What an audit fails with.

use std::error::Error;
use std::fmt;

use plugmint::{
    AuthenticateError, EnrollError, Fault, FindError, LookUpError, MarkError, OpenError,
    OperatorEnrollError, RegisterAllError, RegisterError, ReplaceControlError, ReplaceError,
    RetireError, RevokeError, SetProfileError, TransferError,
};
use plugmint_store::OpenStoreError;

/// What a store answered that was asked for everything that must be in it.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "an answer is right, an error, or wrong")]
pub enum AuditError {
    /// It told that it does not hold what was written, or that it failed.
    Told(Box<dyn Error + Send + Sync>),
    /// Anything else: an answer that is wrong, or a refusal as if all were well.
    Wrong(String),
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(error) => write!(f, "told: {error}"),
            Self::Wrong(wrong) => write!(f, "wrong: {wrong}"),
        }
    }
}

impl Error for AuditError {}

impl From<OpenStoreError> for AuditError {
    fn from(error: OpenStoreError) -> Self {
        Self::Told(error.into())
    }
}

impl From<Fault> for AuditError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(_) | Fault::Record(_) => Self::Told(fault.into()),
            fault => Self::Wrong(format!("{fault:?}")),
        }
    }
}

impl From<OpenError> for AuditError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Fault(fault) => fault.into(),
            // A check of a root key that is changed cannot be told from that of another key.
            OpenError::WrongRootKey { .. } => Self::Told(error.into()),
            error => Self::Wrong(format!("{error:?}")),
        }
    }
}

/// Faults are told; where a device or an operator is refused, the answer is wrong.
macro_rules! refusals_are_wrong {
    ($($error:ident)*) => {$(
        impl From<$error> for AuditError {
            fn from(error: $error) -> Self {
                match error {
                    $error::Fault(fault) => fault.into(),
                    error => Self::Wrong(format!("{error:?}")),
                }
            }
        }
    )*};
}

refusals_are_wrong! {
    AuthenticateError EnrollError FindError LookUpError MarkError OperatorEnrollError
    RegisterAllError RegisterError ReplaceControlError ReplaceError RetireError RevokeError
    SetProfileError TransferError
}
