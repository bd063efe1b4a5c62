//! `plugmint controller ...`

mod did;
mod enroll;
mod list;
mod show;

use plugmint::{Actor, PlugId, Registry};
use pollster::block_on;

use crate::args::ControllerCommand;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(
    command: ControllerCommand,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        ControllerCommand::List(arguments) => list::run(&arguments, &home.open()?, output),
        ControllerCommand::Show(of) => show::run(&of.plug_id, home, output),
        ControllerCommand::Enroll(arguments) => enroll::run(arguments, home, output),
        ControllerCommand::Reactivate(arguments) => {
            did::reactivate(&arguments, &home.open()?, actor, output)
        }
        ControllerCommand::Disable(of) => {
            let registry = home.open()?;
            let outcome = block_on(registry.disable_controller(&of.plug_id, actor))
                .map_err(|error| not_done(&registry, &of.plug_id, error))?;
            did::show(&of.plug_id, outcome, "disabled", output)
        }
        ControllerCommand::Enable(of) => {
            let registry = home.open()?;
            let outcome = block_on(registry.enable_controller(&of.plug_id, actor))
                .map_err(|error| not_done(&registry, &of.plug_id, error))?;
            did::show(&of.plug_id, outcome, "enabled", output)
        }
        ControllerCommand::Retire(of) => {
            let registry = home.open()?;
            let outcome = block_on(registry.retire_controller(&of.plug_id, actor))
                .map_err(|error| not_done(&registry, &of.plug_id, error))?;
            did::show(&of.plug_id, outcome, "retired", output)
        }
    }
}

/// Why something was not done with a Controller; and where there is none, what to look at.
fn not_done(registry: &Registry, plug_id: &PlugId, error: impl Into<Failure>) -> Failure {
    let failure: Failure = error.into();
    if failure.code() != "unknown-controller" {
        return failure;
    }
    match block_on(registry.serial_of(plug_id)) {
        Ok(_) => failure.hint(&format!(
            "that is a device: `plugmint serial show --plug-id {plug_id}` shows it"
        )),
        Err(_) => failure.hint("`plugmint controller list TEMPLATE SERIAL` shows those of a Thing"),
    }
}
