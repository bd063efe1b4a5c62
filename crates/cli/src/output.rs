//! What is printed: for people, or as one JSON value.

use std::cell::Cell;
use std::io::{self, Write};
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use plugmint::UnixMillis;
use serde::Serialize;

use crate::failure::{Failure, Kind};

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

    /// Prints what came of a verb: a value as JSON, or what `people` makes of it.
    pub(crate) fn show<T: Serialize>(
        &self,
        value: &T,
        people: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        let shown = if self.json { to_json(value) } else { people(value) };
        self.print(&[&shown, "\n"]).map_err(|error| {
            Failure::of(Kind::Store, "output", &error)
                .hint("what was asked for is done, but standard output does not take the answer")
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

    /// Prints a list page by page: `next` gives the page behind the item that it is given, and an
    /// empty one at the end. Memory holds one page, whatever the length; the columns of each page
    /// are aligned for themselves. Who reads no further had enough, which is no failure.
    pub(crate) fn list<T: Serialize>(
        &self,
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        mut next: impl FnMut(Option<&T>) -> Result<Vec<T>, Failure>,
    ) -> Result<(), Failure> {
        let mut page = next(None)?;
        let mut header = Some(columns);
        let mut printed = if self.json { self.print(&["["]) } else { Ok(()) };
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
        if self.json {
            printed = printed.and_then(|()| self.print(&["]\n"]));
        }
        match printed {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed.map_err(|error| Failure::of(Kind::Store, "output", &error)),
        }
    }

    fn print(&self, parts: &[&str]) -> io::Result<()> {
        self.begun.set(true);
        let mut out = io::stdout().lock();
        parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))?;
        out.flush()
    }
}

/// A failure as JSON.
#[derive(Serialize)]
struct Failed<'a> {
    error: &'a Failure,
}

/// Rows under each other, columns aligned, without lines.
pub(crate) fn table(
    header: Option<&[&str]>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if let Some(header) = header {
        table.set_header(header.iter().copied());
    }
    table.add_rows(rows);
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// What there is to know of one thing: a name and a value on each line, where there is a value.
pub(crate) fn facts<const N: usize>(facts: [(&str, Option<String>); N]) -> String {
    let known = facts.into_iter().filter_map(|(name, value)| Some(vec![name.to_owned(), value?]));
    table(None, known)
}

/// A time as people read it, in UTC.
pub(crate) fn time(time: UnixMillis) -> String {
    let millis = i64::try_from(time.millis()).ok();
    let timestamp = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    timestamp.map_or_else(|| time.to_string(), |timestamp| format!("{timestamp:.0}"))
}

/// A text that somebody else chose, with characters made visible that would not be.
pub(crate) fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\'' | '"' | '\\' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    text.chars().map(shown).collect()
}

fn to_json<T: Serialize>(value: &T) -> String {
    // INVARIANT: what is printed has text for keys, so it is always JSON.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_utc() {
        assert_eq!(time(UnixMillis::new(1_790_000_000_000)), "2026-09-21T14:13:20Z");
        assert_eq!(time(UnixMillis::new(u64::MAX)), "18446744073709551615 ms");
    }

    #[test]
    fn what_would_not_be_seen_is_made_visible() {
        assert_eq!(visible("K\u{fc}hl \"1\""), "K\u{fc}hl \"1\"");
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
    }

    #[test]
    fn a_table_has_aligned_columns_and_no_trailing_spaces() {
        let rows = [vec!["a".to_owned(), "b".to_owned()], vec!["ccc".to_owned(), String::new()]];
        assert_eq!(table(Some(&["X", "Y"]), rows), "X    Y\na    b\nccc");
    }
}
