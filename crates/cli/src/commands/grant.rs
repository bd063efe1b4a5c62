//! `plugmint grant ...`

mod add;
mod list;
mod release;

use plugmint::Actor;

use crate::args::GrantCommand;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(super) use list::{COLUMNS_OF, row_of};

pub(crate) fn run(
    command: GrantCommand,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        GrantCommand::List(arguments) => list::run(&arguments, &home.desk()?, output),
        GrantCommand::Add(arguments) => add::run(&arguments, home, actor, output),
        GrantCommand::Release(arguments) => release::run(&arguments, &home.desk()?, actor, output),
    }
}
