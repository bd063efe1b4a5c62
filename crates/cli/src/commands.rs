//! The verbs.

mod authenticate;
mod backup;
mod controller;
mod demo;
mod derive;
mod enroll;
mod event;
mod events;
mod grant;
mod hash_password;
mod import;
mod init;
mod key;
mod pages;
mod restore;
mod serial;
mod serve;
mod template;
mod unenroll;

use std::num::NonZeroUsize;

use plugmint::{AccessLevel, CompanyId, Labels, SerialCounts, SerialFilter, TemplateState};
use plugmint_http::operators::{About, CountSerials};

use crate::args::{Cli, Command};
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::home::Home;
use crate::output::{Output, time};

/// Does what the command line asks for.
pub(crate) fn run(cli: Cli, output: &Output) -> Result<(), Failure> {
    let home = || Home::of(&cli.place);
    let actor = &cli.place.actor;
    match cli.command {
        Command::Init => init::run(&home()?, output),
        Command::Demo => demo::run(output),
        Command::Template(command) => template::run(command, &home()?, actor, output),
        Command::Serial(command) => serial::run(command, &home()?, actor, output),
        Command::Controller(command) => controller::run(command, &home()?, actor, output),
        Command::Grant(command) => grant::run(command, &home()?, actor, output),
        Command::Events(command) => events::run(command, &home()?, output),
        Command::Key(command) => key::run(&command, &home()?, output),
        Command::Enroll(serial) => enroll::run(&serial.id(), &home()?, output),
        Command::Authenticate { plug_id } => authenticate::run(&plug_id, &home()?, output),
        Command::Unenroll { plug_id } => unenroll::run(&plug_id, &home()?, output),
        Command::Backup { file } => backup::run(&file, &home()?, output),
        Command::Restore { file, forget_revocations } => {
            restore::run(&file, forget_revocations, &home()?, output)
        }
        Command::Serve(arguments) => serve::run(&arguments, &home()?, output),
        Command::HashPassword => hash_password::run(output),
        Command::Derive(arguments) => derive::run(&arguments, output),
    }
}

/// Counts everything that a filter lets through, and tells how far it is.
fn count(
    desk: &Desk,
    filter: &SerialFilter,
    tell: impl Fn(&SerialCounts),
) -> Result<SerialCounts, Failure> {
    desk.ask_long(CountSerials { filter: *filter }, |counts| tell(&counts))
}

/// The company of the registry itself.
fn company(desk: &Desk) -> Result<CompanyId, Failure> {
    Ok(desk.ask(About {})?.company)
}

/// The labels of a command line: of two with one name the last counts.
fn labels(given: &[(String, String)]) -> Result<Labels, Failure> {
    let mut labels = Labels::new();
    given
        .iter()
        .try_for_each(|(name, value)| labels.insert(name, value))
        .map_err(|invalid| Failure::of(Kind::Usage, "usage", &invalid))?;
    Ok(labels)
}

/// What may be done with a Thing, as people read it.
const fn access(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::ReadWrite => "read and write",
        AccessLevel::Read => "read",
        AccessLevel::None => "none",
    }
}

/// The state of a template as people read it.
fn state(state: TemplateState) -> String {
    match state {
        TemplateState::Open => "open".to_owned(),
        TemplateState::Closed { since } => format!("closed since {}", time(since)),
        TemplateState::Deleting { since } => {
            format!("closed by a deletion since {}", time(since))
        }
        TemplateState::Deleted { since } => format!("deleted since {}", time(since)),
    }
}

/// How many records are asked of a store at once.
const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
