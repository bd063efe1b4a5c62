//! `plugmint serial ...`

mod add;
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
use crate::secret_input;

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
        SerialCommand::ReplaceControlPassword(serial) => {
            let id = serial.id();
            // Who asks for a serial that is not there need not type a password first; and nobody
            // else waits for the store while somebody types.
            block_on(home.open()?.serial(&id))?;
            let control = secret_input::control()?;
            let done = block_on(home.open()?.replace_control_password(&id, &control, actor))?;
            did::show(&id, done, "has another control password", output)
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
