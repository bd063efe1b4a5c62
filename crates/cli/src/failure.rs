//! Why the program did not do what it was asked, and the exit code that says so.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;

use plugmint::{
    AuthenticateError, CreateTemplateError, EnrollError, Fault, KeyFileError, LookUpError,
    MarkError, OpenError, RegisterError, RetireError,
};
use plugmint_redb::{CreateError as CreateStoreError, OpenError as OpenStoreError};
use serde::Serialize;

use crate::output::{self, Output};
use crate::rows::InvalidRows;

/// The code of a failure that nobody is there to hear.
const NOBODY_LISTENS: &str = "nobody-listens";

/// What kind of failure it is: one exit code for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// What was asked for is refused; asking again changes nothing.
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
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    code: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into() }
    }

    /// A failure with the causes of an error, each told once.
    pub(crate) fn of(kind: Kind, code: &'static str, error: &dyn StdError) -> Self {
        Self { kind, code, message: chain(error) }
    }

    /// The same failure, with what it is about in front.
    pub(crate) fn about(self, what: impl std::fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    /// The same failure, with what to do about it behind.
    pub(crate) fn hint(self, hint: &str) -> Self {
        Self { message: format!("{}; {hint}", self.message), ..self }
    }

    /// Tells it on standard error, and as JSON on standard output where that was asked for.
    pub(crate) fn report(&self, output: &Output) -> ExitCode {
        if self.code == NOBODY_LISTENS {
            return ExitCode::SUCCESS;
        }
        // Who does not listen any more is told by the exit code.
        writeln!(io::stderr(), "plugmint: {}", self.message).unwrap_or_default();
        if output.is_json() {
            let error = Told { error: Error { code: self.code, message: &self.message } };
            output::json(&error).unwrap_or_default();
        }
        ExitCode::from(self.kind.exit_code())
    }
}

#[derive(Serialize)]
struct Told<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
}

/// Tells what is wrong with the command line, or shows help and version.
pub(crate) fn usage(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Who does not listen any more had enough of the help.
        error.print().unwrap_or_default();
        return ExitCode::SUCCESS;
    }
    let message = match error.kind() {
        // A word too many may be a password: it is not repeated.
        clap::error::ErrorKind::UnknownArgument => "there is an argument too many, or one that is \
            not known: passwords are read from a prompt or from standard input, never from an \
            argument; see --help"
            .to_owned(),
        _ => error.render().to_string().trim_start_matches("error: ").trim_end().to_owned(),
    };
    Failure::new(Kind::Usage, "usage", message).report(&Output::new(json))
}

/// Everything that an error says, without a cause that is told already.
fn chain(error: &dyn StdError) -> String {
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

const fn kind_of(fault: &Fault) -> Kind {
    match fault {
        Fault::Contended { .. } | Fault::Closed | Fault::MissingRootKey { .. } => Kind::Refused,
        _ => Kind::Store,
    }
}

macro_rules! from_operation {
    ($($error:ident)+) => {
        $(
            impl From<$error> for Failure {
                fn from(error: $error) -> Self {
                    let kind = match &error {
                        $error::Fault(fault) => kind_of(fault),
                        _ => Kind::Refused,
                    };
                    Self::of(kind, error.code(), &error)
                }
            }
        )+
    };
}

from_operation!(
    AuthenticateError CreateTemplateError EnrollError LookUpError MarkError RegisterError
    RetireError
);

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let kind = match &error {
            OpenError::Fault(fault) => kind_of(fault),
            OpenError::Installation(_) | OpenError::NotCreated | OpenError::Threads(_) => {
                Kind::Store
            }
            _ => Kind::Refused,
        };
        Self::of(kind, error.code(), &error)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        Self::of(Kind::Refused, "key-file", &error)
    }
}

impl From<OpenStoreError> for Failure {
    fn from(error: OpenStoreError) -> Self {
        let code = match &error {
            OpenStoreError::Missing => "store-missing",
            OpenStoreError::Held => "store-held",
            OpenStoreError::ReadOnly => "store-read-only",
            OpenStoreError::Truncated { .. } => "store-truncated",
            OpenStoreError::Foreign => "store-foreign",
            OpenStoreError::Newer { .. } => "store-newer",
            OpenStoreError::Damaged(_) => "store-damaged",
            _ => "store",
        };
        Self::of(Kind::Store, code, &error)
    }
}

impl From<CreateStoreError> for Failure {
    fn from(error: CreateStoreError) -> Self {
        match error {
            CreateStoreError::Open(error) => error.into(),
            error => Self::of(Kind::Store, "store", &error),
        }
    }
}

impl From<InvalidRows> for Failure {
    fn from(error: InvalidRows) -> Self {
        Self::of(Kind::Refused, "invalid-file", &error)
    }
}

/// Standard output is gone, or a file cannot be read. Who reads no further had enough: that is no
/// failure.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let code = match error.kind() {
            io::ErrorKind::BrokenPipe => NOBODY_LISTENS,
            _ => "io",
        };
        Self::of(Kind::Store, code, &error)
    }
}
