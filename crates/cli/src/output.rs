//! What is printed: for people, or as one JSON value.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use plugmint::UnixMillis;
use serde::Serialize;

/// Standard output, and which of the two it is for.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a value as JSON, or what `people` makes of it.
    pub(crate) fn show<T: Serialize>(
        &self,
        value: &T,
        people: impl FnOnce(&T) -> String,
    ) -> io::Result<()> {
        if self.json { json(value) } else { print(&[&people(value), "\n"]) }
    }

    /// Prints a list page by page: `next` gives the page behind the item that it is given, and an
    /// empty one at the end. Memory holds one page, whatever the length.
    pub(crate) fn list<T: Serialize, E: From<io::Error>>(
        &self,
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        mut next: impl FnMut(Option<&T>) -> Result<Vec<T>, E>,
    ) -> Result<(), E> {
        let mut page = next(None)?;
        let mut separator = "[";
        let mut header = Some(columns);
        while !page.is_empty() {
            if self.json {
                for item in &page {
                    print(&[separator, &to_json(item)?])?;
                    separator = ",\n";
                }
            } else {
                print(&[&table(header.take(), page.iter().map(&row)), "\n"])?;
            }
            page = next(page.last())?;
        }
        match (self.json, separator) {
            (true, "[") => print(&["[]\n"])?,
            (true, _) => print(&["]\n"])?,
            (false, _) => {}
        }
        Ok(())
    }
}

/// Prints a value as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> io::Result<()> {
    print(&[&to_json(value)?, "\n"])
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

fn to_json<T: Serialize>(value: &T) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

fn print(parts: &[&str]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    parts.iter().try_for_each(|part| out.write_all(part.as_bytes()))?;
    out.flush()
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
    fn a_table_has_aligned_columns_and_no_trailing_spaces() {
        let rows = [vec!["a".to_owned(), "b".to_owned()], vec!["ccc".to_owned(), String::new()]];
        assert_eq!(table(Some(&["X", "Y"]), rows), "X    Y\na    b\nccc");
    }
}
