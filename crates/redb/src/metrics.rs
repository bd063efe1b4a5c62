//! What a store counts and times, for the recorder of the crate `metrics` that its host has.

use std::time::{Duration, Instant};

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};

use crate::group::Verdict;

/// The handles of whoever commits.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    committed: Counter,
    conflicts: Counter,
    failed: Counter,
    batches: Histogram,
    seconds: Histogram,
}

impl Commits {
    /// Registers everything with the recorder of now.
    pub(crate) fn register() -> Self {
        describe_counter!(TOTAL, Unit::Count, "Batches that were to be committed, by outcome.");
        describe_histogram!(BATCHES, Unit::Count, "Batches that one sync of the disk served.");
        describe_histogram!(SECONDS, Unit::Seconds, "How long writing and syncing them took.");
        let total = |outcome| counter!(TOTAL, "outcome" => outcome);
        Self {
            committed: total("committed"),
            conflicts: total("conflict"),
            failed: total("failed"),
            batches: histogram!(BATCHES),
            seconds: histogram!(SECONDS),
        }
    }

    /// So many batches have come to these verdicts, or to none since the store failed.
    pub(crate) fn settled(&self, batches: usize, verdicts: Option<&[Verdict]>) {
        match verdicts {
            Some(verdicts) => {
                let committed = verdicts.iter().filter(|verdict| verdict.is_ok()).count();
                self.committed.increment(committed as u64);
                self.conflicts.increment((batches - committed) as u64);
            }
            None => self.failed.increment(batches as u64),
        }
    }

    /// So many batches lie on the disk.
    pub(crate) fn synced(&self, batches: usize, took: Duration) {
        self.batches.record(u32::try_from(batches).unwrap_or(u32::MAX));
        self.seconds.record(took);
    }
}

#[expect(clippy::disallowed_methods, reason = "commits are timed, nobody is told a time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

const TOTAL: &str = "plugmint_commit_total";
const BATCHES: &str = "plugmint_commit_batches";
const SECONDS: &str = "plugmint_commit_seconds";
