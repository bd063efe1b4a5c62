//! `docs/metrics.md` against what there is.

use std::collections::{BTreeMap, BTreeSet};

use metrics::Unit;
use plugmint_redb::RedbOptions;
use plugmint_tests::design;

use crate::scene::counted;

const PAGE: &str = include_str!("../../../docs/metrics.md");

/// The cells of the tables' lines whose first one is a name in backticks.
fn lines() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        Some((cells.next()?.trim_end_matches('`'), cells.collect()))
    })
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_metric_is_documented_with_its_unit_and_its_outcomes() {
    let (_, recorded) = counted(design());
    recorded.record(|| drop(RedbOptions::default().with_metrics()));
    let units = recorded.units();
    let documented: BTreeMap<_, _> = lines().filter(|(name, _)| name.contains('_')).collect();
    assert!(documented.keys().copied().eq(units.keys().map(String::as_str)));
    let faults: BTreeSet<_> =
        lines().filter(|(name, _)| !name.contains('_')).map(|(code, _)| code).collect();
    for (name, cells) in documented {
        let unit = if units[name] == Unit::Seconds { "seconds" } else { "count" };
        assert!(cells[0].ends_with(unit), "{name}: {}", cells[0]);
        let prefix = format!("{name}{{");
        let registered: BTreeSet<String> = recorded
            .series()
            .iter()
            .filter_map(|series| Some(series.strip_prefix(&prefix)?.strip_suffix('}')?.to_owned()))
            .collect();
        let mut told: BTreeSet<_> = quoted(cells[2]).collect();
        if cells[2].contains("faults") {
            told.extend(&faults);
        }
        assert!(registered.iter().map(String::as_str).eq(told), "{name}: {registered:?}");
    }
}
