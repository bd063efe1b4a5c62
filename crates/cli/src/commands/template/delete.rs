//! `plugmint template delete`

use plugmint::{Actor, DeletionProgress, Living, Outcome, SerialFilter, SerialScope, TemplateId};
use plugmint_http::operators::DeleteTemplate;
use serde::Serialize;

use crate::args::DeleteTemplateArgs;
use crate::commands;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(
    desk: &Desk,
    arguments: &DeleteTemplateArgs,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let template = arguments.template;
    let living = if arguments.retire_all { Living::Retire } else { Living::Refuse };
    let all = SerialFilter::of(SerialScope::Template(template));
    let total =
        if progress::is_shown(output) { commands::count(desk, &all, |_| ())?.total() } else { 0 };
    let looking = progress::bar(total, "{bar:40} {pos}/{len} serials, {eta} left", output);
    let call = DeleteTemplate { template, living, by: actor.clone() };
    let deleted = desk.ask_long(call, |progress| looking.set_position(progress.looked_at));
    looking.finish_and_clear();
    let progress = deleted.map_err(refused)?;
    output.show(&Deleted { template, progress }, |deleted| {
        let outcome = deleted.progress.outcome.unwrap_or(Outcome::Done);
        let done = super::sentence(&deleted.template, outcome, "deleted");
        match deleted.progress.retired {
            0 => done,
            retired => format!("{done}, and {retired} serials were retired"),
        }
    })
}

fn refused(failure: Failure) -> Failure {
    let is_in_use = failure.code() == "in-use";
    if is_in_use { failure.hint("--retire-all does that") } else { failure }
}

#[derive(Serialize)]
struct Deleted {
    template: TemplateId,
    #[serde(flatten)]
    progress: DeletionProgress,
}
