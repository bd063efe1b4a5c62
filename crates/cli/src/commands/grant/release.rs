//! `plugmint grant release`

use plugmint::{Actor, Outcome, PlugId, SerialId};
use plugmint_http::operators::{Release, ReleaseAll};
use serde::Serialize;

use crate::args::ReleaseArgs;
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::output::{Output, visible};

pub(super) fn run(
    arguments: &ReleaseArgs,
    desk: &Desk,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    if let Some(holder) = arguments.all {
        desk.ask(ReleaseAll { holder, by: actor.clone() })?;
        return output.show(&ReleasedAll { holder, outcome: Outcome::Done }, |released| {
            format!("{} may act on nothing any more", released.holder)
        });
    }
    let thing = arguments.template.zip(arguments.serial);
    let Some(((template, serial), holder)) = thing.zip(arguments.holder) else {
        // The command line does not parse without either.
        let message = "expected TEMPLATE, SERIAL and PLUG_ID";
        return Err(Failure::new(Kind::Usage, "usage", message));
    };
    let thing = SerialId::new(template, serial);
    let outcome = desk.ask(Release { thing, holder, by: actor.clone() })?;
    output.show(&Released { thing, holder, outcome }, |released| {
        let already = match released.outcome {
            Outcome::Done => "",
            Outcome::AlreadyDone => " already",
        };
        format!("{} released by {holder}{already}", visible(thing.serial().as_str()))
    })
}

#[derive(Serialize)]
struct Released {
    #[serde(flatten)]
    thing: SerialId,
    holder: PlugId,
    outcome: Outcome,
}

#[derive(Serialize)]
struct ReleasedAll {
    holder: PlugId,
    outcome: Outcome,
}
