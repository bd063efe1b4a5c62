//! Where the rows of an import come from.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};
use crate::rows::{InvalidRows, Rows};

/// A CSV file that can be read twice: once to check it, once to register what it holds.
pub(crate) enum Source<'a> {
    /// A file on disk, opened each time.
    File(&'a Path),
    /// What came through a pipe, which gives it only once.
    Piped { name: &'a Path, bytes: Zeroizing<Vec<u8>> },
    /// What this program brings along.
    BuiltIn(&'static [u8]),
}

impl<'a> Source<'a> {
    /// The file of that name; `-` is standard input.
    pub(crate) fn of(path: &'a Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| refused(InvalidRows::Read(error), path);
        if path == Path::new("-") {
            let name = Path::new("standard input");
            return Ok(Self::Piped { name, bytes: all_of(io::stdin().lock(), name)? });
        }
        let file = File::open(path).map_err(failed)?;
        let kind = file.metadata().map_err(failed)?;
        if kind.is_file() {
            return Ok(Self::File(path));
        }
        Ok(Self::Piped { name: path, bytes: all_of(file, path)? })
    }

    /// Its rows, from the first on.
    pub(crate) fn rows(&self) -> Result<Rows<Box<dyn BufRead + '_>>, Failure> {
        let file: Box<dyn BufRead> = match self {
            Self::File(path) => match File::open(path) {
                Ok(file) => Box::new(BufReader::new(file)),
                Err(error) => return Err(self.about(InvalidRows::Read(error))),
            },
            Self::Piped { bytes, .. } => Box::new(bytes.as_slice()),
            Self::BuiltIn(bytes) => Box::new(*bytes),
        };
        Rows::new(file).map_err(|invalid| self.about(invalid))
    }

    /// What is wrong, with the file in front.
    pub(crate) fn about(&self, wrong: impl Into<Failure>) -> Failure {
        match self {
            Self::File(path) | Self::Piped { name: path, .. } => wrong.into().about(path),
            Self::BuiltIn(_) => wrong.into(),
        }
    }
}

fn all_of(file: impl Read, name: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::default();
    file.take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|error| refused(InvalidRows::Read(error), name))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len >= MOST) {
        let message = "256 MiB or more come through a pipe: expected a file, which is read row by \
                       row";
        return Err(Failure::new(Kind::Refused, "invalid-file", message).about(name));
    }
    Ok(bytes)
}

fn refused(invalid: InvalidRows, name: &Path) -> Failure {
    Failure::from(invalid).about(name)
}

/// What is kept in memory of a pipe, in bytes: three million rows and more.
const MOST: u64 = 256 * 1024 * 1024;
