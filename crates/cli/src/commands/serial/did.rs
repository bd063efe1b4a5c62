//! What a verb did to a serial.

use plugmint::{Outcome, SerialId};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{Output, visible};

#[derive(Serialize)]
struct Did {
    #[serde(flatten)]
    id: SerialId,
    outcome: Outcome,
}

/// `what` follows the serial, as in "SN-1 disabled already".
pub(super) fn show(
    id: &SerialId,
    outcome: Outcome,
    what: &str,
    output: &Output,
) -> Result<(), Failure> {
    output.show(&Did { id: *id, outcome }, |did| sentence(&did.id, did.outcome, what))
}

pub(super) fn sentence(id: &SerialId, outcome: Outcome, what: &str) -> String {
    let already = match outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    format!("{} {what}{already}", visible(id.serial().as_str()))
}
