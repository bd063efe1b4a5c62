//! One thing that is asked.

use std::fmt;
use std::future::pending;
use std::pin::pin;

use futures_util::future::{Either, select};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, watch};

use super::{OperatorError, Operators};

/// One thing that an operator asks.
pub trait Call: sealed::Sealed + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its path, behind `/v1/`.
    const PATH: &'static str;

    /// What is told on the way; [`NoStep`] where nothing is.
    type Step: Serialize + DeserializeOwned + Send + 'static;

    /// What it comes to.
    type Answer: Serialize + DeserializeOwned + Send + 'static;

    /// Does it. A call that tells steps ends when nobody listens to them, and so does a backup;
    /// every other one is done also for who hangs up.
    fn ask(
        self,
        operators: &Operators,
        steps: Steps<Self::Step>,
    ) -> impl Future<Output = Result<Self::Answer, OperatorError>> + Send;
}

/// A call that is answered at once tells nothing on the way.
#[derive(Clone, Copy, Debug, serde::Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "there is none")]
pub enum NoStep {}

/// Where the steps of a call are told.
pub struct Steps<T> {
    told: mpsc::Sender<T>,
    /// Whether the server ends.
    ending: Option<watch::Receiver<bool>>,
}

impl<T> Steps<T> {
    /// Where somebody listens; the call waits while `ahead` steps are not listened to.
    pub(super) fn heard(
        ahead: usize,
        ending: Option<watch::Receiver<bool>>,
    ) -> (Self, mpsc::Receiver<T>) {
        let (told, heard) = mpsc::channel(ahead.max(1));
        (Self { told, ending }, heard)
    }

    /// Tells a step.
    ///
    /// # Errors
    /// * `hung-up`: who listened does so no more.
    /// * `server-ends`: there is no time for another step.
    pub(crate) async fn tell(&self, step: T) -> Result<(), OperatorError> {
        let told = pin!(self.told.send(step));
        let ends = pin!(self.ends());
        match select(ends, told).await {
            Either::Left(((), _)) => Err(OperatorError::server_ends()),
            Either::Right((told, _)) => told.map_err(|_| OperatorError::hung_up()),
        }
    }

    /// Waits until nobody listens, or the server ends.
    pub(crate) async fn in_vain(&self) -> OperatorError {
        let hung_up = pin!(self.told.closed());
        match select(pin!(self.ends()), hung_up).await {
            Either::Left(_) => OperatorError::server_ends(),
            Either::Right(_) => OperatorError::hung_up(),
        }
    }

    async fn ends(&self) {
        match self.ending.clone() {
            // A socket that is gone ends, too.
            Some(mut ending) => drop(ending.wait_for(|ending| *ending).await),
            None => pending().await,
        }
    }
}

impl<T> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps(..)")
    }
}

/// Only the calls of this crate are calls.
pub(super) mod sealed {
    /// A call of this crate.
    #[expect(unnameable_types, reason = "that is what seals it")]
    pub trait Sealed {}
}
