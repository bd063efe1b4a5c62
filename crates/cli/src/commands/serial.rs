//! `plugmint serial ...`

mod add;
mod control;
mod controllers;
mod did;
mod explain;
mod history;
mod list;
mod raise;
mod show;
mod verify_history;

use plugmint::Actor;
use plugmint_http::operators::{Disable, Enable, EnrollByOperator, Retire};

use crate::args::SerialCommand;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

use super::{enroll, import};

pub(crate) fn run(
    command: SerialCommand,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        SerialCommand::Import { template, file } => {
            import::run(&home.desk()?, &template, &file, actor, output)
        }
        SerialCommand::Add(arguments) => add::run(&arguments, home, actor, output),
        SerialCommand::List(arguments) => list::run(&arguments, &home.desk()?, output),
        SerialCommand::Count(arguments) => list::count(&arguments, &home.desk()?, output),
        SerialCommand::Show(arguments) => show::run(&arguments, home, output),
        SerialCommand::Explain(arguments) => explain::run(&arguments, &home.desk()?, output),
        SerialCommand::History(arguments) => history::run(&arguments, &home.desk()?, output),
        SerialCommand::VerifyHistory(arguments) => {
            verify_history::run(&arguments, &home.desk()?, output)
        }
        SerialCommand::Enroll(serial) => {
            let call = EnrollByOperator { serial: serial.id(), by: actor.clone() };
            enroll::show(&home.desk()?.ask(call)?, output)
        }
        SerialCommand::Reactivate(arguments) => {
            raise::reactivate(&arguments, &home.desk()?, actor, output)
        }
        SerialCommand::Unenroll(arguments) => {
            raise::unenroll(&arguments, &home.desk()?, actor, output)
        }
        SerialCommand::ReplacePasswords(arguments) => {
            raise::replace_passwords(&arguments, home, actor, output)
        }
        SerialCommand::Transfer(arguments) => raise::transfer(&arguments, home, actor, output),
        SerialCommand::ReplaceControlPassword(arguments) => {
            control::replace_password(&arguments, home, actor, output)
        }
        SerialCommand::SetAccess(arguments) => {
            control::set_access(&arguments, &home.desk()?, actor, output)
        }
        SerialCommand::Disable(serial) => {
            let outcome = home.desk()?.ask(Disable { serial: serial.id(), by: actor.clone() })?;
            did::show(&serial.id(), outcome, "disabled", output)
        }
        SerialCommand::Enable(serial) => {
            let outcome = home.desk()?.ask(Enable { serial: serial.id(), by: actor.clone() })?;
            did::show(&serial.id(), outcome, "enabled", output)
        }
        SerialCommand::Retire(serial) => {
            let outcome = home.desk()?.ask(Retire { serial: serial.id(), by: actor.clone() })?;
            did::show(&serial.id(), outcome, "retired", output)
        }
    }
}
