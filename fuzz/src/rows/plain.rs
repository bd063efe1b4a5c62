//! What a CSV file without quotes comes to: lines, split at commas.

use plugmint_core::{ControlPassword, EnrollPassword, SerialNumber};

/// What one row comes to; the outer error is the last verdict of its file.
pub type Verdict = Result<Result<Taken, (u64, Refusal)>, Refusal>;

/// A row that is taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    /// The line that it begins on.
    pub line: u64,
    /// Its serial number.
    pub serial: String,
    /// Its enroll password.
    pub enroll: String,
    /// Its control password.
    pub control: Option<String>,
}

/// Why a row or a file is not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as what they stand for")]
pub enum Refusal {
    Columns,
    NotUtf8,
    Serial,
    EnrollPassword,
    ControlPassword,
    Broken,
    Empty,
    MissingColumn,
    UnknownColumn,
    DoubledColumn,
    TooLong { line: u64 },
}

/// The most bytes of a row, its line end included.
pub const LONGEST_ROW: usize = 64 * 1024;

/// All verdicts on a file; `None` where it has a quote, or a CR that is no part of a line end.
#[must_use]
pub fn verdicts(file: &[u8]) -> Option<Vec<Verdict>> {
    let is_lone = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
    if file.contains(&b'"') || file.ends_with(b"\r") || file.windows(2).any(is_lone) {
        return None;
    }
    let mut verdicts = Vec::new();
    let mut header: Option<Vec<&[u8]>> = None;
    let (mut begin, mut len) = (1, 0);
    for (number, line) in (1..).zip(file.split_inclusive(|byte| *byte == b'\n')) {
        // Empty lines between rows are part of none.
        if len == 0 && matches!(line, b"\n" | b"\r\n") {
            begin = number + 1;
            continue;
        }
        len += line.len();
        if len > LONGEST_ROW {
            verdicts.push(Err(Refusal::TooLong { line: begin }));
            return Some(verdicts);
        }
        let mark: &[u8] = if number == 1 { BYTE_ORDER_MARK } else { b"" };
        let row = line.strip_prefix(mark).unwrap_or(line);
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if row.is_empty() {
            continue;
        }
        (begin, len) = (number + 1, 0);
        let values: Vec<&[u8]> = row.split(|byte| *byte == b',').collect();
        let Some(names) = &header else {
            if let Some(refusal) = refusal_of_header(&values) {
                return Some(vec![Err(refusal)]);
            }
            header = Some(values);
            continue;
        };
        verdicts.push(Ok(verdict(names, &values, number).map_err(|refusal| (number, refusal))));
    }
    Some(if header.is_none() { vec![Err(Refusal::Empty)] } else { verdicts })
}

fn refusal_of_header(names: &[&[u8]]) -> Option<Refusal> {
    for (at, name) in names.iter().enumerate() {
        if ![&b"serial"[..], b"enroll_password", b"control_password"].contains(name) {
            return Some(Refusal::UnknownColumn);
        }
        if names[..at].contains(name) {
            return Some(Refusal::DoubledColumn);
        }
    }
    let is_missing = |name: &[u8]| !names.contains(&name);
    (is_missing(b"serial") || is_missing(b"enroll_password")).then_some(Refusal::MissingColumn)
}

fn verdict(names: &[&[u8]], values: &[&[u8]], line: u64) -> Result<Taken, Refusal> {
    if values.len() != names.len() {
        return Err(Refusal::Columns);
    }
    let text = |name: &[u8]| match names.iter().position(|of| *of == name) {
        Some(at) => str::from_utf8(values[at]).map_err(|_| Refusal::NotUtf8),
        None => Ok(""),
    };
    let serial = text(b"serial")?;
    SerialNumber::parse(serial).map_err(|_| Refusal::Serial)?;
    let enroll = text(b"enroll_password")?;
    EnrollPassword::parse(enroll).map_err(|_| Refusal::EnrollPassword)?;
    let control = Some(text(b"control_password")?).filter(|control| !control.is_empty());
    if let Some(control) = control {
        ControlPassword::parse(control).map_err(|_| Refusal::ControlPassword)?;
    }
    let (serial, enroll) = (serial.to_owned(), enroll.to_owned());
    Ok(Taken { line, serial, enroll, control: control.map(str::to_owned) })
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
