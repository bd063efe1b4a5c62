//! `plugmint template create`

use plugmint::{OperatorEnroll, TemplateDesign};
use plugmint_http::operators::CreateTemplate;

use crate::args::CreateTemplateArgs;
use crate::commands::labels;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(
    desk: &Desk,
    arguments: CreateTemplateArgs,
    output: &Output,
) -> Result<(), Failure> {
    let operator_enroll =
        if arguments.operator_enroll { OperatorEnroll::Allowed } else { OperatorEnroll::Refused };
    let settings = &arguments.settings;
    let design = TemplateDesign::new(arguments.name)
        .with_password_class(arguments.password_class)
        .with_control_class(arguments.control_class)
        .with_argon2(arguments.argon2.unwrap_or_default())
        .with_operator_enroll(operator_enroll)
        .with_repeat(settings.repeat.unwrap_or_default())
        .with_labels(labels(&arguments.labels)?);
    let design = settings.controllers.into_iter().fold(design, TemplateDesign::with_controllers);
    let design = settings.access.into_iter().fold(design, TemplateDesign::with_access);
    let design = settings.sources.into_iter().fold(design, TemplateDesign::with_sources);
    let template = desk.ask(CreateTemplate { company: arguments.company, design })?;
    output.show(&template, |template| template.id().to_string())
}
