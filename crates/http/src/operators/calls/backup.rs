//! Backups.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};
use crate::operators::OperatorError;

call! {
    /// Writes a backup on the machine of the server, with its rights. Who hangs up gives it up.
    BackUp("backup") => BackedUp;
    {
        /// Into which file; from the root on, and free.
        file: String,
    }
    |call, operators, steps| {
        let file = Path::new(&call.file);
        if !file.is_absolute() {
            let message = "expected the path of the backup from the root on";
            return Err(OperatorError::malformed("malformed", message));
        }
        let host = operators.host()?;
        let in_vain = pin!(steps.in_vain());
        match select(host.back_up(file), in_vain).await {
            Either::Left((records, _)) => BackedUp { records: records? },
            Either::Right((in_vain, _)) => return Err(in_vain),
        }
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
