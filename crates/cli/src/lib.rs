//! The program `plugmint`: operators' and factories' work.
//!
//! [`run`] reads the command line, does one verb over a registry in a data directory, and answers
//! with an exit code: 0 done, 1 refused, 2 usage, 3 store. It knows no rules: it asks a
//! [`Registry`](plugmint::Registry).

mod args;
mod commands;
mod desk;
mod failure;
mod home;
mod output;
mod progress;
mod prometheus;
mod rows;
mod secret_input;
mod shell;
mod usage;

use std::ffi::OsString;
use std::process::ExitCode;

use args::Cli;
use output::Output;

pub use rows::{InvalidRows, Row, RowProblem, RowRefusal, Rows};

/// Does what a command line asks for and prints what came of it.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::of(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, arguments.iter().any(|word| word == "--json")),
    };
    let output = Output::new(cli.place.json);
    match commands::run(cli, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}
