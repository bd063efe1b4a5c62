//! `plugmint key sweep`

use plugmint::KeyVersion;
use plugmint_http::operators::{About, SweepKeys};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let desk = home.desk()?;
    let left = if progress::is_shown(output) { left(&desk, output)? } else { 0 };
    let sweeping =
        progress::bar(left, "{bar:40} {pos}/{len} records, {per_sec}, {eta} left", output);
    let mut rewritten = 0;
    let swept = desk.ask_long(SweepKeys {}, |told| {
        rewritten = told;
        sweeping.set_position(rewritten);
    });
    sweeping.finish_and_clear();
    let swept = swept.map_err(|failure| {
        failure.hint(&format!(
            "{rewritten} records or more are brought over by now: `plugmint key sweep` goes on"
        ))
    })?;
    let (rewritten, version) = (swept.rewritten, swept.version);
    let swept = Swept { version, rewritten, older: swept.older };
    output.show(&swept, |swept| {
        let done = format!("{rewritten} records were brought under version {version}");
        let next = swept.older.iter().map(|older| {
            let drop = super::command_line(home, &["drop", &older.to_string()]);
            format!("\nNext: {drop}")
        });
        [done].into_iter().chain(next).collect()
    })
}

/// How many records have a tag of an older version.
fn left(desk: &Desk, output: &Output) -> Result<u64, Failure> {
    let counted = super::count(desk, output)?;
    let current = desk.ask(About {})?.key_version;
    let older = counted.by_version().filter(|(version, _)| *version < current);
    Ok(older.map(|(_, uses)| uses.record_tags).sum())
}

#[derive(Serialize)]
struct Swept {
    version: KeyVersion,
    rewritten: u64,
    older: Vec<KeyVersion>,
}
