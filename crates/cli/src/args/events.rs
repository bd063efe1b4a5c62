//! The verbs on events.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};
use plugmint::FeedCursor;

use super::values::{self, Moment};

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print the events of all serials, in the order of their times
    ///
    /// With --json, a JSON value on each line: an event, or the cursor, once the events of a page
    /// are given. For people, the cursor stands on standard error at the end. Go on with --after
    /// CURSOR: each event comes at least once, and those of the last minute come again, so that
    /// none is missed. Nothing is changed.
    #[command(after_help = "Examples:
  plugmint events feed --limit 100
  plugmint events feed --after 1790000000000 --follow --json")]
    Feed(Box<FeedArgs>),
    /// Forget the events of all serials that happened before a time
    ///
    /// Of each serial the last event stays, and the head of what went, so that `serial
    /// verify-history` proves the rest; a head that was kept elsewhere and is older proves nothing
    /// any more. Nothing brings the events back but a backup. One that is interrupted is called
    /// again.
    #[command(after_help = "Examples:
  plugmint events forget --before 2026-01-01T00:00:00Z
  plugmint events forget --before 365d")]
    Forget(ForgetArgs),
}

#[derive(Args, Debug)]
pub(crate) struct FeedArgs {
    /// Begin there, as the feed said; at the first event by default
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<FeedCursor>,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<NonZeroUsize>,
    /// Wait for more, until interrupted: the store is looked into once a second, and is free for
    /// other verbs meanwhile
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ForgetArgs {
    /// A time, as in 2026-01-01T00:00:00Z, or an age, as in 365d
    #[arg(long, value_name = "TIME|AGE", value_parser = values::moment)]
    pub(crate) before: Moment,
}
