//! The command line.

mod controller;
mod events;
mod grant;
mod key;
mod serial;
mod serve;
mod template;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use plugmint::{Actor, Argon2Cost, PasswordClass, PlugId, SerialNumber, TemplateId};

pub(crate) use controller::{
    ControllerCommand, EnrollControllerArgs, ListControllersArgs, ReactivateControllerArgs,
};
pub(crate) use events::{EventsCommand, FeedArgs, ForgetArgs};
pub(crate) use grant::{BehindGrant, GrantArgs, GrantCommand, ListGrantsArgs, ReleaseArgs};
pub(crate) use key::KeyCommand;
pub(crate) use serial::{
    AddArgs, ExplainArgs, FilterArgs, HistoryArgs, ListArgs, ReactivateArgs, ReplaceControlArgs,
    SeenArgs, SeenEpoch, SerialArgs, SerialCommand, SetAccessArgs, ShowArgs, VerifyHistoryArgs,
};
pub(crate) use serve::{LogFormat, ServeArgs};
pub(crate) use template::{
    ChangeTemplateArgs, CreateTemplateArgs, DeleteTemplateArgs, TemplateCommand,
};
pub(crate) use values::OwnAccess;

/// Mints and verifies the credentials of connected products.
///
/// Passwords are read from a prompt, or from standard input when it is no terminal; never from an
/// argument. One line end (LF or CRLF) behind them is removed, and nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "plugmint",
    version,
    args_override_self = true,
    after_help = "Exit codes: 0 done, 1 refused, 2 usage, 3 store."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// What a command line says.
    pub(crate) fn of(
        words: impl IntoIterator<Item: Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let mut command = numbers_below_nothing(Self::command());
        let mut said = command.try_get_matches_from_mut(words)?;
        Self::from_arg_matches_mut(&mut said).map_err(|error| error.format(&mut command))
    }
}

/// The same, where `-1` is a value, to be refused with its reason, and no option that is unknown.
fn numbers_below_nothing(command: clap::Command) -> clap::Command {
    let verbs: Vec<_> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let command = command.mut_args(|argument| {
        let has_value = argument.get_action().takes_values();
        argument.allow_negative_numbers(has_value)
    });
    verbs
        .into_iter()
        .fold(command, |command, verb| command.mut_subcommand(verb, numbers_below_nothing))
}

/// Where the registry lies, and how to answer.
#[derive(Args, Debug)]
pub(crate) struct Place {
    /// The directory that holds the store
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        value_name = "DIR",
        env = "PLUGMINT_DATA",
        default_value = DEFAULT_DATA
    )]
    pub(crate) data: PathBuf,
    /// The file that holds the root key: 64 hex digits, mode 0600; later versions lie beside it, in
    /// FILE.2 and so on [default: DIR.key]
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "FILE")]
    pub(crate) root_key: Option<PathBuf>,
    /// Print one JSON value on standard output, and nothing else there; times are milliseconds
    /// since 1970
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// Who does this: kept in the history of serials
    #[arg(
        long,
        global = true, help_heading = "Everywhere",
        value_name = "NAME",
        env = "PLUGMINT_ACTOR",
        default_value = "operator",
        value_parser = Actor::parse
    )]
    pub(crate) actor: Actor,
}

/// The data directory that is meant where none is named.
pub(crate) const DEFAULT_DATA: &str = "./plugmint-data";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a store, a root key and a company
    ///
    /// Neither is made anew where it is there: a second init is refused, and one that was
    /// interrupted goes on.
    #[command(after_help = "Example:\n  plugmint init")]
    Init,
    /// Show the main job in a temporary directory, from template to activated devices
    ///
    /// It takes a second, and leaves nothing behind.
    #[command(after_help = "Example:\n  plugmint demo")]
    Demo,
    /// Production Templates
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Serials
    #[command(subcommand)]
    Serial(SerialCommand),
    /// Controllers: what enrolled with the control password of a Thing, such as a phone
    #[command(subcommand)]
    Controller(ControllerCommand),
    /// Grants: who may act on which Thing
    #[command(subcommand)]
    Grant(GrantCommand),
    /// Events of all serials: what happened, and how long it is kept
    #[command(subcommand)]
    Events(EventsCommand),
    /// Versions of the root key: replace one that leaked or has served its time
    #[command(subcommand)]
    Key(KeyCommand),
    /// Enroll a device with its enroll password, and print its credentials
    ///
    /// What a device does, done by hand: the serial is Enrolled afterwards. Enrolling again gives
    /// the same credentials, as far as the template repeats them. For a device whose enroll
    /// password nobody has, see `serial enroll`.
    #[command(after_help = "Example:\n  plugmint enroll mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Enroll(SerialArgs),
    /// Connect as a device or a Controller, with its connection password
    ///
    /// What either does, done by hand. The first connection activates it and ends an overlap; any
    /// other changes nothing.
    #[command(after_help = "Example:\n  plugmint authenticate dev-1f2e3d4c5b6a798812345678")]
    Authenticate {
        /// Its Plug-ID
        #[arg(value_name = "PLUG_ID", value_parser = values::device)]
        plug_id: PlugId,
    },
    /// Take a device or a Controller off as itself, with its connection password
    ///
    /// What either does, done by hand. Its password ends and grants on it and held by it end. The
    /// serial of a device is Registered, and may enroll again under the same Plug-ID; a Controller
    /// is Retired, and enrolls as another one. A second call is refused: the password has ended.
    #[command(after_help = "Example:\n  plugmint unenroll dev-1f2e3d4c5b6a798812345678")]
    Unenroll {
        /// Its Plug-ID
        #[arg(value_name = "PLUG_ID", value_parser = values::device)]
        plug_id: PlugId,
    },
    /// Write a backup of the store
    ///
    /// The root key is not in it: keep a copy of that apart. Beside a server it is the server that
    /// writes it, with its rights. A backup or restore that is killed leaves a file
    /// .plugmint-*.new, which may be deleted.
    #[command(after_help = "Example:\n  plugmint backup monday.redb")]
    Backup {
        /// The file to write; nothing of that name may be there
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make the store of a backup, where there is none
    ///
    /// The root key of the store must be there: a backup holds none. Whatever was revoked since the
    /// backup was made is not revoked in it: look through your notes and disable or retire again.
    #[command(after_help = "Example:\n  plugmint restore --forget-revocations monday.redb")]
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Accept that every disable, retire and other revocation since the backup is undone
        #[arg(long)]
        forget_revocations: bool,
    },
    /// Serve devices over HTTP, until it is told to end
    ///
    /// Devices enroll, connect and work on their lists under /iot/device. The store is the server's
    /// while it runs: other verbs ask it, over a socket in the data directory that its user alone
    /// may open. It ends on SIGINT or SIGTERM, once the calls that it accepted are answered. Name a
    /// certificate, or put a proxy that speaks TLS before it: what devices send are passwords.
    #[command(after_help = "Examples:
  plugmint serve
  plugmint serve --listen 0.0.0.0:8080 --trusted-proxy 10.0.0.1")]
    Serve(ServeArgs),
    /// Print the hash of a password, for `serve --owner-hash-file`
    ///
    /// The password is asked for, or is standard input. Its Argon2id is printed in the PHC string
    /// format; the same password has another hash each time. Nothing is changed.
    #[command(after_help = "Example:
  plugmint hash-password")]
    HashPassword,
    /// Derive credentials from a password, without a store
    ///
    /// The password is taken as it is: neither it nor the cost is judged. The key comes from
    /// --root-key-file; --data and --root-key play no part. Nothing is changed.
    #[command(after_help = "Example:\n  plugmint derive --root-key-file plugmint-data.key \
                            --template mod-5c66bc451866d3c62ba0b904 --serial SN-0001 \
                            --class generated")]
    Derive(DeriveArgs),
}

#[derive(Args, Debug)]
pub(crate) struct DeriveArgs {
    /// The file that holds the root key: 64 hex digits, mode 0600
    #[arg(long, value_name = "F")]
    pub(crate) root_key_file: PathBuf,
    /// The template's id
    #[arg(long, value_name = "T", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
    /// The serial number of the Thing
    #[arg(long, value_name = "S", value_parser = SerialNumber::parse, allow_hyphen_values = true)]
    pub(crate) serial: SerialNumber,
    /// How the password was made: generated, chosen or shared
    #[arg(long, value_name = "C")]
    pub(crate) class: PasswordClass,
    /// How often the connection password was reissued
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) epoch: u32,
    /// Derive for this Controller of the Thing, from the control password
    #[arg(long, value_name = "N")]
    pub(crate) ordinal: Option<u32>,
    /// What stretching a chosen or shared password costs [default: 19456,2,1]
    #[arg(long, value_name = "KIB,PASSES,LANES", value_parser = values::argon2_cost)]
    pub(crate) argon2: Option<Argon2Cost>,
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    /// Each verb, with the words that lead to it.
    fn verbs(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
        let path = format!("{path} {}", command.get_name());
        if command.get_subcommands().next().is_none() {
            return vec![(path, command.clone())];
        }
        command.get_subcommands().flat_map(|verb| verbs(verb, &path)).collect()
    }

    #[test]
    fn the_help_of_every_verb_says_what_holds_after_and_has_an_example_that_parses() {
        for (path, verb) in verbs(&Cli::command(), "") {
            assert!(verb.get_long_about().is_some(), "{path} says only what it does");
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.lines().filter_map(|line| line.strip_prefix("  "));
            let examples: Vec<_> = examples.collect();
            assert!(!examples.is_empty(), "{path} has no example");
            for example in examples {
                assert!(example.starts_with(path.trim()), "{path}: {example}");
                let parsed = Cli::of(example.split(' '));
                assert!(parsed.is_ok(), "{example}: {parsed:?}");
            }
        }
    }

    #[test]
    fn a_number_below_nothing_is_a_value_that_is_refused_and_no_option() {
        let mut asked = 0;
        for (path, verb) in verbs(&Cli::command(), "") {
            let numbers = verb.get_arguments().filter(|argument| {
                let names = argument.get_value_names().unwrap_or_default();
                names.iter().any(|name| NUMBERS.contains(&name.as_str()))
            });
            for number in numbers {
                let option = number.get_long().map(|name| format!("--{name}"));
                let words = path.split_whitespace().map(str::to_owned).chain(option);
                let refused = Cli::of(words.chain(["-1".to_owned()])).unwrap_err();
                assert_eq!(
                    refused.kind(),
                    ErrorKind::ValueValidation,
                    "{path} {number}: {refused}"
                );
                asked += 1;
            }
        }
        assert!(asked > 20, "{asked} numbers");
    }

    /// What the value of an argument is called where it is a number.
    const NUMBERS: [&str; 7] = ["N", "N|off", "NUMBER", "SECONDS", "VERSION", "ORDINAL", "CURSOR"];

    #[test]
    fn the_place_may_stand_before_and_after_the_verb() {
        for words in [
            ["plugmint", "--data", "d", "--json", "template", "list"],
            ["plugmint", "template", "--data", "d", "list", "--json"],
            ["plugmint", "template", "list", "--json", "--data", "d"],
        ] {
            let cli = Cli::of(words).unwrap();
            assert!(cli.place.json);
            assert_eq!(cli.place.data, PathBuf::from("d"));
        }
    }
}
