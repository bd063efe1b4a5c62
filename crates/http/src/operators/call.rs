//! One thing that is asked.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::{OperatorError, Operators};

/// One thing that an operator asks.
pub trait Call: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its path, behind `/v1/`.
    const PATH: &'static str;

    /// What is told on the way; [`NoStep`] where nothing is.
    type Step: Serialize + DeserializeOwned + Send + 'static;

    /// What it comes to.
    type Answer: Serialize + DeserializeOwned + Send + 'static;

    /// Does it. What is done does not depend on whether anybody listens to its steps; a call that
    /// tells some ends when nobody does.
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
pub struct Steps<T>(Option<mpsc::Sender<T>>);

impl<T> Steps<T> {
    /// Where nobody listens, and the call goes on all the same.
    #[must_use]
    pub const fn unheard() -> Self {
        Self(None)
    }

    /// Where somebody listens; the call waits while `ahead` steps are not listened to.
    #[must_use]
    pub fn heard(ahead: usize) -> (Self, mpsc::Receiver<T>) {
        let (steps, heard) = mpsc::channel(ahead.max(1));
        (Self(Some(steps)), heard)
    }

    /// Tells a step.
    ///
    /// # Errors
    /// `hung-up`: who listened does so no more.
    pub(crate) async fn tell(&self, step: T) -> Result<(), OperatorError> {
        let Some(steps) = &self.0 else {
            return Ok(());
        };
        steps.send(step).await.map_err(|_| OperatorError::hung_up())
    }
}

impl<T> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps(..)")
    }
}
