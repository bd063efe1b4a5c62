//! How things read.

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use plugmint::{Labels, UnixMillis};

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

/// A length of time in milliseconds, as people say it: its two largest units.
pub(crate) fn span(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    let units = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min")];
    let units = units.into_iter().chain([(seconds % 60, "s")]);
    let units = units.skip_while(|(number, _)| *number == 0).take(2);
    let units: Vec<_> = units.map(|(number, unit)| format!("{number} {unit}")).collect();
    if units.is_empty() { "0 s".to_owned() } else { units.join(" ") }
}

/// Labels on one line; `None` where there are none.
pub(crate) fn labels(labels: &Labels) -> Option<String> {
    let labels = labels.iter().map(|(name, value)| visible(&format!("{name}={value}")));
    let labels: Vec<_> = labels.collect();
    Some(labels.join(", ")).filter(|labels| !labels.is_empty())
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

    #[test]
    fn a_length_of_time_is_told_in_its_two_largest_units() {
        for (millis, text) in [
            (0, "0 s"),
            (1, "1 s"),
            (59_001, "1 min 0 s"),
            (3_600_000, "1 h 0 min"),
            (7 * 86_400_000 - 1, "7 d 0 h"),
            (90_061_000, "1 d 1 h"),
        ] {
            assert_eq!(span(millis), text);
        }
    }
}
