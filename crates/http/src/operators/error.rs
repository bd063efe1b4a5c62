//! Why an operator's call is not done.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::http::StatusCode;
use plugmint::{
    AuthenticateError, ChangeTemplateError, CreateTemplateError, DeleteTemplateError, DropKeyError,
    EnrollControllerError, EnrollError, Fault, FindError, KeyVersion, ListError, LookUpError,
    OperatorEnrollError, PasswordError, Refusal, RegisterAllError, RegisterError, RetireError,
    RotateError, VerbError, VerifyHistoryError,
};
use serde::{Deserialize, Serialize};

/// Why an operator's call is not done: the error of the [`Registry`](plugmint::Registry), as far as
/// it can be told to another process.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OperatorError {
    kind: FailureKind,
    code: Cow<'static, str>,
    message: String,
    #[serde(default)]
    retryable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after_millis: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_version: Option<KeyVersion>,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "whoever asks must know what to do about each")]
pub enum FailureKind {
    /// What was asked for is refused.
    Refused,
    /// The call says nothing that can be done.
    Malformed,
    /// The store or the system failed.
    Failed,
}

impl OperatorError {
    /// What was asked for is refused.
    #[must_use]
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::told(FailureKind::Refused, code, message)
    }

    /// The store or the system failed: an error and its causes, each told once.
    #[must_use]
    pub fn failed(code: &'static str, error: &dyn Error) -> Self {
        Self::told(FailureKind::Failed, code, chain(error))
    }

    /// A failure that a host told in its own way.
    #[must_use]
    pub fn told(
        kind: FailureKind,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            retryable: false,
            retry_after_millis: None,
            key_version: None,
        }
    }

    pub(super) fn hung_up() -> Self {
        Self::refused(HUNG_UP, "who asked does not listen any more")
    }

    pub(super) fn server_ends() -> Self {
        let message = "the server ends, and this is done in part: call again, and it goes on";
        Self { retryable: true, ..Self::told(FailureKind::Failed, "server-ends", message) }
    }

    pub(super) fn malformed(code: &'static str, message: impl Into<String>) -> Self {
        Self::told(FailureKind::Malformed, code, message)
    }

    fn of(kind: FailureKind, code: &'static str, retryable: bool, error: &dyn Error) -> Self {
        Self { retryable, ..Self::told(kind, code, chain(error)) }
    }

    fn with_retry(self, after: Option<Duration>) -> Self {
        let millis = after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        Self { retry_after_millis: millis, ..self }
    }

    /// The same, with what it is about in front.
    pub(super) fn about(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it is, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// When the same call may succeed, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after_millis.map(Duration::from_millis)
    }

    /// The version of the root key that it is about.
    #[must_use]
    pub const fn key_version(&self) -> Option<KeyVersion> {
        self.key_version
    }

    pub(super) fn status(&self) -> StatusCode {
        match self.kind {
            FailureKind::Refused if self.code.starts_with("unknown-") => StatusCode::NOT_FOUND,
            FailureKind::Refused => StatusCode::CONFLICT,
            FailureKind::Malformed => StatusCode::BAD_REQUEST,
            FailureKind::Failed if self.retryable => StatusCode::SERVICE_UNAVAILABLE,
            FailureKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl std::fmt::Display for OperatorError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for OperatorError {}

/// Everything that an error says, without a cause that is told already.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !message.ends_with(&cause_text) {
            message = format!("{message}: {cause_text}");
        }
        source = cause.source();
    }
    message
}

const fn kind_of(fault: &Fault) -> FailureKind {
    match fault {
        Fault::Contended { .. }
        | Fault::Closed
        | Fault::MissingRootKey { .. }
        | Fault::OutOfMemory { .. }
        | Fault::PlugIdTaken { .. } => FailureKind::Refused,
        _ => FailureKind::Failed,
    }
}

impl From<Fault> for OperatorError {
    fn from(fault: Fault) -> Self {
        Self::of(kind_of(&fault), fault.code(), fault.is_retryable(), &fault)
    }
}

macro_rules! from_operation {
    ($($error:ident $(<$refusal:ident>)? $($retry_after:ident)?;)+) => {
        $(
            impl $(<$refusal: Refusal>)? From<$error $(<$refusal>)?> for OperatorError {
                fn from(error: $error $(<$refusal>)?) -> Self {
                    let kind = match &error {
                        $error::Fault(fault) => kind_of(fault),
                        _ => FailureKind::Refused,
                    };
                    let retryable = error.is_retryable();
                    let told = Self::of(kind, error.code(), retryable, &error);
                    $(let told = told.with_retry(error.$retry_after());)?
                    told
                }
            }
        )+
    };
}

from_operation!(
    AuthenticateError;
    ChangeTemplateError;
    CreateTemplateError;
    DeleteTemplateError;
    DropKeyError;
    EnrollControllerError retry_after;
    EnrollError retry_after;
    FindError;
    ListError;
    LookUpError;
    OperatorEnrollError;
    PasswordError<R> retry_after;
    RegisterAllError;
    RegisterError retry_after;
    RetireError;
    VerbError<R>;
    VerifyHistoryError;
);

impl From<RotateError> for OperatorError {
    fn from(error: RotateError) -> Self {
        let kind = match &error {
            RotateError::Fault(fault) => kind_of(fault),
            _ => FailureKind::Refused,
        };
        let key_version = match &error {
            RotateError::WrongRootKey { version }
            | RotateError::MissingRootKey { version }
            | RotateError::UnknownRootKey { version } => Some(*version),
            RotateError::RootKey(error) => Some(error.version()),
            _ => None,
        };
        Self { key_version, ..Self::of(kind, error.code(), error.is_retryable(), &error) }
    }
}

/// Who asked broke it off.
const HUNG_UP: &str = "hung-up";
