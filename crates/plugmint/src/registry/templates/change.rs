//! What may change of a template that is there.

use plugmint_core::lifecycle::Outcome;
use plugmint_core::{ProductionTemplate, TemplateChange, TemplateId, TemplateState};
use plugmint_store::{Batch, CommitError, Guard};
use thiserror::Error;
use tracing::instrument;

use crate::registry::Registry;
use crate::registry::drive::TRIES;
use crate::{Fault, Unknown, keys};

impl Registry {
    /// Changes the name, labels, repeat policy, cap of Controllers, default access level or watch
    /// over sources of a template. The classes of its passwords and what stretching them costs
    /// never change.
    ///
    /// One commit; asking for what is so already writes nothing and says `AlreadyDone`. What a
    /// change means for a device that enrolls at the same time is decided by which of the two lands
    /// first.
    ///
    /// # Errors
    /// * [`ChangeTemplateError::Unknown`] template, or a deleted one.
    /// * [`ChangeTemplateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(template = %id), err(level = "debug"))]
    pub async fn change_template(
        &self,
        id: &TemplateId,
        change: &TemplateChange,
    ) -> Result<Outcome, ChangeTemplateError> {
        self.alter_template(id, |template| template.changed(change)).await
    }

    /// Nothing is registered, enrolled or transferred in the template until it is opened again;
    /// devices are told what an unknown template tells them. Who is enrolled goes on connecting.
    /// One commit; a repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`ChangeTemplateError::Unknown`] template, or a deleted one.
    /// * [`ChangeTemplateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(template = %id), err(level = "debug"))]
    pub async fn close_template(&self, id: &TemplateId) -> Result<Outcome, ChangeTemplateError> {
        let since = self.0.clock.now();
        self.alter_template(id, |template| match template.state() {
            // Whoever closes it on purpose is not to find it open when a deletion is refused.
            TemplateState::Open | TemplateState::Deleting { .. } => {
                template.with_state(TemplateState::Closed { since })
            }
            TemplateState::Closed { .. } | TemplateState::Deleted { .. } => template,
        })
        .await
    }

    /// Devices may come to the template again. One commit; a repeat writes nothing and says
    /// `AlreadyDone`. A deletion of it that is under way is given up.
    ///
    /// # Errors
    /// * [`ChangeTemplateError::Unknown`] template, or a deleted one.
    /// * [`ChangeTemplateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(template = %id), err(level = "debug"))]
    pub async fn open_template(&self, id: &TemplateId) -> Result<Outcome, ChangeTemplateError> {
        self.alter_template(id, |template| template.with_state(TemplateState::Open)).await
    }

    async fn alter_template(
        &self,
        id: &TemplateId,
        alter: impl Fn(ProductionTemplate) -> ProductionTemplate + Send + Sync,
    ) -> Result<Outcome, ChangeTemplateError> {
        self.ensure_open()?;
        let key = keys::template(id).map_err(Fault::from)?;
        for _ in 0..TRIES {
            let loaded = self.load_template(id).await?;
            let there = loaded.filter(|(template, _)| !template.is_deleted());
            let (template, revision) = there.ok_or_else(|| Unknown::template(id))?;
            let altered = alter(template.clone());
            if altered == template {
                return Ok(Outcome::AlreadyDone);
            }
            let batch = Batch::new().put(key.clone(), Guard::At(revision), altered.encode());
            match self.0.store.commit(batch.map_err(Fault::from)?).await {
                Ok(_) => return Ok(Outcome::Done),
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }
}

/// Why a template was not changed. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ChangeTemplateError {
    /// There is no such template, or it was deleted.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl ChangeTemplateError {
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
