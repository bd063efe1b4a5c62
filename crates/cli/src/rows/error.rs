//! What is wrong with a CSV file, or with a row of it.

use std::io;

use plugmint::{InvalidPassword, InvalidSerialNumber, PasswordRefusal, SerialNumber};
use plugmint_http::operators::OperatorError;
use thiserror::Error;

use super::lines::TooLong;

/// A row that is not taken.
#[derive(Debug, Error)]
#[error("line {line}: {problem}")]
pub struct RowRefusal {
    line: u64,
    problem: RowProblem,
}

impl RowRefusal {
    /// The row on that line is not taken, for that reason.
    #[must_use]
    pub const fn new(line: u64, problem: RowProblem) -> Self {
        Self { line, problem }
    }

    /// The line that the row begins on, from 1 up.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> &RowProblem {
        &self.problem
    }
}

/// What is wrong with a row.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// It has more or fewer columns than the first line.
    #[error("{found} columns: expected {expected}, as on the first line")]
    Columns {
        /// How many it has.
        found: usize,
        /// How many the first line has.
        expected: usize,
    },
    /// A value is not UTF-8.
    #[error("the column `{column}` is not UTF-8")]
    NotUtf8 {
        /// The column.
        column: &'static str,
    },
    /// The serial number is none.
    #[error(transparent)]
    Serial(#[from] InvalidSerialNumber),
    /// The enroll password is none.
    #[error("enroll password: {0}")]
    EnrollPassword(InvalidPassword),
    /// The control password is none.
    #[error("control password: {0}")]
    ControlPassword(InvalidPassword),
    /// The serial stands in the file before.
    #[error("the serial `{serial}` stands on line {first} already")]
    Doubled {
        /// The serial.
        serial: Box<SerialNumber>,
        /// The line that it stands on first.
        first: u64,
    },
    /// A value goes over several lines.
    #[error("a value goes over several lines: a quote is not closed, or too much is quoted")]
    Broken,
    /// The passwords are not what the template asks for.
    #[error(transparent)]
    Passwords(#[from] PasswordRefusal),
    /// The registry does not take it.
    #[error(transparent)]
    Register(Box<OperatorError>),
}

/// Why no row can be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InvalidRows {
    /// There is nothing in the file.
    #[error("the file is empty: expected the columns `serial` and `enroll_password`")]
    Empty,
    /// The first line does not name a column.
    #[error(
        "the first line has no column `{column}`: expected `serial,enroll_password` or \
         `serial,enroll_password,control_password`, with commas between"
    )]
    MissingColumn {
        /// The column.
        column: &'static str,
    },
    /// The first line names something else.
    #[error(
        "column {number} of the first line is none of `serial`, `enroll_password` and \
         `control_password`: expected these very names with commas between"
    )]
    UnknownColumn {
        /// Which one, from 1 up.
        number: usize,
    },
    /// The first line names a column twice.
    #[error("the first line names the column `{column}` twice")]
    DoubledColumn {
        /// The column.
        column: &'static str,
    },
    /// A row is longer than 64 KiB.
    #[error("line {line}: the row is longer than 64 KiB: a quote is not closed, or this is no CSV")]
    TooLong {
        /// The line that it begins on, from 1 up.
        line: u64,
    },
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
}

impl InvalidRows {
    pub(super) fn read(error: csv::Error) -> Self {
        let error = match error.into_kind() {
            csv::ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        };
        match error.get_ref().and_then(|inner| inner.downcast_ref::<TooLong>()) {
            Some(TooLong { line }) => Self::TooLong { line: *line },
            None => Self::Read(error),
        }
    }
}
