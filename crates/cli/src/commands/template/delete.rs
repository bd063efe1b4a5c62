//! `plugmint template delete`

use indicatif::ProgressBar;
use plugmint::{
    Actor, DeleteTemplateError, DeletionProgress, Living, Outcome, Registry, SerialFilter,
    SerialScope, TemplateDeletion, TemplateId,
};
use pollster::block_on;
use serde::Serialize;

use crate::args::DeleteTemplateArgs;
use crate::commands;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(
    registry: &Registry,
    arguments: &DeleteTemplateArgs,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let id = arguments.template;
    let living = if arguments.retire_all { Living::Retire } else { Living::Refuse };
    let all = SerialFilter::of(SerialScope::Template(id));
    let total = if progress::is_shown(output) {
        commands::count(registry, &all, |_| ())?.total()
    } else {
        0
    };
    let looking = progress::bar(total, "{bar:40} {pos}/{len} serials, {eta} left", output);
    let deleted = step_by_step(registry.template_deletion(&id, living, actor), &looking);
    looking.finish_and_clear();
    let (outcome, progress) = deleted.map_err(refused)?;
    output.show(&Deleted { template: id, progress }, |deleted| {
        let done = super::sentence(&deleted.template, outcome, "deleted");
        match deleted.progress.retired {
            0 => done,
            retired => format!("{done}, and {retired} serials were retired"),
        }
    })
}

fn step_by_step(
    mut deletion: TemplateDeletion,
    looking: &ProgressBar,
) -> Result<(Outcome, DeletionProgress), DeleteTemplateError> {
    loop {
        let progress = block_on(deletion.step())?;
        looking.set_position(progress.looked_at);
        if let Some(outcome) = progress.outcome {
            return Ok((outcome, progress));
        }
    }
}

fn refused(error: DeleteTemplateError) -> Failure {
    let is_in_use = matches!(error, DeleteTemplateError::InUse { .. });
    let failure = Failure::from(error);
    if is_in_use { failure.hint("--retire-all does that") } else { failure }
}

#[derive(Serialize)]
struct Deleted {
    template: TemplateId,
    #[serde(flatten)]
    progress: DeletionProgress,
}
