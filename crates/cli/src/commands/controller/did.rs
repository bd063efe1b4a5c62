//! What a verb did to a Controller.

use plugmint::{Actor, Epoch, Outcome, PlugId};
use plugmint_http::operators::{ReactivateController, ShowController};
use serde::Serialize;

use crate::args::ReactivateControllerArgs;
use crate::desk::Desk;
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
    desk: &Desk,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let plug_id = arguments.of.plug_id;
    let refused = |failure| not_done(desk, plug_id, failure);
    let epoch = match arguments.seen.epoch {
        Some(epoch) => epoch,
        None => desk.ask(ShowController { plug_id }).map_err(refused)?.epoch,
    };
    let call = ReactivateController { plug_id, epoch, by: actor.clone() };
    let outcome = desk.ask(call).map_err(refused)?;
    // What was asked for is done; where it cannot be read any more, that is still so.
    let epoch = desk.ask(ShowController { plug_id }).ok().map(|status| status.epoch);
    let raised = Raised { did: Did { plug_id, outcome }, epoch };
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
