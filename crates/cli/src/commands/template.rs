//! `plugmint template create|list|show`

use plugmint::{OperatorEnroll, ProductionTemplate, Registry, RepeatPolicy, TemplateDesign};
use pollster::block_on;

use crate::args::{CreateTemplateArgs, TemplateCommand};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts, time, visible};

use super::PAGE;

pub(crate) fn run(command: TemplateCommand, home: &Home, output: &Output) -> Result<(), Failure> {
    let registry = home.open()?;
    match command {
        TemplateCommand::Create(arguments) => create(&registry, arguments, output),
        TemplateCommand::List { company } => {
            let company = company.unwrap_or(*registry.company());
            output.list(&["ID", "NAME", "PASSWORDS", "CREATED"], row, |last| {
                let after = last.map(ProductionTemplate::id);
                Ok(block_on(registry.templates(&company, after, PAGE))?)
            })
        }
        TemplateCommand::Show { template } => {
            let template = block_on(registry.template(&template))?;
            output.show(&template, screen)
        }
    }
}

fn create(
    registry: &Registry,
    arguments: CreateTemplateArgs,
    output: &Output,
) -> Result<(), Failure> {
    let company = arguments.company.unwrap_or(*registry.company());
    let operator_enroll =
        if arguments.operator_enroll { OperatorEnroll::Allowed } else { OperatorEnroll::Refused };
    let design = TemplateDesign::new(arguments.name)
        .with_password_class(arguments.password_class)
        .with_control_class(arguments.control_class)
        .with_argon2(arguments.argon2.unwrap_or_default())
        .with_operator_enroll(operator_enroll);
    let template = block_on(registry.create_template(&company, design))?;
    output.show(&template, |template| template.id().to_string())
}

fn row(template: &ProductionTemplate) -> Vec<String> {
    let design = template.design();
    vec![
        template.id().to_string(),
        visible(design.name().as_str()),
        design.password_class().to_string(),
        time(template.created_at()),
    ]
}

fn screen(template: &ProductionTemplate) -> String {
    let design = template.design();
    let operator_enroll = match design.operator_enroll() {
        OperatorEnroll::Allowed => "allowed",
        OperatorEnroll::Refused => "refused",
    };
    let repeat = match design.repeat() {
        RepeatPolicy::UntilActivated => "until activated",
        RepeatPolicy::Always => "always",
        RepeatPolicy::Never => "never",
    };
    let labels = design.labels().iter().map(|(name, value)| visible(&format!("{name}={value}")));
    let labels: Vec<_> = labels.collect();
    facts([
        ("Template", Some(template.id().to_string())),
        ("Name", Some(visible(design.name().as_str()))),
        ("Company", Some(template.company().to_string())),
        ("Enroll passwords", Some(design.password_class().to_string())),
        ("Control passwords", Some(design.control_class().to_string())),
        ("Argon2id", Some(design.argon2().to_string())),
        ("Operator enrollment", Some(operator_enroll.to_owned())),
        ("Repeats credentials", Some(repeat.to_owned())),
        ("Labels", Some(labels.join(", ")).filter(|labels| !labels.is_empty())),
        ("Created", Some(time(template.created_at()))),
    ])
}
