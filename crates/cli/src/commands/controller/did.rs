//! What a verb did to a Controller.

use plugmint::{Actor, Epoch, Outcome, PlugId, Registry};
use pollster::block_on;
use serde::Serialize;

use crate::args::ReactivateControllerArgs;
use crate::failure::Failure;
use crate::output::Output;

use super::not_done;

/// `what` follows the Plug-ID, as in "dev-1f2e3d4c5b6a798812345678 disabled already".
pub(super) fn show(
    plug_id: &PlugId,
    outcome: Outcome,
    what: &str,
    output: &Output,
) -> Result<(), Failure> {
    output.show(&Did { plug_id: *plug_id, outcome }, |did| sentence(did, what))
}

pub(super) fn reactivate(
    arguments: &ReactivateControllerArgs,
    registry: &Registry,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let plug_id = &arguments.of.plug_id;
    let refused = |error: Failure| not_done(registry, plug_id, error);
    let seen = match arguments.seen.epoch {
        Some(epoch) => epoch,
        None => {
            block_on(registry.controller(plug_id)).map_err(|error| refused(error.into()))?.epoch
        }
    };
    let outcome = block_on(registry.reactivate_controller(plug_id, seen, actor))
        .map_err(|error| refused(error.into()))?;
    // What was asked for is done; where it cannot be read any more, that is still so.
    let epoch = block_on(registry.controller(plug_id)).ok().map(|status| status.epoch);
    let raised = Raised { did: Did { plug_id: *plug_id, outcome }, epoch };
    output.show(&raised, |raised| {
        let at = raised.epoch.map(|epoch| format!(", now at epoch {epoch}"));
        format!("{}{}", sentence(&raised.did, "reactivated"), at.unwrap_or_default())
    })
}

#[derive(Serialize)]
struct Did {
    plug_id: PlugId,
    outcome: Outcome,
}

/// A Controller whose epoch was raised, as it is now.
#[derive(Serialize)]
struct Raised {
    #[serde(flatten)]
    did: Did,
    epoch: Option<Epoch>,
}

fn sentence(did: &Did, what: &str) -> String {
    let already = match did.outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    format!("{} {what}{already}", did.plug_id)
}
