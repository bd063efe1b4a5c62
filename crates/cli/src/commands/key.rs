//! `plugmint key ...`

mod add;
mod drop;
mod list;
mod sweep;

use plugmint::{KeyProgress, Registry};
use pollster::block_on;

use crate::args::KeyCommand;
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
fn count(registry: &Registry, output: &Output) -> Result<KeyProgress, Failure> {
    let counting = progress::spinner("{spinner} {pos} records counted", output);
    let (mut counted, mut next) = block_on(registry.key_progress(None))?;
    while let Some(after) = next {
        counting.set_position(counted.by_version().map(|(_, uses)| uses.record_tags).sum());
        let (more, behind) = block_on(registry.key_progress(Some(&after)))?;
        counted += more;
        next = behind;
    }
    counting.finish_and_clear();
    Ok(counted)
}

/// The command line of a verb, as it can be run where this program was run.
fn command_line(home: &Home, words: &[&str]) -> String {
    let place = home.options().iter().map(String::as_str);
    let words: Vec<_> = place.chain(["key"]).chain(words.iter().copied()).collect();
    shell::command(&words, &[])
}
