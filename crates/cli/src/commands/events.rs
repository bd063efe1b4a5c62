//! `plugmint events ...`

mod feed;
mod forget;

use crate::args::EventsCommand;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(command: EventsCommand, home: &Home, output: &Output) -> Result<(), Failure> {
    match command {
        EventsCommand::Feed(arguments) => feed::run(&arguments, home, output),
        EventsCommand::Forget(arguments) => forget::run(&arguments, &home.desk()?, output),
    }
}
