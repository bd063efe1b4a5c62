//! The goals of plugmint as ratios: each baseline is timed in turn with the thing, in this process.
//!
//! `cargo bench -p plugmint-benches --bench ratios -- storage` runs the rows of one group, without
//! a name it runs all. Each prints `name measured bound ok|MISS`; one miss is a failure.

#![expect(clippy::unwrap_used, reason = "a measurement that fails ends the run")]
#![expect(clippy::panic, reason = "a measurement that fails ends the run")]
#![expect(clippy::indexing_slicing, reason = "a measurement that fails ends the run")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the report")]

mod authenticate;
mod enroll;
mod row;
mod slow;
mod storage;
mod strangers;
mod timing;

use std::process::ExitCode;

use row::Report;

type Group = (&'static str, fn(&mut Report));

const GROUPS: [Group; 2] = [("storage", storage::rows), ("credentials", credentials)];

fn credentials(report: &mut Report) {
    authenticate::rows(report);
    enroll::rows(report);
    strangers::rows(report);
}

fn main() -> ExitCode {
    let mut named: Vec<String> = std::env::args().skip(1).collect();
    let Some(at) = named.iter().position(|argument| argument == "--bench") else {
        // Built and run among all other targets: timings are for who asks for them.
        return ExitCode::SUCCESS;
    };
    named.remove(at);
    let known = |name: &&String| GROUPS.iter().any(|(group, _)| group == name);
    if let Some(unknown) = named.iter().find(|name| !known(name)) {
        let groups: Vec<_> = GROUPS.iter().map(|(group, _)| *group).collect();
        eprintln!("there is no group `{unknown}`: expected one of {}", groups.join(", "));
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for (group, rows) in GROUPS {
        if named.is_empty() || named.iter().any(|name| name == group) {
            rows(&mut report);
        }
    }
    if report.misses() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
