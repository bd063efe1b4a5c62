//! CSV files of serials.
//!
//! Whatever a file holds, each row comes to a verdict or the file to a typed error, however the
//! bytes arrive. A file without quotes comes to what [`plain`] says, line by line. Rows that were
//! taken are valid, and are taken again when they are written anew.
//!
//! An input is the file. One that ends in a zero byte stands for a long file: its last bytes, as
//! many as the byte before says, are repeated beyond the longest row that there may be.

pub mod plain;

use std::io::{BufRead, BufReader};

use plugmint_cli::{InvalidRows, Row, RowProblem, Rows};
use plugmint_core::{ControlPassword, EnrollPassword, SerialNumber};

use plain::{Refusal, Taken, Verdict};

/// Holds a file against its properties.
pub fn check(bytes: &[u8]) {
    let file = file_of(bytes);
    let verdicts = read(&file[..]);
    if file.len() < LONG {
        let byte_by_byte = BufReader::with_capacity(1, &file[..]);
        assert_eq!(read(byte_by_byte), verdicts, "arriving byte by byte");
    }
    check_lines(&file, &verdicts);
    if let Some(expected) = plain::verdicts(&file) {
        assert_eq!(verdicts, expected);
    }
    let taken = verdicts.iter().flatten().filter_map(|row| row.as_ref().ok());
    check_again(&taken.take(FEW).collect::<Vec<_>>());
}

/// The file that an input stands for.
#[must_use]
pub fn file_of(bytes: &[u8]) -> Vec<u8> {
    let [rest @ .., count, 0] = bytes else { return bytes.to_vec() };
    let begin = rest.len().saturating_sub(usize::from(count % 16) + 1);
    let (head, tail) = rest.split_at(begin);
    let times = (plain::LONGEST_ROW + 100) / tail.len().max(1);
    [head, &tail.repeat(times)].concat()
}

/// Each row up to the first error of the file, and that one as its last verdict.
fn read(file: impl BufRead) -> Vec<Verdict> {
    let rows = match Rows::new(file) {
        Ok(rows) => rows,
        Err(invalid) => return vec![Err(refusal_of_file(&invalid))],
    };
    let mut verdicts = Vec::new();
    for row in rows {
        match row {
            Ok(Ok(row)) => verdicts.push(Ok(Ok(taken(row)))),
            Ok(Err(refused)) => {
                assert!(!refused.to_string().is_empty());
                verdicts.push(Ok(Err((refused.line(), refusal_of_row(refused.problem())))));
            }
            Err(invalid) => {
                verdicts.push(Err(refusal_of_file(&invalid)));
                break;
            }
        }
    }
    verdicts
}

fn taken(row: Row) -> Taken {
    let (line, serial) = (row.line(), row.serial().to_string());
    let (enroll, control) = row.into_passwords();
    let text = |bytes: &[u8]| str::from_utf8(bytes).unwrap().to_owned();
    let enroll = text(enroll.expose_text().as_bytes());
    let control = control.map(|control| text(control.expose_text().as_bytes()));
    assert!(SerialNumber::parse(&serial).is_ok());
    assert!(EnrollPassword::parse(&enroll).is_ok());
    assert!(control.as_deref().is_none_or(|control| ControlPassword::parse(control).is_ok()));
    Taken { line, serial, enroll, control }
}

fn refusal_of_row(problem: &RowProblem) -> Refusal {
    match problem {
        RowProblem::Columns { found, expected } => {
            assert_ne!(found, expected);
            Refusal::Columns
        }
        RowProblem::NotUtf8 { .. } => Refusal::NotUtf8,
        RowProblem::Serial(_) => Refusal::Serial,
        RowProblem::EnrollPassword(_) => Refusal::EnrollPassword,
        RowProblem::ControlPassword(_) => Refusal::ControlPassword,
        RowProblem::Broken => Refusal::Broken,
        other => panic!("the reader does not know templates, and says {other:?}"),
    }
}

fn refusal_of_file(invalid: &InvalidRows) -> Refusal {
    assert!(!invalid.to_string().is_empty());
    match invalid {
        InvalidRows::Empty => Refusal::Empty,
        InvalidRows::MissingColumn { .. } => Refusal::MissingColumn,
        InvalidRows::UnknownColumn { .. } => Refusal::UnknownColumn,
        InvalidRows::DoubledColumn { .. } => Refusal::DoubledColumn,
        InvalidRows::TooLong { line } => Refusal::TooLong { line: *line },
        other => panic!("bytes in memory can be read, and it says {other:?}"),
    }
}

/// There are no more rows than line ends, and they stand on lines that can be theirs, one behind
/// the other.
fn check_lines(file: &[u8], verdicts: &[Verdict]) {
    let ends = file.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let text: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    assert!(verdicts.len() <= ends + 1);
    let lines: Vec<u64> = verdicts.iter().filter_map(line_of).collect();
    assert!(lines.is_sorted(), "{lines:?}");
    for verdict in verdicts {
        let Some(line) = line_of(verdict) else { continue };
        let line = usize::try_from(line).ok().and_then(|line| text.get(line.checked_sub(1)?));
        let Some(line) = line else { panic!("there is no such line: {verdict:?}") };
        let is_quoted = line.contains(&b'"');
        match verdict {
            Ok(Ok(Taken { serial, .. })) => {
                let is_there = line.windows(serial.len()).any(|text| text == serial.as_bytes());
                assert!(is_there || is_quoted, "{verdict:?}");
            }
            Ok(Err((_, Refusal::Broken))) => assert!(is_quoted, "{verdict:?}"),
            Ok(Err(_)) | Err(_) => {}
        }
    }
}

fn line_of(verdict: &Verdict) -> Option<u64> {
    match verdict {
        Ok(Ok(Taken { line, .. }) | Err((line, _))) | Err(Refusal::TooLong { line }) => Some(*line),
        Err(_) => None,
    }
}

/// Rows that were taken once are taken again, quoted as any program may write them.
fn check_again(taken: &[&Taken]) {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = taken.iter().map(|row| {
        let control = row.control.as_deref().unwrap_or_default();
        let [serial, enroll, control] =
            [row.serial.as_str(), row.enroll.as_str(), control].map(quoted);
        format!("{control},{serial},{enroll}\r\n")
    });
    let file = format!("control_password,serial,enroll_password\r\n{}", rows.collect::<String>());
    let again = read(file.as_bytes());
    let expected = taken.iter().zip(2..).map(|(row, line)| Taken { line, ..(*row).clone() });
    assert_eq!(again, expected.map(|row| Ok(Ok(row))).collect::<Vec<_>>());
}

/// Beyond any file that an input is itself.
const LONG: usize = 8 * 1024;

/// Rows that are worth the time to write them anew.
const FEW: usize = 50;
