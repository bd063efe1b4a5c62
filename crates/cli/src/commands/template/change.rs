//! `plugmint template change`

use plugmint::TemplateChange;
use plugmint_http::operators;

use crate::args::ChangeTemplateArgs;
use crate::commands::labels;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(
    desk: &Desk,
    arguments: ChangeTemplateArgs,
    output: &Output,
) -> Result<(), Failure> {
    let settings = &arguments.settings;
    let change = TemplateChange::new();
    let change = arguments.name.into_iter().fold(change, TemplateChange::rename);
    let change = settings.repeat.into_iter().fold(change, TemplateChange::repeat);
    let change = settings.controllers.into_iter().fold(change, TemplateChange::controllers);
    let change = settings.access.into_iter().fold(change, TemplateChange::access);
    let change = settings.sources.into_iter().fold(change, TemplateChange::sources);
    let change = if arguments.no_labels || !arguments.labels.is_empty() {
        change.labels(labels(&arguments.labels)?)
    } else {
        change
    };
    let template = arguments.template;
    let outcome = desk.ask(operators::ChangeTemplate { template, change })?;
    super::done(&template, outcome, "so", output)
}
