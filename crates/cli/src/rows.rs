//! Reads serials and their passwords from a CSV file.
//!
//! The first line names the columns: `serial`, `enroll_password`, and `control_password` if there
//! is one, in any order. The file is UTF-8, with LF or CRLF line ends; a byte order mark at its
//! start and empty lines are passed over. Values are taken exactly as they stand. Nothing of a
//! password is ever repeated in an error, and neither is a first line, which may hold passwords
//! where the names are missing.

use std::io::{BufRead, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};
use plugmint::{
    ControlPassword, EnrollPassword, InvalidPassword, InvalidSerialNumber, SerialNumber,
};
use thiserror::Error;

/// The rows of a CSV file, one after another.
pub struct Rows<R> {
    reader: csv::Reader<Lines<R>>,
    columns: Columns,
    record: ByteRecord,
}

impl<R: BufRead> Rows<R> {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// [`InvalidRows`] when the first line does not name them, or cannot be read.
    pub fn new(file: R) -> Result<Self, InvalidRows> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(Lines::of(file));
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(InvalidRows::read)? {
            return Err(InvalidRows::Empty);
        }
        Ok(Self { reader, columns: Columns::of(&record)?, record })
    }

    fn next_row(&mut self) -> Result<Option<Result<Row, RowRefusal>>, InvalidRows> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(InvalidRows::read)? {
                return Ok(None);
            }
            let inside: u64 = self.record.iter().map(line_feeds).sum();
            let line = self.reader.get_ref().begin_of_record(inside);
            if self.record.iter().eq([b"\r".as_slice()]) {
                continue;
            }
            let row = self.columns.row(&self.record);
            return Ok(Some(row.map_err(|problem| RowRefusal { line, problem }).map(
                |(serial, enroll_password, control_password)| Row {
                    line,
                    serial,
                    enroll_password,
                    control_password,
                },
            )));
        }
    }
}

/// The outer error ends the file, the inner one is about one row.
impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Result<Row, RowRefusal>, InvalidRows>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl<R> std::fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// A serial of the file.
#[derive(Debug)]
pub struct Row {
    line: u64,
    serial: SerialNumber,
    enroll_password: EnrollPassword,
    control_password: Option<ControlPassword>,
}

impl Row {
    /// The line that it begins on, from 1 up.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// The serial number.
    #[must_use]
    pub const fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// The enroll password.
    #[must_use]
    pub const fn enroll_password(&self) -> &EnrollPassword {
        &self.enroll_password
    }

    /// The control password; `None` where the column is missing or empty.
    #[must_use]
    pub const fn control_password(&self) -> Option<&ControlPassword> {
        self.control_password.as_ref()
    }

    /// The passwords.
    #[must_use]
    pub fn into_passwords(self) -> (EnrollPassword, Option<ControlPassword>) {
        (self.enroll_password, self.control_password)
    }
}

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
    /// The registry does not take it.
    #[error("{0}")]
    Refused(String),
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
         `serial,enroll_password,control_password`"
    )]
    MissingColumn {
        /// The column.
        column: &'static str,
    },
    /// The first line names something else.
    #[error(
        "column {number} of the first line is none of `serial`, `enroll_password` and \
         `control_password`"
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
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Read(#[source] std::io::Error),
}

impl InvalidRows {
    fn read(error: csv::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Where each column stands.
#[derive(Debug)]
struct Columns {
    count: usize,
    serial: usize,
    enroll_password: usize,
    control_password: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, InvalidRows> {
        let known = [SERIAL, ENROLL_PASSWORD, CONTROL_PASSWORD];
        let mut places = [None; 3];
        for (place, name) in values(header).enumerate() {
            let unknown = InvalidRows::UnknownColumn { number: place + 1 };
            let index = known.iter().position(|known| known.as_bytes() == name).ok_or(unknown)?;
            let column = known.get(index).copied().unwrap_or_default();
            match places.get_mut(index) {
                Some(free @ None) => *free = Some(place),
                Some(Some(_)) | None => return Err(InvalidRows::DoubledColumn { column }),
            }
        }
        let [serial, enroll_password, control_password] = places;
        let missing = |column| InvalidRows::MissingColumn { column };
        Ok(Self {
            count: header.len(),
            serial: serial.ok_or_else(|| missing(SERIAL))?,
            enroll_password: enroll_password.ok_or_else(|| missing(ENROLL_PASSWORD))?,
            control_password,
        })
    }

    fn row(
        &self,
        record: &ByteRecord,
    ) -> Result<(SerialNumber, EnrollPassword, Option<ControlPassword>), RowProblem> {
        let (found, expected) = (record.len(), self.count);
        if found != expected {
            return Err(RowProblem::Columns { found, expected });
        }
        let text = |place, column| {
            let value = values(record).nth(place).unwrap_or_default();
            str::from_utf8(value).map_err(|_| RowProblem::NotUtf8 { column })
        };
        let serial = SerialNumber::parse(text(self.serial, SERIAL)?)?;
        let enroll = EnrollPassword::parse(text(self.enroll_password, ENROLL_PASSWORD)?)
            .map_err(RowProblem::EnrollPassword)?;
        let control = match self.control_password {
            None => "",
            Some(place) => text(place, CONTROL_PASSWORD)?,
        };
        if control.is_empty() {
            return Ok((serial, enroll, None));
        }
        let control = ControlPassword::parse(control).map_err(RowProblem::ControlPassword)?;
        Ok((serial, enroll, Some(control)))
    }
}

/// The values of a record; of a line that ends in CRLF the last one without the CR.
fn values(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    let last = record.len().saturating_sub(1);
    record.iter().enumerate().map(move |(place, value)| {
        if place == last { value.strip_suffix(b"\r").unwrap_or(value) } else { value }
    })
}

/// A file that is read line by line, so that it is known how many lines a record has seen.
struct Lines<R> {
    file: R,
    line: Vec<u8>,
    taken: usize,
    count: u64,
    ended: bool,
}

impl<R> Lines<R> {
    const fn of(file: R) -> Self {
        Self { file, line: Vec::new(), taken: 0, count: 0, ended: false }
    }

    /// The line on which the record begins that was just read, and that has `inside` line feeds in
    /// its values.
    fn begin_of_record(&self, inside: u64) -> u64 {
        // A record that the end of the file cut inside a quote ends on a line that is not there.
        let cut = u64::from(self.ended && self.line.ends_with(b"\n"));
        (self.count + cut).saturating_sub(inside)
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.taken == self.line.len() && !self.ended {
            let mut line = Vec::new();
            if self.file.read_until(b'\n', &mut line)? == 0 {
                self.ended = true;
                return Ok(0);
            }
            self.count += 1;
            (self.line, self.taken) = (line, 0);
        }
        let mut rest = self.line.get(self.taken..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

fn line_feeds(value: &[u8]) -> u64 {
    value.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

const SERIAL: &str = "serial";

const ENROLL_PASSWORD: &str = "enroll_password";

const CONTROL_PASSWORD: &str = "control_password";

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(file: &[u8]) -> Vec<Result<Row, RowRefusal>> {
        Rows::new(file).unwrap().map(Result::unwrap).collect()
    }

    fn header_error(file: &[u8]) -> InvalidRows {
        Rows::new(file).unwrap_err()
    }

    fn lines(file: &str) -> Vec<(u64, String)> {
        rows(file.as_bytes())
            .into_iter()
            .map(|row| match row {
                Ok(row) => (row.line(), row.serial().to_string()),
                Err(refusal) => (refusal.line(), "refused".to_owned()),
            })
            .collect()
    }

    #[test]
    fn a_row_is_taken_as_it_stands() {
        let rows =
            rows(b"serial,enroll_password,control_password\nSN 1, pass word ,\"say \"\"it\"\"\"");
        let [Ok(row)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.serial().as_str(), "SN 1");
        assert_eq!(row.enroll_password().expose_text().as_bytes(), b" pass word ");
        assert_eq!(row.control_password().unwrap().expose_text().as_bytes(), b"say \"it\"");
    }

    #[test]
    fn columns_may_stand_in_any_order_and_the_control_password_may_be_missing() {
        let first = rows(b"enroll_password,serial\n12345678,A\n");
        assert!(first[0].as_ref().unwrap().control_password().is_none());
        let second = rows(b"control_password,enroll_password,serial\n,12345678,A\n");
        assert!(second[0].as_ref().unwrap().control_password().is_none());
    }

    #[test]
    fn line_ends_may_be_lf_or_crlf_and_the_last_may_be_missing() {
        for end in ["\n", "\r\n"] {
            for last in [end, ""] {
                let file = format!("serial,enroll_password{end}A,12345678{end}B,12345678{last}");
                assert_eq!(lines(&file), [(2, "A".to_owned()), (3, "B".to_owned())], "{file:?}");
            }
        }
    }

    #[test]
    fn the_line_of_a_row_is_counted_past_empty_lines_and_broken_values() {
        for end in ["\n", "\r\n"] {
            let file = [
                "serial,enroll_password",
                "",
                "A,12345678",
                "",
                "",
                "\"B",
                "B\",12345678",
                "C,12345678",
                "D",
            ]
            .join(end);
            let expected = [(3, "A"), (6, "refused"), (8, "C"), (9, "refused")];
            let found = lines(&file);
            let found: Vec<_> = found.iter().map(|(line, what)| (*line, what.as_str())).collect();
            assert_eq!(found, expected, "{file:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(lines("\u{feff}serial,enroll_password\nA,12345678\n"), [(2, "A".to_owned())]);
    }

    #[test]
    fn a_first_line_that_names_no_columns_is_refused_and_not_repeated() {
        assert!(matches!(header_error(b""), InvalidRows::Empty));
        assert!(matches!(
            header_error(b"SN-1,hush-hush\n"),
            InvalidRows::UnknownColumn { number: 1 }
        ));
        assert!(!header_error(b"SN-1,hush-hush\n").to_string().contains("hush"));
        assert!(matches!(
            header_error(b"serial,control_password\n"),
            InvalidRows::MissingColumn { column: "enroll_password" }
        ));
        assert!(matches!(
            header_error(b"serial,enroll_password,serial\n"),
            InvalidRows::DoubledColumn { column: "serial" }
        ));
        assert!(matches!(
            header_error(b"serial;enroll_password\n"),
            InvalidRows::UnknownColumn { number: 1 }
        ));
    }

    #[test]
    fn each_thing_that_can_be_wrong_with_a_row_is_told() {
        let file = b"serial,enroll_password,control_password\n\
            ,12345678,\n\
            A,short,\n\
            A,12345678,short\n\
            A,12345678\n\
            A,12345678,,\n\
            \xff,12345678,\n\
            A,12345678\x07,\n\
            \x20A,12345678,\n";
        let problems: Vec<_> = rows(file).into_iter().map(|row| row.unwrap_err().problem).collect();
        assert!(matches!(
            problems.as_slice(),
            [
                RowProblem::Serial(_),
                RowProblem::EnrollPassword(InvalidPassword::TooShort { found: 5 }),
                RowProblem::ControlPassword(InvalidPassword::TooShort { found: 5 }),
                RowProblem::Columns { found: 2, expected: 3 },
                RowProblem::Columns { found: 4, expected: 3 },
                RowProblem::NotUtf8 { column: "serial" },
                RowProblem::EnrollPassword(InvalidPassword::ControlCharacter { at: 8 }),
                RowProblem::Serial(_),
            ]
        ));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_row_that_is_refused() {
        let found = lines("serial,enroll_password\n\"A,12345678\nB,12345678\n");
        assert_eq!(found, [(2, "refused".to_owned())]);
    }
}
