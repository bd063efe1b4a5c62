//! What may this one do with that Thing?

use plugmint_core::lifecycle::Outcome;
use plugmint_core::{AccessLevel, Actor, Author, PlugId, SerialId};
use tracing::instrument;

use crate::Fault;
use crate::registry::drive::TRIES;
use crate::registry::reading::Reading;
use crate::registry::{MarkError, Registry, VerbError};

impl Registry {
    /// What a Controller or a Thing may do with a Thing: none without a grant, and while either of
    /// the two is disabled or retired; else what the Thing says, and where it says nothing, what
    /// its template says.
    ///
    /// Nothing is proved here: ask for whom [`authenticate`](Self::authenticate) answered. Whoever
    /// and whatever is unknown has no access. Up to ten look-ups and no commit: what is told held
    /// at one moment of the call.
    ///
    /// # Errors
    /// [`Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(%holder, template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn access(&self, holder: &PlugId, thing: &SerialId) -> Result<AccessLevel, Fault> {
        self.ensure_open()?;
        for _ in 0..TRIES {
            let mut reading = Reading::new(self);
            let found = reading.granted(holder, thing).await?;
            if found.is_none() || reading.still_holds().await? {
                return Ok(found.map_or(AccessLevel::None, |found| found.access));
            }
        }
        Err(Fault::Contended { tries: TRIES })
    }

    /// Those who hold a grant on a Thing may do that with it; `None` is what its template says. One
    /// commit; a repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template or serial.
    /// * [`VerbError::Refused`]: it is retired, and nobody may do anything with it.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn set_access(
        &self,
        id: &SerialId,
        access: Option<AccessLevel>,
        by: &Actor,
    ) -> Result<Outcome, MarkError> {
        self.operate(id, |record| {
            let author = Author::Operator(by.clone());
            record.set_access(access, author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }
}
