//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use plugmint::{
    Actor, Argon2Cost, CompanyId, ControlClass, InvalidPlugId, PasswordClass, PlugId, PlugIdKind,
    SerialNumber, TemplateId, TemplateName,
};

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
        default_value = "./plugmint-data"
    )]
    pub(crate) data: PathBuf,
    /// The file that holds the root key: 64 hex digits, mode 0600 [default: DIR.key]
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "FILE")]
    pub(crate) root_key: Option<PathBuf>,
    /// Print one JSON value on standard output, and nothing else there
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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a store, a root key and a company
    Init,
    /// Show the main job in a temporary directory, from template to activated devices
    Demo,
    /// Production Templates
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Serials
    #[command(subcommand)]
    Serial(SerialCommand),
    /// Enroll a device with its enroll password, and print its credentials
    Enroll(SerialArgs),
    /// Connect as a device, with its connection password
    Authenticate {
        /// The device's Plug-ID
        #[arg(value_name = "PLUG_ID", value_parser = device)]
        plug_id: PlugId,
    },
    /// Write a backup of the store
    ///
    /// The root key is not in it: keep a copy of that apart. The store must be free: a server that
    /// holds it writes its own backups. A backup or restore that is killed leaves a file
    /// .plugmint-*.new, which may be deleted.
    Backup {
        /// The file to write; nothing of that name may be there
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make the store of a backup, where there is none
    ///
    /// The root key of the store must be there: a backup holds none. Whatever was revoked since the
    /// backup was made is not revoked in it: look through your notes and disable or retire again.
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Accept that every disable, retire and other revocation since the backup is undone
        #[arg(long)]
        forget_revocations: bool,
    },
    /// Derive credentials from a password, without a store
    ///
    /// The password is taken as it is: neither it nor the cost is judged. The key comes from
    /// --root-key-file; --data and --root-key play no part.
    Derive(DeriveArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Make a template, and print its id
    Create(CreateTemplateArgs),
    /// List the templates of a company
    List {
        /// The company; the one of init by default
        #[arg(long, value_name = "ID", value_parser = CompanyId::parse)]
        company: Option<CompanyId>,
    },
    /// Show a template
    Show {
        /// The template's id
        #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
        template: TemplateId,
    },
}

#[derive(Args, Debug)]
pub(crate) struct CreateTemplateArgs {
    /// What people call it
    #[arg(value_name = "NAME", value_parser = TemplateName::parse)]
    pub(crate) name: TemplateName,
    /// The company that it belongs to; the one of init by default
    #[arg(long, value_name = "ID", value_parser = CompanyId::parse)]
    pub(crate) company: Option<CompanyId>,
    /// How the enroll passwords were made: generated, chosen or shared
    #[arg(long, value_name = "CLASS", default_value_t)]
    pub(crate) password_class: PasswordClass,
    /// How the control passwords were made: generated or chosen
    #[arg(long, value_name = "CLASS", default_value_t)]
    pub(crate) control_class: ControlClass,
    /// What stretching a chosen or shared password costs [default: 19456,2,1]
    #[arg(long, value_name = "KIB,PASSES,LANES", value_parser = argon2_cost)]
    pub(crate) argon2: Option<Argon2Cost>,
    /// Keep each serial's enroll key, sealed, until its device connects: only where it is kept can
    /// operators ever enroll a device without its password
    #[arg(long)]
    pub(crate) operator_enroll: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SerialCommand {
    /// Register the serials of a CSV file
    ///
    /// The file is UTF-8 with commas between the values. Its first line names the columns:
    /// `serial`, `enroll_password` and, if there is one, `control_password`. A file with a bad row
    /// is refused whole, with the line of each; importing it again leaves what is registered as it
    /// is, and what is retired stays so.
    Import {
        /// The template's id
        #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
        template: TemplateId,
        /// The CSV file; `-` for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Register one serial
    ///
    /// The enroll password is asked for or stands on the first line of standard input; a control
    /// password, if there shall be one, on the second.
    Add(SerialArgs),
    /// List the serials of a template
    List {
        /// The template's id
        #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
        template: TemplateId,
    },
    /// Show a serial
    Show(SerialArgs),
    /// Show what happened to a serial
    History(SerialArgs),
    /// Let a serial neither enroll nor authenticate until it is enabled
    Disable(SerialArgs),
    /// Let a disabled serial enroll and authenticate again
    Enable(SerialArgs),
    /// Let a serial never enroll or authenticate again
    Retire(SerialArgs),
}

#[derive(Args, Debug)]
pub(crate) struct SerialArgs {
    /// The template's id
    #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
    /// The serial number
    #[arg(value_name = "SERIAL", value_parser = SerialNumber::parse, allow_hyphen_values = true)]
    pub(crate) serial: SerialNumber,
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
    #[arg(long, value_name = "KIB,PASSES,LANES", value_parser = argon2_cost)]
    pub(crate) argon2: Option<Argon2Cost>,
}

fn device(text: &str) -> Result<PlugId, InvalidPlugId> {
    PlugId::parse_kind(PlugIdKind::Device, text)
}

fn argon2_cost(text: &str) -> Result<Argon2Cost, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok([memory_kib, passes, lanes]) => {
            Argon2Cost::new(*memory_kib, *passes, *lanes).map_err(|invalid| invalid.to_string())
        }
        Ok(_) | Err(_) => {
            Err("expected three numbers of at most 4294967295, as in 19456,2,1".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_cost_is_three_numbers_that_rfc_9106_allows() {
        assert_eq!(argon2_cost("64,1,1"), Ok(Argon2Cost::new(64, 1, 1).unwrap()));
        for text in ["", "64", "64,1", "64,1,1,1", "64,1,x", "-64,1,1", "7,1,1", "64,0,1", "64,1,0"]
        {
            assert!(argon2_cost(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_place_may_stand_before_and_after_the_verb() {
        for words in [
            ["plugmint", "--data", "d", "--json", "template", "list"],
            ["plugmint", "template", "--data", "d", "list", "--json"],
            ["plugmint", "template", "list", "--json", "--data", "d"],
        ] {
            let cli = Cli::try_parse_from(words).unwrap();
            assert!(cli.place.json);
            assert_eq!(cli.place.data, PathBuf::from("d"));
        }
    }
}
