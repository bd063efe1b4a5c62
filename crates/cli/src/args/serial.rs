//! The verbs on serials.

mod lists;
mod one;

use std::path::PathBuf;

use clap::Subcommand;
use plugmint::TemplateId;

pub(crate) use lists::{FilterArgs, HistoryArgs, ListArgs, VerifyHistoryArgs};
pub(crate) use one::{
    AddArgs, ExplainArgs, ReactivateArgs, ReplaceControlArgs, SeenArgs, SeenEpoch, SerialArgs,
    SetAccessArgs, ShowArgs,
};

#[derive(Debug, Subcommand)]
pub(crate) enum SerialCommand {
    /// Register the serials of a CSV file
    ///
    /// The file is UTF-8 with commas between the values. Its first line names the columns:
    /// `serial`, `enroll_password` and, if there is one, `control_password`. A file with a bad row
    /// is refused whole, with the line of each; importing it again leaves what is registered as it
    /// is, and what is retired stays so.
    #[command(after_help = "Example:
  plugmint serial import mod-5c66bc451866d3c62ba0b904 serials.csv")]
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
    /// password, if there shall be one, on the second. The serial is Registered at epoch 0, and
    /// waits for its device.
    #[command(after_help = "Example:
  plugmint serial add mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Add(AddArgs),
    /// List serials
    ///
    /// All of them, or --limit of them; where there are more it says `next`, and --after goes on
    /// there. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint serial list
  plugmint serial list --template mod-5c66bc451866d3c62ba0b904 --stage activated --limit 100
  plugmint serial list --limit 100 --after mod-5c66bc451866d3c62ba0b904/SN-0001")]
    List(ListArgs),
    /// Count serials: how many are in each stage
    ///
    /// It looks at each of them, so many take a while. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint serial count
  plugmint serial count --template mod-5c66bc451866d3c62ba0b904 --disabled")]
    Count(FilterArgs),
    /// Show all there is to know of a serial, and what may be done next
    ///
    /// Each verb that would do something stands there with its command line. Nothing is changed.
    /// For a Controller, see `controller show`.
    #[command(after_help = "Examples:
  plugmint serial show mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint serial show --plug-id dev-1f2e3d4c5b6a798812345678")]
    Show(ShowArgs),
    /// Say what a verb would come to now, and why
    ///
    /// It is told what happens to a caller who does everything right: proves the right password,
    /// saw the present epoch, offers passwords that will do. Nothing is changed, and a serial that
    /// nobody knows is explained, too. Without a verb, all of them are.
    #[command(after_help = "Examples:
  plugmint serial explain mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint serial explain mod-5c66bc451866d3c62ba0b904 SN-0001 enroll")]
    Explain(ExplainArgs),
    /// Show what happened to a serial
    ///
    /// One event for each change, as they happened. Nothing is changed.
    #[command(after_help = "Example:
  plugmint serial history mod-5c66bc451866d3c62ba0b904 SN-0001")]
    History(HistoryArgs),
    /// Verify that the history of a serial is whole, and print its head
    ///
    /// Each event must follow the one before it. Whoever can write to the store can make a history
    /// that passes: so keep the head elsewhere, and give it the next time. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint serial verify-history mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint serial verify-history mod-5c66bc451866d3c62ba0b904 SN-0001 --head \
3:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9")]
    VerifyHistory(VerifyHistoryArgs),
    /// Enroll a device without its enroll password, and print its credentials, once
    ///
    /// For a credential that has to be typed into something else. The template must have been made
    /// with --operator-enroll. The serial is Enrolled afterwards, and the connection password is
    /// never shown again: who lost it reactivates the serial.
    #[command(after_help = "Example:
  plugmint serial enroll mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Enroll(SerialArgs),
    /// Let a device enroll again, for another connection password
    ///
    /// The cure for a connection password that leaked or was lost. The serial is Registered at the
    /// next epoch, and its device enrolls under the same Plug-ID. The old password ends at once,
    /// or, with --overlap, connects until the device has used its new one or the time is up; one
    /// that was never used has no overlap. A call with the same --epoch that is made again says
    /// already, and changes nothing; without --overlap it is refused while one runs. A leaked
    /// enroll password is cured by transfer only.
    #[command(after_help = "Examples:
  plugmint serial reactivate --epoch 0 mod-5c66bc451866d3c62ba0b904 SN-0001
  plugmint serial reactivate --epoch 0 --overlap 24h mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Reactivate(ReactivateArgs),
    /// Take a device off
    ///
    /// Every password of it ends, an overlap too, and so do grants on it and held by it. The serial
    /// is Registered at the next epoch, and may enroll again under the same Plug-ID. A call with
    /// the same --epoch that is made again says already.
    #[command(after_help = "Example:
  plugmint serial unenroll --epoch 0 mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Unenroll(SeenArgs),
    /// Give other passwords to a serial whose device has never enrolled
    ///
    /// The passwords are read as `serial add` reads them, and replace both: without a second line
    /// there is no control password afterwards. The serial is Registered at the next epoch. A call
    /// with the same --epoch and passwords that is made again says already.
    #[command(after_help = "Example:
  plugmint serial replace-passwords --epoch 0 mod-5c66bc451866d3c62ba0b904 SN-0001")]
    ReplacePasswords(SeenArgs),
    /// Give a serial another control password, or a first one
    ///
    /// It is asked for, or is standard input. Stage, epoch and the device's passwords stay. Grants
    /// on the Thing end, unless they are kept; its Controllers stay, and cannot be reactivated any
    /// more. A call that is made again says already.
    #[command(after_help = "Example:
  plugmint serial replace-control-password mod-5c66bc451866d3c62ba0b904 SN-0001")]
    ReplaceControlPassword(ReplaceControlArgs),
    /// Give a serial to somebody else, under new passwords
    ///
    /// The passwords are read as `serial add` reads them. The serial is Registered at the next
    /// epoch under a new identity: another Plug-ID. All its passwords end, and all grants on it and
    /// held by it; mark and labels stay. A call with the same --epoch and passwords that is made
    /// again says already.
    #[command(after_help = "Example:
  plugmint serial transfer --epoch 0 mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Transfer(SeenArgs),
    /// Say what Controllers may do with a Thing
    ///
    /// It holds at once for everybody who may act on the Thing, in place of what its template says;
    /// `template` lets that hold again. Grants stay. A second call says already.
    #[command(after_help = "Examples:
  plugmint serial set-access mod-5c66bc451866d3c62ba0b904 SN-0001 read
  plugmint serial set-access mod-5c66bc451866d3c62ba0b904 SN-0001 template")]
    SetAccess(SetAccessArgs),
    /// Let a serial neither enroll nor authenticate until it is enabled
    ///
    /// Its stage and its passwords stay. A device that is connected stays so until its server drops
    /// the session. A second call says already.
    #[command(after_help = "Example:
  plugmint serial disable mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Disable(SerialArgs),
    /// Let a disabled serial enroll and authenticate again
    ///
    /// With the passwords that it had. A second call says already.
    #[command(after_help = "Example:
  plugmint serial enable mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Enable(SerialArgs),
    /// Let a serial never enroll or authenticate again
    ///
    /// Nothing brings it back, and it cannot be registered again in its template. A second call
    /// says already.
    #[command(after_help = "Example:
  plugmint serial retire mod-5c66bc451866d3c62ba0b904 SN-0001")]
    Retire(SerialArgs),
}
