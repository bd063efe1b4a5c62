//! `plugmint grant add`

use plugmint::{AccessLevel, Actor, Outcome, PlugId, SerialId};
use plugmint_http::operators::{Access, Grant};
use serde::Serialize;

use crate::args::GrantArgs;
use crate::commands::access;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, visible};
use crate::shell;

pub(super) fn run(
    arguments: &GrantArgs,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let (thing, holder) = (arguments.thing.id(), arguments.holder);
    let desk = home.desk()?;
    let outcome = desk
        .ask(Grant { thing, holder, by: actor.clone() })
        .map_err(|failure| refused(&thing, home, failure))?;
    // What was asked for is done; where it cannot be read any more, that is still so.
    let access = desk.ask(Access { holder, thing }).ok();
    output.show(&Granted { thing, holder, outcome, access }, sentence)
}

fn refused(thing: &SerialId, home: &Home, failure: Failure) -> Failure {
    if failure.code() != "not-enrolled" {
        return failure;
    }
    let place = home.options().iter().map(String::as_str);
    let show: Vec<_> = place.chain(["serial", "show"]).collect();
    let show = shell::command(&show, &[&thing.template().to_string(), thing.serial().as_str()]);
    failure.hint(&format!("its device enrolls first: `{show}` says how"))
}

/// As in "SN-1 granted to dev-1f2e3d4c5b6a798812345678 already; access now: read".
fn sentence(granted: &Granted) -> String {
    let already = match granted.outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    let thing = visible(granted.thing.serial().as_str());
    let level = granted.access.map(|level| format!("; access now: {}", access(level)));
    format!("{thing} granted to {}{already}{}", granted.holder, level.unwrap_or_default())
}

#[derive(Serialize)]
struct Granted {
    #[serde(flatten)]
    thing: SerialId,
    holder: PlugId,
    outcome: Outcome,
    access: Option<AccessLevel>,
}
