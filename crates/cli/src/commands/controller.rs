//! `plugmint controller ...`

mod did;
mod enroll;
mod list;
mod show;

use plugmint::{Actor, PlugId};
use plugmint_http::operators::{DisableController, EnableController, FindSerial, RetireController};

use crate::args::ControllerCommand;
use crate::desk::Desk;
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
        ControllerCommand::List(arguments) => list::run(&arguments, &home.desk()?, output),
        ControllerCommand::Show(of) => show::run(&of.plug_id, home, output),
        ControllerCommand::Enroll(arguments) => enroll::run(arguments, home, output),
        ControllerCommand::Reactivate(arguments) => {
            did::reactivate(&arguments, &home.desk()?, actor, output)
        }
        ControllerCommand::Disable(of) => {
            let (desk, plug_id) = (home.desk()?, of.plug_id);
            let outcome = desk
                .ask(DisableController { plug_id, by: actor.clone() })
                .map_err(|failure| not_done(&desk, plug_id, failure))?;
            did::show(&plug_id, outcome, "disabled", output)
        }
        ControllerCommand::Enable(of) => {
            let (desk, plug_id) = (home.desk()?, of.plug_id);
            let outcome = desk
                .ask(EnableController { plug_id, by: actor.clone() })
                .map_err(|failure| not_done(&desk, plug_id, failure))?;
            did::show(&plug_id, outcome, "enabled", output)
        }
        ControllerCommand::Retire(of) => {
            let (desk, plug_id) = (home.desk()?, of.plug_id);
            let outcome = desk
                .ask(RetireController { plug_id, by: actor.clone() })
                .map_err(|failure| not_done(&desk, plug_id, failure))?;
            did::show(&plug_id, outcome, "retired", output)
        }
    }
}

/// Why something was not done with a Controller; and where there is none, what to look at.
fn not_done(desk: &Desk, plug_id: PlugId, failure: Failure) -> Failure {
    if failure.code() != "unknown-controller" {
        return failure;
    }
    match desk.ask(FindSerial { plug_id }) {
        Ok(_) => failure.hint(&format!(
            "that is a device: `plugmint serial show --plug-id {plug_id}` shows it"
        )),
        Err(_) => failure.hint("`plugmint controller list TEMPLATE SERIAL` shows those of a Thing"),
    }
}
