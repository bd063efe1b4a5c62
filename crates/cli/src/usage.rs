//! What is told of a command line that says nothing that can be done.

use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};

use crate::failure::{Failure, Kind};
use crate::output::Output;

/// Tells what clap found, or shows help and version. A word that may be a password, because it
/// stands where none belongs, is never repeated.
pub(crate) fn report(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Who does not listen any more had enough of the help.
        error.print().unwrap_or_default();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        error.print().unwrap_or_default();
        return ExitCode::from(2);
    }
    Output::new(json).fail(&Failure::new(Kind::Usage, "usage", message(error)))
}

fn message(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => match context(ContextKind::InvalidArg) {
            Some(option) if is_option(&option) => format!("there is no option `{option}`"),
            Some(_) | None => "there is an argument too many: passwords are read from a prompt or \
                               from standard input, never from an argument"
                .to_owned(),
        },
        ErrorKind::InvalidSubcommand => "there is no such verb".to_owned(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let of = context(ContextKind::InvalidArg).unwrap_or_default();
            let why = std::error::Error::source(error).map(|why| format!(": {why}"));
            format!("not a value for {of}{}", why.unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict => {
            return error.render().to_string().trim_start_matches("error: ").trim_end().to_owned();
        }
        _ => "the command line is not understood".to_owned(),
    };
    format!("{what}; see --help")
}

/// `--word`, as options are, and as passwords hardly ever.
fn is_option(word: &str) -> bool {
    word.strip_prefix("--").is_some_and(|name| {
        name.len() < 20 && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase())
    })
}
