//! The verbs.

mod authenticate;
mod backup;
mod demo;
mod derive;
mod enroll;
mod import;
mod init;
mod restore;
mod serial;
mod template;

use std::num::NonZeroUsize;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli, output: &Output) -> Result<(), Failure> {
    let home = || Home::of(&cli.place);
    let actor = &cli.place.actor;
    match cli.command {
        Command::Init => init::run(&home()?, output),
        Command::Demo => demo::run(output),
        Command::Template(command) => template::run(command, &home()?, output),
        Command::Serial(command) => serial::run(command, &home()?, actor, output),
        Command::Enroll(serial) => enroll::run(&serial.id(), &home()?, output),
        Command::Authenticate { plug_id } => authenticate::run(&plug_id, &home()?, output),
        Command::Backup { file } => backup::run(&file, &home()?, output),
        Command::Restore { file, forget_revocations } => {
            restore::run(&file, forget_revocations, &home()?, output)
        }
        Command::Derive(arguments) => derive::run(&arguments, output),
    }
}

/// How many records are asked of a store at once.
const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
