//! What the verbs on one serial are told.

use clap::Args;
use plugmint::{Epoch, PlugId, SerialId, SerialNumber, TemplateId, Verb};

use crate::args::values::{self, OwnAccess};

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct SerialArgs {
    /// The template's id
    #[arg(value_name = "TEMPLATE", value_parser = TemplateId::parse)]
    pub(crate) template: TemplateId,
    /// The serial number
    #[arg(value_name = "SERIAL", value_parser = SerialNumber::parse, allow_hyphen_values = true)]
    pub(crate) serial: SerialNumber,
}

impl SerialArgs {
    pub(crate) const fn id(&self) -> SerialId {
        SerialId::new(self.template, self.serial)
    }
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
    /// What to remember of it; may be given several times
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = values::label)]
    pub(crate) labels: Vec<(String, String)>,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The template's id
    #[arg(
        value_name = "TEMPLATE",
        value_parser = TemplateId::parse,
        required_unless_present = "plug_id",
        requires = "serial"
    )]
    pub(crate) template: Option<TemplateId>,
    /// The serial number
    #[arg(value_name = "SERIAL", value_parser = SerialNumber::parse, allow_hyphen_values = true)]
    pub(crate) serial: Option<SerialNumber>,
    /// The serial whose device is or was called so
    #[arg(
        long,
        value_name = "PLUG_ID",
        value_parser = values::device,
        conflicts_with_all = ["template", "serial"]
    )]
    pub(crate) plug_id: Option<PlugId>,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
    /// The verb, as the list of all names it
    #[arg(value_name = "VERB")]
    pub(crate) verb: Option<Verb>,
}

#[derive(Args, Debug)]
pub(crate) struct ReplaceControlArgs {
    /// Let those who may act on the Thing go on: only who comes from now on needs the new password
    #[arg(long)]
    pub(crate) keep_grants: bool,
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
}

#[derive(Args, Debug)]
pub(crate) struct SetAccessArgs {
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
    /// read-write, read, none, or what the template says: template
    #[arg(value_name = "LEVEL", value_parser = values::own_access)]
    pub(crate) access: OwnAccess,
}

#[derive(Args, Debug)]
pub(crate) struct SeenArgs {
    #[command(flatten)]
    pub(crate) seen: SeenEpoch,
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ReactivateArgs {
    #[command(flatten)]
    pub(crate) seen: SeenEpoch,
    /// Let the old password connect for so long, at most: 30m, 24h, 7d
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) overlap: Option<u64>,
    #[command(flatten)]
    pub(crate) serial: SerialArgs,
}

/// The epoch at which a serial or a Controller was looked at.
#[derive(Args, Clone, Copy, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct SeenEpoch {
    /// The epoch that `show` printed: refused if anything has raised it since
    #[arg(long, value_name = "N", value_parser = values::epoch)]
    pub(crate) epoch: Option<Epoch>,
    /// Whatever the epoch is: it is read first. Not safe to call again when it is not known what
    /// came of a call: the second one does it a second time
    #[arg(long)]
    pub(crate) any_epoch: bool,
}
