//! The verbs on versions of the root key.

use clap::Subcommand;
use plugmint::KeyVersion;

use super::values;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// List the versions of the root key: where each stands, what lies under it, and its file
    ///
    /// It looks at every record, so many take a while. A version under which no sealed keys and no
    /// record tags are left may be dropped; its serials stay. Nothing is changed.
    #[command(after_help = "Example:\n  plugmint key list")]
    List,
    /// Make the next version of the root key, and go over to it
    ///
    /// Its file, FILE.2 beside FILE and so on, is never overwritten: one that is there and that the
    /// registry does not know, because a call was interrupted or a backup restored, is taken up as
    /// it is. New serials hang on the new version; those that are there notice nothing. Older
    /// versions are needed until they are dropped. A second call makes another version. One that is
    /// killed may leave a file .plugmint-*.new beside FILE, which may be destroyed.
    #[command(after_help = "Example:\n  plugmint key add")]
    Add,
    /// Bring sealed keys and the tags of records under the current version
    ///
    /// No device is needed and no serial changes. One that is interrupted is called again: what is
    /// done is passed over. Nothing is left under an older version then, and it may be dropped.
    #[command(after_help = "Example:\n  plugmint key sweep")]
    Sweep,
    /// Drop an older version of the root key, for good: its file may be destroyed
    ///
    /// Refused while anything is left to sweep, and of the current version. Its serials stay: they
    /// enroll, enroll again and connect as before. Nothing is written under it any more. A backup
    /// from before the sweep still needs its file. A second call says already.
    #[command(after_help = "Example:\n  plugmint key drop 1")]
    Drop {
        /// The version, as `key list` shows it
        #[arg(value_name = "VERSION", value_parser = values::key_version)]
        version: KeyVersion,
    },
}
