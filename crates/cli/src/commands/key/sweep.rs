//! `plugmint key sweep`

use indicatif::ProgressBar;
use plugmint::{KeyStanding, KeyVersion, Registry};
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let registry = home.open()?;
    let left = if progress::is_shown(output) { left(&registry, output)? } else { 0 };
    let sweeping =
        progress::bar(left, "{bar:40} {pos}/{len} records, {per_sec}, {eta} left", output);
    let rewritten = sweep(&registry, &sweeping)?;
    sweeping.finish_and_clear();
    let version = registry.key_version();
    let swept = Swept { version, rewritten, older: older(&registry)? };
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
fn left(registry: &Registry, output: &Output) -> Result<u64, Failure> {
    let counted = super::count(registry, output)?;
    let older = counted.by_version().filter(|(version, _)| *version < registry.key_version());
    Ok(older.map(|(_, uses)| uses.record_tags).sum())
}

/// Sweeps from the first record to the last. How many were rewritten.
fn sweep(registry: &Registry, sweeping: &ProgressBar) -> Result<u64, Failure> {
    let mut rewritten = 0;
    let mut next = None;
    loop {
        let swept = block_on(registry.sweep_keys(next.as_ref())).map_err(|fault| {
            Failure::from(fault).hint(&format!(
                "{rewritten} records or more are brought over by now: `plugmint key sweep` goes on"
            ))
        })?;
        rewritten += swept.rewritten;
        sweeping.set_position(rewritten);
        next = swept.next;
        if next.is_none() {
            return Ok(rewritten);
        }
    }
}

/// The older versions that are not dropped yet.
fn older(registry: &Registry) -> Result<Vec<KeyVersion>, Failure> {
    let all = block_on(registry.key_versions())?.into_iter();
    let older = all.filter(|(version, standing)| {
        *version < registry.key_version() && *standing != Some(KeyStanding::Dropped)
    });
    Ok(older.map(|(version, _)| version).collect())
}

#[derive(Serialize)]
struct Swept {
    version: KeyVersion,
    rewritten: u64,
    older: Vec<KeyVersion>,
}
