//! Why the program did not do what it was asked, and the exit code that says so.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::path::Path;
use std::process::ExitCode;

use plugmint::{
    CreateError, CreateKeyFileError, CreateStoreError, Fault, KeyFileError, OpenError,
    OpenStoreError,
};
use plugmint_http::operators::{FailureKind, OpenSocketError, OperatorError};
use plugmint_redb::{BackupError, RestoreError};
use serde::Serialize;

use crate::rows::InvalidRows;

/// What kind of failure it is: one exit code for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// What was asked for is refused.
    Refused,
    /// The command line does not say what to do.
    Usage,
    /// The store or the system failed.
    Store,
}

impl Kind {
    const fn exit_code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Store => 3,
        }
    }
}

/// A failure as it is told: a code for programs, a sentence for people.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    #[serde(skip)]
    kind: Kind,
    code: Cow<'static, str>,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), message: message.into() }
    }

    /// A failure with the causes of an error, each told once.
    pub(crate) fn of(kind: Kind, code: &'static str, error: &dyn StdError) -> Self {
        Self::new(kind, code, OperatorError::failed(code, error).message())
    }

    /// The same failure, with the file in front that it is about. A root key that was given in
    /// place of its file is not repeated.
    pub(crate) fn about(self, path: &Path) -> Self {
        let shown = path.display().to_string();
        let is_key = shown.len() >= 32 && shown.bytes().all(|byte| byte.is_ascii_hexdigit());
        let shown = if is_key { "the file of that name" } else { &shown };
        Self { message: format!("{shown}: {}", self.message), ..self }
    }

    /// The same failure, with what to do about it behind.
    pub(crate) fn hint(self, hint: &str) -> Self {
        Self { message: format!("{}; {hint}", self.message), ..self }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.exit_code())
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Whether what was asked for is refused.
    pub(crate) fn is_refusal(&self) -> bool {
        self.kind == Kind::Refused
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

/// As an operator's call that fails so.
impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        OperatorError::from(fault).into()
    }
}

impl From<OperatorError> for Failure {
    fn from(error: OperatorError) -> Self {
        let kind = match error.kind() {
            FailureKind::Refused => Kind::Refused,
            FailureKind::Malformed => Kind::Usage,
            FailureKind::Failed => Kind::Store,
        };
        let hint = match error.code() {
            "server-gone" => Some("the server ended before it was asked this: call again"),
            "no-answer" => Some(
                "the server broke off, and this may be done: docs/program.md says of each verb whether \
                 it may be called again",
            ),
            "unreadable-answer" => {
                Some("it is done; start the server anew, or ask with its program")
            }
            "unknown-call" => Some("start the server anew, or ask with its program"),
            _ => None,
        };
        let failure = Self {
            kind,
            code: error.code().to_owned().into(),
            message: error.message().to_owned(),
        };
        hint.into_iter().fold(failure, Self::hint)
    }
}

/// As a server tells it.
impl From<Failure> for OperatorError {
    fn from(failure: Failure) -> Self {
        let Failure { kind, code, message } = failure;
        let kind = match kind {
            Kind::Refused => FailureKind::Refused,
            Kind::Usage => FailureKind::Malformed,
            Kind::Store => FailureKind::Failed,
        };
        Self::told(kind, code, message)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let kind = match error {
            OpenError::Fault(fault) => return fault.into(),
            OpenError::NotCreated | OpenError::Threads(_) => Kind::Store,
            _ => Kind::Refused,
        };
        Self::of(kind, error.code(), &error)
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        let kind = match error {
            CreateError::Fault(fault) => return fault.into(),
            CreateError::Threads(_) => Kind::Store,
            _ => Kind::Refused,
        };
        Self::of(kind, error.code(), &error)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Self::of(Kind::Refused, error.code(), &error)
    }
}

impl From<CreateKeyFileError> for Failure {
    fn from(error: CreateKeyFileError) -> Self {
        let kind = match error {
            CreateKeyFileError::AlreadyExists => Kind::Refused,
            _ => Kind::Store,
        };
        Self::of(kind, error.code(), &error)
    }
}

impl From<OpenStoreError> for Failure {
    fn from(error: OpenStoreError) -> Self {
        Self::of(Kind::Store, error.code(), &error)
    }
}

impl From<CreateStoreError> for Failure {
    fn from(error: CreateStoreError) -> Self {
        Self::of(kind_of(&error), error.code(), &error)
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let kind = match error {
            BackupError::AlreadyExists => Kind::Refused,
            _ => Kind::Store,
        };
        Self::of(kind, error.code(), &error)
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        let kind = match &error {
            RestoreError::Create(error) => kind_of(error),
            _ => Kind::Store,
        };
        Self::of(kind, error.code(), &error)
    }
}

/// What is there already is not written over, which is no failure of a disk.
const fn kind_of(error: &CreateStoreError) -> Kind {
    match error {
        CreateStoreError::AlreadyExists => Kind::Refused,
        _ => Kind::Store,
    }
}

impl From<OpenSocketError> for Failure {
    fn from(error: OpenSocketError) -> Self {
        let is_too_long = error.is_too_long();
        let failure = Self::of(Kind::Store, error.code(), &error);
        if !is_too_long {
            return failure;
        }
        failure.hint("name a shorter --data: the path of a socket has at most 107 bytes")
    }
}

impl From<InvalidRows> for Failure {
    fn from(error: InvalidRows) -> Self {
        Self::of(Kind::Refused, "invalid-file", &error)
    }
}
