//! Why the store gave no answer.

use std::sync::Arc;

use thiserror::Error;

/// What stands behind a store error.
#[derive(Clone, Debug, Error)]
pub(crate) enum Unsettled {
    /// The transaction failed: the batch happened or it did not.
    #[error("the disk failed; drop the store and open it again to see what was kept")]
    Failed(#[source] Arc<redb::Error>),
    /// A transaction before this one failed, so that what would be written now could not be relied
    /// on: the batch did not happen.
    #[error("an earlier commit failed; drop the store and open it again")]
    Stopped(#[source] Arc<redb::Error>),
    /// What was asked for could not be read, or is not what was written.
    #[error("the store cannot be read; drop the store and open it again")]
    Unread(#[source] Arc<redb::Error>),
    /// The thread ended, which it does before the store does by a panic only.
    #[error("a thread of the store ended; drop the store and open it again")]
    Ended,
}
