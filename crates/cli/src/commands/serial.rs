//! `plugmint serial ...`

mod add;
mod control;
mod did;
mod explain;
mod history;
mod list;
mod raise;
mod show;
mod verify_history;

use plugmint::Actor;
use pollster::block_on;

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
            import::run(&home.open()?, &template, &file, actor, output)
        }
        SerialCommand::Add(arguments) => add::run(&arguments, home, actor, output),
        SerialCommand::List(arguments) => list::run(&arguments, &home.open()?, output),
        SerialCommand::Count(arguments) => list::count(&arguments, &home.open()?, output),
        SerialCommand::Show(arguments) => show::run(&arguments, home, output),
        SerialCommand::Explain(arguments) => explain::run(&arguments, &home.open()?, output),
        SerialCommand::History(arguments) => history::run(&arguments, &home.open()?, output),
        SerialCommand::VerifyHistory(arguments) => {
            verify_history::run(&arguments, &home.open()?, output)
        }
        SerialCommand::Enroll(serial) => {
            let enrollment = block_on(home.open()?.enroll_by_operator(&serial.id(), actor))?;
            enroll::show(&enrollment, output)
        }
        SerialCommand::Reactivate(arguments) => {
            raise::reactivate(&arguments, &home.open()?, actor, output)
        }
        SerialCommand::Unenroll(arguments) => {
            raise::unenroll(&arguments, &home.open()?, actor, output)
        }
        SerialCommand::ReplacePasswords(arguments) => {
            raise::replace_passwords(&arguments, home, actor, output)
        }
        SerialCommand::Transfer(arguments) => raise::transfer(&arguments, home, actor, output),
        SerialCommand::ReplaceControlPassword(arguments) => {
            control::replace_password(&arguments, home, actor, output)
        }
        SerialCommand::SetAccess(arguments) => {
            control::set_access(&arguments, &home.open()?, actor, output)
        }
        SerialCommand::Disable(serial) => {
            let outcome = block_on(home.open()?.disable(&serial.id(), actor))?;
            did::show(&serial.id(), outcome, "disabled", output)
        }
        SerialCommand::Enable(serial) => {
            let outcome = block_on(home.open()?.enable(&serial.id(), actor))?;
            did::show(&serial.id(), outcome, "enabled", output)
        }
        SerialCommand::Retire(serial) => {
            let outcome = block_on(home.open()?.retire(&serial.id(), actor))?;
            did::show(&serial.id(), outcome, "retired", output)
        }
    }
}
