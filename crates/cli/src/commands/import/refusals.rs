//! The rows that an import refuses.

use crate::failure::{Failure, Kind};
use crate::rows::{RowProblem, RowRefusal};

/// Rows that are refused: the first few, and how many.
#[derive(Default)]
pub(crate) struct Refusals {
    told: Vec<RowRefusal>,
    count: usize,
}

impl Refusals {
    pub(crate) fn add(&mut self, line: u64, problem: impl Into<RowProblem>) {
        self.add_refusal(RowRefusal::new(line, problem.into()));
    }

    pub(crate) fn add_refusal(&mut self, refusal: RowRefusal) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(refusal);
        }
    }

    /// A failure, if there is a refusal.
    pub(crate) fn into_result(mut self) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        self.told.sort_by_key(RowRefusal::line);
        let told: Vec<_> = self.told.iter().map(ToString::to_string).collect();
        let mut message = told.join("\n  ");
        if self.count > 1 {
            message = format!("{} rows are refused\n  {message}", self.count);
        }
        if self.count > told.len() {
            message = format!("{message}\n  and {} more", self.count - told.len());
        }
        Err(Failure::new(Kind::Refused, "invalid-row", message))
    }
}

/// Refused rows that are told one by one.
const TOLD: usize = 20;
