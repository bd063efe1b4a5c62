//! Every outcome of every counter, brought about.
//!
//! A test for each counter asks until each of its labels was counted, by an answer of that code and
//! by nothing else. What nothing brings about is told with the reason.

mod accounts;
mod connections;
mod controllers;
mod devices;
mod house;
mod memory;
mod tally;
mod things;

use std::collections::BTreeSet;

use plugmint_tests::design;

use crate::scene::counted;

#[test]
fn every_counter_of_a_registry_has_a_test_that_brings_its_outcomes_about() {
    let (_, recorded) = counted(design());
    let counters: BTreeSet<_> = recorded
        .series()
        .into_iter()
        .filter_map(|series| Some(series.split_once('{')?.0.to_owned()))
        .collect();
    assert!(counters.iter().map(String::as_str).eq([
        things::COUNTER,
        connections::COUNTER,
        controllers::COUNTER,
        devices::COUNTER,
        accounts::COUNTER,
    ]));
}
