//! The verbs on Controllers.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};
use plugmint::{DeviceName, Ordinal, PlugId, SerialNumber};

use super::{SeenEpoch, SerialArgs, values};

#[derive(Debug, Subcommand)]
pub(crate) enum ControllerCommand {
    /// List the Controllers that enrolled with a Thing, retired ones too
    ///
    /// All of them, oldest first, or --limit of them; where there are more it says `next`, and
    /// --after goes on there. Who may act on the Thing is told by `grant list`. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint controller list mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint controller list --limit 100 --after 99 mod-5c66bc451866d3c62ba0b904 SN-0001")]
    List(ListControllersArgs),
    /// Show all there is to know of a Controller, what it may act on, and what may be done next
    ///
    /// Each verb that would do something stands there with its command line. Nothing is changed.
    #[command(after_help = "Example:
  plugmint controller show dev-1f2e3d4c5b6a798812345678")]
    Show(ControllerArgs),
    /// Enroll as a Controller with the control password of a Thing, and print its credentials, once
    ///
    /// What a phone does, done by hand. The control password is asked for, or is standard input.
    /// The Controller is Enrolled afterwards and may act on the Thing, which must be Enrolled or
    /// Activated itself. With the same --own-serial a second call gives the same credentials until
    /// it has connected, and new ones once it was reactivated. Without --own-serial a second call
    /// makes a second Controller: nobody could tell the two apart.
    #[command(after_help = "Examples:
  plugmint controller enroll mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint controller enroll --own-serial PHONE-7 mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Enroll(EnrollControllerArgs),
    /// Let a Controller enroll again, for another connection password
    ///
    /// The cure for a connection password that leaked or was lost. The old one ends at once; the
    /// Controller enrolls again with its own serial and the control password, under the same
    /// Plug-ID, and its grants stay. Refused where it could not: it named no own serial, another
    /// Controller came with that since, or the control password was replaced since. A call with the
    /// same --epoch that is made again says already.
    #[command(after_help = "Example:
  plugmint controller reactivate --epoch 0 dev-1f2e3d4c5b6a798812345678")]
    Reactivate(ReactivateControllerArgs),
    /// Let a Controller neither connect nor act on any Thing until it is enabled
    ///
    /// Nor does it enroll again with its own serial. Its password and its grants stay. Whoever
    /// knows the control password may still enroll as another one: for a lost phone replace that,
    /// too. A second call says already.
    #[command(after_help = "Example:
  plugmint controller disable dev-1f2e3d4c5b6a798812345678")]
    Disable(ControllerArgs),
    /// Let a disabled Controller connect and act again
    ///
    /// With the password and the grants that it had. A second call says already.
    #[command(after_help = "Example:
  plugmint controller enable dev-1f2e3d4c5b6a798812345678")]
    Enable(ControllerArgs),
    /// Let a Controller never connect again
    ///
    /// All its grants end and nothing brings it back; its ordinal stays used. Whoever knows the
    /// control password may enroll as another one. A second call says already.
    #[command(after_help = "Example:
  plugmint controller retire dev-1f2e3d4c5b6a798812345678")]
    Retire(ControllerArgs),
}

#[derive(Args, Debug)]
pub(crate) struct ControllerArgs {
    /// The Controller's Plug-ID
    #[arg(value_name = "PLUG_ID", value_parser = values::device)]
    pub(crate) plug_id: PlugId,
}

#[derive(Args, Debug)]
pub(crate) struct ListControllersArgs {
    #[command(flatten)]
    pub(crate) thing: SerialArgs,
    /// Print so many at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroUsize>,
    /// Begin behind the Controller of that ordinal, as `next` said
    #[arg(long, value_name = "ORDINAL", value_parser = values::ordinal)]
    pub(crate) after: Option<Ordinal>,
}

#[derive(Args, Debug)]
pub(crate) struct ReactivateControllerArgs {
    #[command(flatten)]
    pub(crate) seen: SeenEpoch,
    #[command(flatten)]
    pub(crate) of: ControllerArgs,
}

#[derive(Args, Debug)]
pub(crate) struct EnrollControllerArgs {
    /// What people call the Controller
    #[arg(long, value_name = "NAME", value_parser = DeviceName::parse, allow_hyphen_values = true)]
    pub(crate) name: Option<DeviceName>,
    /// The Controller's own serial number, by which it is known again
    #[arg(
        long,
        value_name = "SERIAL",
        value_parser = SerialNumber::parse,
        allow_hyphen_values = true
    )]
    pub(crate) own_serial: Option<SerialNumber>,
    #[command(flatten)]
    pub(crate) thing: SerialArgs,
}
