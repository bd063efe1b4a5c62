//! `plugmint key ...`

mod add;
mod drop;
mod list;
mod sweep;

use plugmint::KeyProgress;
use plugmint_http::operators::CountKeys;

use crate::args::KeyCommand;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::{progress, shell};

pub(crate) fn run(command: &KeyCommand, home: &Home, output: &Output) -> Result<(), Failure> {
    match command {
        KeyCommand::List => list::run(home, output),
        KeyCommand::Add => add::run(home, output),
        KeyCommand::Sweep => sweep::run(home, output),
        KeyCommand::Drop { version } => drop::run(*version, home, output),
    }
}

/// Counts everything that lies under each version.
fn count(desk: &Desk, output: &Output) -> Result<KeyProgress, Failure> {
    let counting = progress::spinner("{spinner} {pos} records counted", output);
    let counted = desk.ask_long(CountKeys {}, |counted| {
        counting.set_position(counted.by_version().map(|(_, uses)| uses.record_tags).sum());
    });
    counting.finish_and_clear();
    counted
}

/// The command line of a verb, as it can be run where this program was run.
fn command_line(home: &Home, words: &[&str]) -> String {
    let place = home.options().iter().map(String::as_str);
    let words: Vec<_> = place.chain(["key"]).chain(words.iter().copied()).collect();
    shell::command(&words, &[])
}
