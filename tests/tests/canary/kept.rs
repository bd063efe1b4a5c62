//! What was said and written, and where.

use std::fmt::Debug;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use plugmint_tests::Canaries;
use serde::Serialize;
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

/// Everything that came of a story.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<Said>>>);

/// Whence, and what.
type Said = (String, Vec<u8>);

impl Kept {
    pub(crate) fn keep(&self, whence: impl Into<String>, said: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().push((whence.into(), said.into()));
    }

    /// A value, as a host may log or send it.
    pub(crate) fn value<T: Debug + Serialize>(&self, value: &T) {
        self.debug(value);
        self.keep("json", serde_json::to_vec(value).unwrap());
    }

    /// As [`value`](Self::value), and gives it back.
    pub(crate) fn value_of<T: Debug + Serialize>(&self, value: T) -> T {
        self.value(&value);
        value
    }

    /// A value that no host can send; a panic shows no more of it.
    pub(crate) fn debug<T: Debug>(&self, value: &T) {
        self.keep("debug", format!("{value:?} {value:#?}"));
    }

    /// An error with its causes.
    pub(crate) fn error<E: std::error::Error + 'static>(&self, error: E) {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            self.keep("error", error.to_string());
            cause = error.source();
        }
        self.debug(&error);
    }

    /// Every file below a directory.
    pub(crate) fn files(&self, directory: &Path) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.files(&path);
            } else {
                self.keep(path.display().to_string(), fs::read(path).unwrap());
            }
        }
    }

    /// Runs something with every trace of it kept.
    pub(crate) fn traced<A>(&self, run: impl FnOnce() -> A) -> A {
        let kept = self.clone();
        let everything = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || Traces(kept.clone()))
            .finish();
        tracing::subscriber::with_default(everything, run)
    }

    /// What was said from there that holds a text.
    pub(crate) fn said(&self, whence: &str, text: &str) -> bool {
        let all = self.0.lock().unwrap();
        let mut from_there = all.iter().filter(|(from, _)| from == whence);
        from_there.any(|(_, said)| String::from_utf8_lossy(said).contains(text))
    }

    /// The first secret that was said, and where.
    pub(crate) fn leak(&self, secrets: &Canaries) -> Option<String> {
        let all = self.0.lock().unwrap();
        all.iter().find_map(|(whence, said)| {
            let name = secrets.find(said)?;
            Some(format!("{name} in {whence}: {}", said.escape_ascii()))
        })
    }
}

struct Traces(Kept);

impl Write for Traces {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.keep("trace", line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
