//! What is printed: for people, or as one JSON value.

mod text;

use std::cell::Cell;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::shell;

pub(crate) use text::{facts, labels, span, table, time, visible};

/// Standard output, and which of the two it is for.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    begun: Cell<bool>,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json, begun: Cell::new(false) }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints what came of a verb: a value as JSON, or what `people` makes of it. Who reads no
    /// further had enough, which is no failure: the verb is done.
    pub(crate) fn show<T: Serialize>(
        &self,
        value: &T,
        people: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        let shown = if self.json { to_json(value) } else { people(value) };
        is_read(self.print(&[&shown, "\n"])).map(drop).map_err(|failure| {
            failure.hint("what was asked for is done, but standard output does not take the answer")
        })
    }

    /// Tells of a failure on standard error, and as JSON on standard output where that was asked
    /// for and nothing stands there yet.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        // Who does not listen any more is told by the exit code.
        writeln!(io::stderr(), "plugmint: {}", failure.message()).unwrap_or_default();
        if self.json && !self.begun.get() {
            self.show(&Failed { error: failure }, |_| String::new()).unwrap_or_default();
        }
        failure.exit_code()
    }

    /// Tells people something beside the answer, on standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            // Who does not listen has the answer all the same.
            writeln!(io::stderr(), "{text}").unwrap_or_default();
        }
    }

    /// Prints a list page by page: `next` gives the page behind the item that it is given, and an
    /// empty one at the end. Memory holds one page, whatever the length; the columns of each page
    /// are aligned for themselves. Who reads no further had enough, which is no failure.
    pub(crate) fn list<T: Serialize>(
        &self,
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        next: impl FnMut(Option<&T>) -> Result<Vec<T>, Failure>,
    ) -> Result<(), Failure> {
        let printed = self.items("[", columns, row, next)?;
        self.end_of_list(printed, "]\n").map(drop)
    }

    /// Prints a list as [`list`](Self::list) does, under a name, and behind it where to go on.
    pub(crate) fn list_that_goes_on<T: Serialize>(
        &self,
        name: &str,
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        next: impl FnMut(Option<&T>) -> Result<Vec<T>, Failure>,
        goes_on: impl FnOnce() -> Option<String>,
    ) -> Result<(), Failure> {
        let printed = self.items(&format!("{{\"{name}\":["), columns, row, next)?;
        let goes_on = goes_on();
        let end = format!("],\"next\":{}}}\n", to_json(&goes_on));
        if self.end_of_list(printed, &end)?
            && let Some(goes_on) = goes_on
        {
            self.note(&format!("next: {}", shell::quoted(&goes_on)));
        }
        Ok(())
    }

    /// Prints a page of something that has no end: for programs a JSON value on each line. Whether
    /// somebody still reads.
    pub(crate) fn page<T: Serialize>(
        &self,
        header: Option<&[&str]>,
        items: &[T],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<bool, Failure> {
        let shown = if self.json {
            items.iter().map(to_json).collect::<Vec<_>>().join("\n")
        } else {
            table(header, items.iter().map(row))
        };
        is_read(self.print(&[&shown, "\n"]))
    }

    fn items<T: Serialize>(
        &self,
        open: &str,
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        mut next: impl FnMut(Option<&T>) -> Result<Vec<T>, Failure>,
    ) -> Result<io::Result<()>, Failure> {
        let mut page = next(None)?;
        let mut header = Some(columns);
        let mut printed = if self.json { self.print(&[open]) } else { Ok(()) };
        let mut separator = "";
        while printed.is_ok() && !page.is_empty() {
            printed = if self.json {
                page.iter().try_for_each(|item| {
                    self.print(&[std::mem::replace(&mut separator, ",\n"), &to_json(item)])
                })
            } else {
                self.print(&[&table(header.take(), page.iter().map(&row)), "\n"])
            };
            if printed.is_ok() {
                page = next(page.last())?;
            }
        }
        Ok(printed)
    }

    fn end_of_list(&self, printed: io::Result<()>, end: &str) -> Result<bool, Failure> {
        is_read(printed.and_then(|()| if self.json { self.print(&[end]) } else { Ok(()) }))
    }

    fn print(&self, parts: &[&str]) -> io::Result<()> {
        self.begun.set(true);
        let mut out = io::stdout().lock();
        parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))?;
        out.flush()
    }
}

/// Whether somebody still reads; who does not had enough, which is no failure.
fn is_read(printed: io::Result<()>) -> Result<bool, Failure> {
    match printed {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::of(Kind::Store, "output", &error)),
    }
}

/// A failure as JSON.
#[derive(Serialize)]
struct Failed<'a> {
    error: &'a Failure,
}

fn to_json<T: Serialize>(value: &T) -> String {
    // INVARIANT: what is printed has text for keys, so it is always JSON.
    serde_json::to_string(value).unwrap_or_default()
}
