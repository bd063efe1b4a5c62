//! Reads serials and their passwords from a CSV file.
//!
//! The first line names the columns: `serial`, `enroll_password`, and `control_password` if there
//! is one, in any order. The file is UTF-8, with LF or CRLF line ends; a byte order mark at its
//! start and empty lines are passed over. Values are taken exactly as they stand. Nothing of a
//! password is ever repeated in an error, and neither is a first line, which may hold passwords
//! where the names are missing.

mod columns;
mod error;
mod lines;

use std::fmt;
use std::io::BufRead;

use csv::{ByteRecord, ReaderBuilder};
use plugmint::{ControlPassword, EnrollPassword, SerialNumber};

use columns::Columns;
use lines::Lines;

pub use error::{InvalidRows, RowProblem, RowRefusal};

/// The rows of a CSV file, one after another. Memory holds one row, of at most 64 KiB.
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
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Lines::of(file));
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(InvalidRows::read)? {
            return Err(InvalidRows::Empty);
        }
        reader.get_mut().row_ended(0);
        Ok(Self { reader, columns: Columns::of(&record)?, record })
    }

    fn next_row(&mut self) -> Result<Option<Result<Row, RowRefusal>>, InvalidRows> {
        if !self.reader.read_byte_record(&mut self.record).map_err(InvalidRows::read)? {
            return Ok(None);
        }
        let inside = self.record.iter().map(line_feeds).sum();
        let line = self.reader.get_mut().row_ended(inside);
        Ok(Some(match self.columns.row(&self.record) {
            Err(problem) => Err(RowRefusal::new(line, problem)),
            Ok((serial, enroll_password, control_password)) => {
                Ok(Row { line, serial, enroll_password, control_password })
            }
        }))
    }
}

/// The outer error ends the file, the inner one is about one row.
impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Result<Row, RowRefusal>, InvalidRows>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

fn line_feeds(value: &[u8]) -> u64 {
    value.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use plugmint::InvalidPassword;

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
        let problems: Vec<_> = rows(file).into_iter().map(|row| row.unwrap_err()).collect();
        let problems: Vec<_> = problems.iter().map(RowRefusal::problem).collect();
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
        let found = rows(b"serial,enroll_password\n\"A,12345678\nB,12345678\n");
        let [Err(refusal)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(refusal.line(), 2);
        assert!(matches!(refusal.problem(), RowProblem::Broken));
    }

    #[test]
    fn a_row_that_would_fill_the_memory_is_told_by_its_line() {
        let quoted = format!("\"{}", "A,12345678\n".repeat(10_000));
        for endless in ["x".repeat(70_000), quoted] {
            let file = format!("serial,enroll_password\nA,12345678\n{endless}");
            let mut rows = Rows::new(file.as_bytes()).unwrap();
            assert!(rows.next().unwrap().unwrap().is_ok());
            assert!(matches!(rows.next(), Some(Err(InvalidRows::TooLong { line: 3 }))));
        }
    }

    #[test]
    fn empty_lines_between_rows_are_part_of_none_however_many_they_are() {
        for empty in ["\n", "\r\n"] {
            let empty = empty.repeat(70_000);
            let file = format!("{empty}serial,enroll_password\n{empty}A,12345678\n");
            let found = rows(file.as_bytes());
            let [Ok(row)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!(row.line(), 140_002);
        }
    }

    #[test]
    fn nothing_that_is_read_shows_a_password() {
        let file = b"serial,enroll_password,control_password\nA,hush-enroll,hush-control\n\
            B,hush\x07,\nC,hush-enroll\nD,\"hush\n\",hush\n";
        let mut shown = Vec::new();
        let mut all = Rows::new(&file[..]).unwrap();
        for row in all.by_ref() {
            shown.push(format!("{row:?}"));
            if let Ok(Err(refusal)) = row {
                shown.push(format!("{refusal} {:?}", refusal.problem()));
            }
        }
        shown.push(format!("{all:?}"));
        for file in [&b"hush,hush\n"[..], b"serial,hush\n", b"hush;hush"] {
            let invalid = header_error(file);
            shown.push(format!("{invalid} {invalid:?}"));
        }
        let shown = shown.concat();
        assert!(shown.contains("Row {") && !shown.contains("hush"), "{shown}");
    }

    #[test]
    fn a_long_file_of_short_rows_is_read_to_its_end() {
        let rows: String = std::iter::repeat_n("SN,12345678\r\n", 20_000).collect();
        let file = format!("serial,enroll_password\n{rows}");
        let last = Rows::new(file.as_bytes()).unwrap().last().unwrap().unwrap().unwrap();
        assert_eq!((last.line(), last.serial().as_str()), (20_001, "SN"));
    }
}
