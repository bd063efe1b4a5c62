//! `plugmint template ...`

mod change;
mod create;
mod delete;
mod show;

use plugmint::{Actor, Outcome, ProductionTemplate, TemplateId};
use pollster::block_on;
use serde::Serialize;

use crate::args::TemplateCommand;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

use super::PAGE;

pub(crate) fn run(
    command: TemplateCommand,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let registry = home.open()?;
    match command {
        TemplateCommand::Create(arguments) => create::run(&registry, arguments, output),
        TemplateCommand::List { company } => {
            let company = company.unwrap_or(*registry.company());
            output.list(&show::COLUMNS, show::row, |last| {
                let after = last.map(ProductionTemplate::id);
                Ok(block_on(registry.templates(&company, after, PAGE))?)
            })
        }
        TemplateCommand::Show(of) => {
            let template = block_on(registry.template(&of.template))?;
            output.show(&template, show::screen)
        }
        TemplateCommand::Change(arguments) => change::run(&registry, arguments, output),
        TemplateCommand::Close(of) => {
            let outcome = block_on(registry.close_template(&of.template))?;
            done(&of.template, outcome, "closed", output)
        }
        TemplateCommand::Open(of) => {
            let outcome = block_on(registry.open_template(&of.template))?;
            done(&of.template, outcome, "open", output)
        }
        TemplateCommand::Delete(arguments) => delete::run(&registry, &arguments, actor, output),
    }
}

fn done(
    template: &TemplateId,
    outcome: Outcome,
    what: &str,
    output: &Output,
) -> Result<(), Failure> {
    output.show(&Did { template: *template, outcome }, |did| sentence(template, did.outcome, what))
}

/// As in "mod-5c66bc451866d3c62ba0b904 is closed already".
fn sentence(template: &TemplateId, outcome: Outcome, what: &str) -> String {
    let already = match outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    format!("{template} is {what}{already}")
}

#[derive(Serialize)]
struct Did {
    template: TemplateId,
    outcome: Outcome,
}
