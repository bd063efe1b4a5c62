//! Which labels of a counter were counted.

use std::collections::{BTreeMap, BTreeSet};

use plugmint_tests::Recorded;

/// A counter, and every outcome that was brought about.
pub(crate) struct Tally {
    counter: &'static str,
    labels: BTreeSet<String>,
    seen: BTreeSet<&'static str>,
}

impl Tally {
    pub(crate) const fn of(counter: &'static str) -> Self {
        Self { counter, labels: BTreeSet::new(), seen: BTreeSet::new() }
    }

    /// Holds what a recorder was told against the answers that were given, which are all of them.
    pub(crate) fn count(&mut self, recorded: &Recorded, answers: &[&'static str]) {
        let mut expected = BTreeMap::new();
        for answer in answers {
            *expected.entry((*answer).to_owned()).or_insert(0) += 1;
        }
        assert_eq!(recorded.totals(self.counter), expected);
        self.seen.extend(answers);
        let prefix = format!("{}{{", self.counter);
        self.labels = recorded
            .series()
            .iter()
            .filter_map(|series| Some(series.strip_prefix(&prefix)?.strip_suffix('}')?.to_owned()))
            .collect();
    }

    /// Every label was counted once at least, but for these and for what nothing brings about.
    pub(crate) fn is_whole_but_for(&self, untold: &[(&'static str, &str)]) {
        let told: Vec<_> = UNTOLD.iter().chain(untold).map(|(label, _)| *label).collect();
        for label in &told {
            assert!(!self.seen.contains(label), "{label} is counted: tell no reason why it is not");
        }
        let all: BTreeSet<_> = self.seen.iter().copied().chain(told).map(str::to_owned).collect();
        assert_eq!(all, self.labels, "{}", self.counter);
    }
}

/// Faults that no counted call comes to, and why.
const UNTOLD: [(&str, &str); 4] = [
    ("sealed-key", "only an operator's enrollment and a sweep open sealed keys"),
    ("kept-keys", "kept keys are opened with a registry, at a rotation and at a drop"),
    ("random", "what is drawn is drawn for templates, sealed keys and kept keys"),
    ("defect", "a rule of plugmint's own would have to be broken"),
];
