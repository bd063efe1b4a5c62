//! Disabled for a while, or retired for good.

use plugmint_core::lifecycle::{Decision, Outcome, RetiredSerial, SerialRecord};
use plugmint_core::{Actor, Author, SerialId, UnixMillis};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown};

use super::drive::RestsOn;
use super::{Registry, VerbError};

impl Registry {
    /// The serial shall neither enroll nor authenticate until it is enabled again. One commit; a
    /// repeat writes nothing and says `AlreadyDone`.
    ///
    /// A device that is connected stays so until its host drops the session.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template or serial.
    /// * [`VerbError::Refused`]: it is retired, which is more than disabled.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn disable(&self, id: &SerialId, by: &Actor) -> Result<Outcome, MarkError> {
        self.mark(id, by, SerialRecord::disable).await
    }

    /// The serial may enroll and authenticate again, with the passwords that it had. One commit; a
    /// repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template or serial.
    /// * [`VerbError::Refused`]: it is retired, and does not come back.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn enable(&self, id: &SerialId, by: &Actor) -> Result<Outcome, MarkError> {
        self.mark(id, by, SerialRecord::enable).await
    }

    /// The serial shall never enroll or authenticate again, and cannot be registered again in its
    /// template. From any stage; one commit; a repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`RetireError::Unknown`] template or serial.
    /// * [`RetireError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn retire(&self, id: &SerialId, by: &Actor) -> Result<Outcome, RetireError> {
        self.operate(id, |record| {
            Ok(record.retire(Author::Operator(by.clone()), self.0.clock.now()))
        })
        .await
    }

    async fn mark(&self, id: &SerialId, by: &Actor, verb: MarkVerb) -> Result<Outcome, MarkError> {
        self.operate(id, |record| {
            let author = Author::Operator(by.clone());
            verb(record, author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }

    /// Does a verb on a serial that must be there.
    pub(super) async fn operate<E: From<Fault> + From<Unknown>>(
        &self,
        id: &SerialId,
        verb: impl Fn(SerialRecord) -> Result<Decision<Outcome>, E> + Send + Sync,
    ) -> Result<Outcome, E> {
        self.ensure_open()?;
        let done = self.drive(id, RestsOn::Serial, |loaded| match &loaded.serial {
            Some(record) => Ok(verb(record.clone())?.map(Some)),
            None => Ok::<_, E>(Decision::Answer(None)),
        });
        match done.await? {
            Some(outcome) => Ok(outcome),
            None => Err(self.unknown(id).await?.into()),
        }
    }
}

/// [`SerialRecord::disable`] or [`SerialRecord::enable`].
type MarkVerb = fn(SerialRecord, Author, UnixMillis) -> Result<Decision<Outcome>, RetiredSerial>;

/// Why a serial was not disabled or enabled.
pub type MarkError = VerbError<RetiredSerial>;

/// Why a serial was not retired. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RetireError {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RetireError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}
