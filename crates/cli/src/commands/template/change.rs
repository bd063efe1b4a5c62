//! `plugmint template change`

use plugmint::{Registry, TemplateChange};
use pollster::block_on;

use crate::args::ChangeTemplateArgs;
use crate::commands::labels;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(
    registry: &Registry,
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
    let outcome = block_on(registry.change_template(&arguments.template, &change))?;
    super::done(&arguments.template, outcome, "so", output)
}
