//! An operator asks for a device's credentials.

use plugmint_core::derivation::EnrollKey;
use plugmint_core::lifecycle::{Decision, Enrollment, OperatorEnrollRefusal, Registration, Stage};
use plugmint_core::{
    Actor, Author, DenyReason, InvalidLabel, ProductionTemplate, SerialId, TemplateState,
};
use thiserror::Error;
use tracing::instrument;

use crate::registry::drive::{Loaded, RestsOn};
use crate::registry::{Registry, TemplateClosed};
use crate::{Fault, Unknown};

use super::{Asking, NotWanted};

impl Registry {
    /// Enrolls a device without its enroll password, with the key that was kept sealed, where its
    /// template allows that: for a credential that has to be typed into something else. The answer
    /// is the only time that the connection password is shown; who lost it reactivates the serial.
    ///
    /// One commit.
    ///
    /// # Errors
    /// * [`OperatorEnrollError::Unknown`] template or serial.
    /// * [`OperatorEnrollError::TemplateClosed`]
    /// * [`OperatorEnrollError::Refused`]: the serial is not Registered, is disabled, or has no
    ///   sealed key. After an unknown outcome `AlreadyEnrolled` says that somebody enrolled it:
    ///   look who, at its last event, and reactivate it if it was this call.
    /// * [`OperatorEnrollError::Denied`] by the host's [`Decider`](crate::Decider), and
    ///   [`OperatorEnrollError::Labels`] when it asked for more labels than there may be.
    /// * [`OperatorEnrollError::Fault`]; [`Fault::SealedKey`] when the sealed key was tampered
    ///   with.
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn enroll_by_operator(
        &self,
        id: &SerialId,
        by: &Actor,
    ) -> Result<Enrollment, OperatorEnrollError> {
        self.ensure_open()?;
        let asking = Asking { id, author: Author::Operator(by.clone()), source: None };
        let mut said = None;
        let enrolled = self.drive(id, RestsOn::SerialAndTemplate, |loaded| {
            let Some(decision) = self.decide_for_operator(&asking, loaded)? else {
                return Ok::<_, OperatorEnrollError>(Decision::Answer(None));
            };
            Ok(self.ask_host(&asking, loaded, decision, &mut said)?.map(Some))
        });
        match enrolled.await? {
            Some(enrollment) => Ok(enrollment),
            None => Err(self.unknown(id).await?.into()),
        }
    }

    /// `None` for a serial that is not there.
    fn decide_for_operator(
        &self,
        asking: &Asking<'_>,
        loaded: &Loaded,
    ) -> Result<Option<Decision<Enrollment>>, OperatorEnrollError> {
        let id = asking.id;
        match loaded.template.as_ref().map(ProductionTemplate::state) {
            Some(TemplateState::Open) => {}
            Some(TemplateState::Closed { .. } | TemplateState::Deleting { .. }) => {
                return Err(TemplateClosed::new(id.template()).into());
            }
            Some(TemplateState::Deleted { .. }) | None => {
                return Err(Unknown::template(id.template()).into());
            }
        }
        let Some(record) = &loaded.serial else {
            return Ok(None);
        };
        let sealed = match record.stage() {
            Stage::Registered(registered) => registered.sealed_key(),
            Stage::Enrolled(_) | Stage::Activated(_) | Stage::Retired(_) => None,
        };
        let ring = self.0.keys.load();
        let key: Option<EnrollKey> = sealed
            .map(|sealed| {
                let seal = ring.seal(sealed.key_version())?;
                sealed.open(seal, id).map_err(Fault::SealedKey)
            })
            .transpose()?;
        let version = record.stage().registration().map(Registration::key_version);
        let keys = ring.version(version.unwrap_or_else(|| ring.current()))?;
        let (author, now) = (asking.author.clone(), self.0.clock.now());
        let decided = record.clone().enroll_by_operator(key.as_ref(), keys.auth(), author, now);
        Ok(Some(decided.map_err(OperatorEnrollError::Refused)?))
    }
}

/// Why an operator may not enroll a device. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OperatorEnrollError {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The template is closed.
    #[error(transparent)]
    TemplateClosed(#[from] TemplateClosed),
    /// The serial is not where the verb leads on from.
    #[error(transparent)]
    Refused(OperatorEnrollRefusal),
    /// The host does not want this device.
    #[error("the enrollment is denied: {reason}")]
    Denied {
        /// Why, in the host's words.
        reason: DenyReason,
    },
    /// The host wanted to add more labels than a serial can have: its decider is to be mended.
    #[error("the host asks for more labels: {0}")]
    Labels(InvalidLabel),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl OperatorEnrollError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::TemplateClosed(closed) => closed.code(),
            Self::Refused(refusal) => refusal.code(),
            Self::Denied { .. } => "denied",
            Self::Labels(_) => "too-many-labels",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown(_)
            | Self::TemplateClosed(_)
            | Self::Refused(_)
            | Self::Denied { .. }
            | Self::Labels(_) => false,
        }
    }
}

impl From<NotWanted> for OperatorEnrollError {
    fn from(not: NotWanted) -> Self {
        match not {
            NotWanted::Denied(reason) => Self::Denied { reason },
            NotWanted::Labels(invalid) => Self::Labels(invalid),
        }
    }
}
