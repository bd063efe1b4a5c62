//! A file that is read line by line, so that it is known where each row begins.

use std::io::{self, BufRead, Read};

use thiserror::Error;
use zeroize::Zeroizing;

/// A file that gives one line at each read, and no row that would fill the memory.
pub(super) struct Lines<R> {
    file: R,
    line: Zeroizing<Vec<u8>>,
    taken: usize,
    count: u64,
    ended: bool,
    /// Where the row begins that is being read, and how long it is so far.
    begin: u64,
    row_len: u64,
}

impl<R> Lines<R> {
    pub(super) fn of(file: R) -> Self {
        Self {
            file,
            line: Zeroizing::default(),
            taken: 0,
            count: 0,
            ended: false,
            begin: 0,
            row_len: 0,
        }
    }

    /// A row was read, with `inside` line feeds in its values: the line that it began on.
    pub(super) fn row_ended(&mut self, inside: u64) -> u64 {
        self.row_len = 0;
        // A row that the end of the file cut inside a quote ends on a line that is not there.
        let cut = u64::from(self.ended && self.line.ends_with(b"\n"));
        (self.count + cut).saturating_sub(inside)
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.line.len() && !self.ended {
            let rest = LONGEST_ROW.saturating_sub(self.row_len);
            let mut line = Zeroizing::default();
            let read = (&mut self.file).take(rest + 1).read_until(b'\n', &mut line)?;
            if read == 0 {
                self.ended = true;
                return Ok(0);
            }
            self.count += 1;
            // An empty line between rows is part of none.
            if self.row_len > 0 || !matches!(line.as_slice(), b"\n" | b"\r\n") {
                if self.row_len == 0 {
                    self.begin = self.count;
                }
                self.row_len = self.row_len.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
                if self.row_len > LONGEST_ROW {
                    return Err(io::Error::other(TooLong { line: self.begin }));
                }
            }
            (self.line, self.taken) = (line, 0);
        }
        let mut rest = self.line.get(self.taken..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

/// A row is longer than any that can be meant.
#[derive(Debug, Error)]
#[error("the row on line {line} is too long")]
pub(super) struct TooLong {
    pub(super) line: u64,
}

/// In bytes: the longest serial and passwords take less than 1 KiB.
const LONGEST_ROW: u64 = 64 * 1024;
