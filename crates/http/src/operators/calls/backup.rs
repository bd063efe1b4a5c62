//! Backups.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};
use crate::operators::OperatorError;

call! {
    /// Writes a backup on the machine of the server, with its rights.
    BackUp("backup") => BackedUp;
    {
        /// Into which file; from the root on, and free.
        file: PathBuf,
    }
    |call, operators| {
        if !call.file.is_absolute() {
            let message = "expected the path of the backup from the root on";
            return Err(OperatorError::malformed("malformed", message));
        }
        BackedUp { records: operators.host()?.back_up(&call.file).await? }
    }
}

/// A backup that was written.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BackedUp {
    /// How many records it holds.
    pub records: u64,
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router.serves::<BackUp>()
}
