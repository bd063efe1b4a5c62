//! The verbs on grants.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};
use plugmint::{PlugId, SerialId, SerialNumber, TemplateId};

use super::{SerialArgs, values};

#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// List who may act on a Thing, or what somebody may act on
    ///
    /// All of them, or --limit of them; where there are more it says `next`, and --after goes on
    /// there. The access is what holds now: a grant stays while either side is disabled, and gives
    /// none. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint grant list mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint grant list --of dev-1f2e3d4c5b6a798812345678 --limit 100")]
    List(ListGrantsArgs),
    /// Let a Controller or another Thing act on a Thing, without its control password
    ///
    /// The Thing must be Enrolled or Activated. What may be done with it is what `serial
    /// set-access` or its template says. A second call says already.
    #[command(after_help = "Example:
  plugmint grant add mod-5c66bc451866d3c62ba0b904 SN-0001 dev-1f2e3d4c5b6a798812345678")]
    Add(GrantArgs),
    /// End the grant that somebody holds on a Thing, or all that somebody holds
    ///
    /// The holder still connects, and whoever knows the control password of the Thing may be
    /// granted it again. A second call says already; with --all it does its work, which may be
    /// none, again.
    #[command(after_help = "Examples:
  plugmint grant release mod-5c66bc451866d3c62ba0b904 SN-0001 dev-1f2e3d4c5b6a798812345678
  plugmint grant release --all dev-1f2e3d4c5b6a798812345678")]
    Release(ReleaseArgs),
}

/// Somebody and a Thing.
#[derive(Args, Debug)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    pub(crate) thing: SerialArgs,
    /// The Plug-ID of the Controller or the other Thing
    #[arg(value_name = "PLUG_ID", value_parser = values::device)]
    pub(crate) holder: PlugId,
}

#[derive(Args, Debug)]
pub(crate) struct ListGrantsArgs {
    /// The template's id
    #[arg(
        value_name = "TEMPLATE",
        value_parser = TemplateId::parse,
        required_unless_present = "of",
        requires = "serial"
    )]
    pub(crate) template: Option<TemplateId>,
    /// The serial number
    #[arg(value_name = "SERIAL", value_parser = SerialNumber::parse, allow_hyphen_values = true)]
    pub(crate) serial: Option<SerialNumber>,
    /// What the Controller or the Thing of that Plug-ID may act on
    #[arg(
        long,
        value_name = "PLUG_ID",
        value_parser = values::device,
        conflicts_with_all = ["template", "serial"]
    )]
    pub(crate) of: Option<PlugId>,
    /// Print so many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroUsize>,
    /// Begin behind that one, as `next` said: a Plug-ID, or with --of a Thing
    #[arg(long, value_name = "PLUG_ID|TEMPLATE/SERIAL", value_parser = behind)]
    pub(crate) after: Option<BehindGrant>,
}

/// Where a list of grants begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BehindGrant {
    /// Behind the grant of that holder.
    Of(PlugId),
    /// Behind the grant on that Thing.
    On(SerialId),
}

#[derive(Args, Debug)]
pub(crate) struct ReleaseArgs {
    /// The template's id
    #[arg(
        value_name = "TEMPLATE",
        value_parser = TemplateId::parse,
        required_unless_present = "all",
        requires = "serial"
    )]
    pub(crate) template: Option<TemplateId>,
    /// The serial number
    #[arg(
        value_name = "SERIAL",
        value_parser = SerialNumber::parse,
        allow_hyphen_values = true,
        requires = "holder"
    )]
    pub(crate) serial: Option<SerialNumber>,
    /// The Plug-ID of the Controller or the other Thing
    #[arg(value_name = "PLUG_ID", value_parser = values::device)]
    pub(crate) holder: Option<PlugId>,
    /// End all grants that the Controller or the Thing of that Plug-ID holds
    #[arg(
        long,
        value_name = "PLUG_ID",
        value_parser = values::device,
        conflicts_with_all = ["template", "serial", "holder"]
    )]
    pub(crate) all: Option<PlugId>,
}

fn behind(text: &str) -> Result<BehindGrant, String> {
    if text.contains('/') {
        return values::serial_id(text).map(BehindGrant::On);
    }
    let holder = values::device(text).map_err(|invalid| invalid.to_string());
    holder.map(BehindGrant::Of)
}
