//! `plugmint template ...`

mod change;
mod create;
mod delete;
mod show;

use plugmint::{Actor, Outcome, ProductionTemplate, TemplateId};
use plugmint_http::operators::{CloseTemplate, ListTemplates, OpenTemplate, ShowTemplate};
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
    let desk = home.desk()?;
    match command {
        TemplateCommand::Create(arguments) => create::run(&desk, arguments, output),
        TemplateCommand::List { company } => output.list(&show::COLUMNS, show::row, |last| {
            let after = last.map(ProductionTemplate::id).copied();
            desk.ask(ListTemplates { company, after, limit: PAGE })
        }),
        TemplateCommand::Show(of) => {
            let template = desk.ask(ShowTemplate { template: of.template })?;
            output.show(&template, show::screen)
        }
        TemplateCommand::Change(arguments) => change::run(&desk, arguments, output),
        TemplateCommand::Close(of) => {
            let outcome = desk.ask(CloseTemplate { template: of.template })?;
            done(&of.template, outcome, "closed", output)
        }
        TemplateCommand::Open(of) => {
            let outcome = desk.ask(OpenTemplate { template: of.template })?;
            done(&of.template, outcome, "open", output)
        }
        TemplateCommand::Delete(arguments) => delete::run(&desk, &arguments, actor, output),
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
