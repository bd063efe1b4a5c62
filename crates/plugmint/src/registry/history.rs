//! What happened to a serial, and whether that is all of it.

use std::num::NonZeroUsize;

use plugmint_core::{Event, EventNumber, HistoryHead, HistoryStart, SerialId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::{LookUpError, Registry};

impl Registry {
    /// The events of a serial as they happened, behind the one numbered `after`, at most `limit`.
    /// Fewer than `limit` means that there are no more. Events that were
    /// [forgotten](Self::forget_events) are not there.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template or serial.
    /// * [`LookUpError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn history(
        &self,
        id: &SerialId,
        after: Option<EventNumber>,
        limit: NonZeroUsize,
    ) -> Result<Vec<Event>, LookUpError> {
        self.ensure_open()?;
        let events = self.events(id, after, limit).await?;
        if events.is_empty() {
            // A serial has an event from its first moment on: none at all means no serial.
            self.serial(id).await?;
        }
        Ok(events)
    }

    /// Whether the history of a serial is whole: every event from its beginning, or from where it
    /// was forgotten, to the head in the serial's record follows the one before it.
    ///
    /// Whoever can write to the store can make a history that passes. So keep heads elsewhere, and
    /// give the last one that you have: it must be on the way.
    ///
    /// # Errors
    /// * [`VerifyHistoryError::Unknown`] template or serial.
    /// * [`VerifyHistoryError::Broken`] says where it is not whole, and how.
    /// * [`VerifyHistoryError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn verify_history(
        &self,
        id: &SerialId,
        kept: Option<&HistoryHead>,
    ) -> Result<VerifiedHistory, VerifyHistoryError> {
        self.ensure_open()?;
        let serial = keys::serial(id).map_err(Fault::from)?;
        let mut start = self.history_start(id).await?;
        loop {
            // Read after the start, so that its history is not shorter.
            let Some((record, _)) = self.load_serial(&serial).await? else {
                return Err(self.unknown(id).await?.into());
            };
            let verified = self.walk_history(id, start, *record.head(), kept).await;
            // Somebody may have forgotten events while they were read.
            let again = self.history_start(id).await?;
            if verified.is_ok() || again == start {
                return verified;
            }
            start = again;
        }
    }

    async fn walk_history(
        &self,
        id: &SerialId,
        start: Option<HistoryStart>,
        head: HistoryHead,
        kept: Option<&HistoryHead>,
    ) -> Result<VerifiedHistory, VerifyHistoryError> {
        let start = start.map_or_else(|| HistoryHead::before_first(id), |start| *start.head());
        let mut found = match kept {
            None => KeptHead::NotGiven,
            Some(kept) if kept.count() < start.count() => KeptHead::Forgotten,
            Some(kept) if kept.count() > head.count() => {
                return Err(broken(head.count(), HistoryBreak::KeptDiffers));
            }
            Some(_) => KeptHead::OnTheWay,
        };
        let mut at = start;
        loop {
            if let Some(kept) = kept
                && kept.count() == at.count()
            {
                if *kept != at {
                    return Err(broken(at.count(), HistoryBreak::KeptDiffers));
                }
                found = KeptHead::OnTheWay;
            }
            if at.count() >= head.count() {
                break;
            }
            let event = self.event(id, EventNumber::new(at.count())).await?;
            let event = event.ok_or_else(|| broken(at.count(), HistoryBreak::Missing))?;
            at =
                at.followed_by(&event).map_err(|_| broken(at.count(), HistoryBreak::NotChained))?;
        }
        if at == head {
            let first = EventNumber::new(start.count());
            Ok(VerifiedHistory { head, first, kept: found })
        } else {
            Err(broken(head.count(), HistoryBreak::HeadDiffers))
        }
    }

    /// Where the history of a serial begins, if some of it was forgotten.
    pub(super) async fn history_start(&self, id: &SerialId) -> Result<Option<HistoryStart>, Fault> {
        let record = self.0.store.get(&keys::forgotten(id)?).await?;
        Ok(record.map(|record| HistoryStart::decode(record.value())).transpose()?)
    }

    pub(super) async fn event(
        &self,
        id: &SerialId,
        number: EventNumber,
    ) -> Result<Option<Event>, Fault> {
        let record = self.0.store.get(&keys::event(id, number)?).await?;
        Ok(record.map(|record| Event::decode(record.value())).transpose()?)
    }

    async fn events(
        &self,
        id: &SerialId,
        after: Option<EventNumber>,
        limit: NonZeroUsize,
    ) -> Result<Vec<Event>, Fault> {
        let after = after.map(|number| keys::event(id, number)).transpose()?;
        let page = self.0.store.scan(&keys::events(id), after.as_ref(), limit).await?;
        let events = page.iter().map(|(_, record)| Event::decode(record.value()));
        Ok(events.collect::<Result<_, _>>()?)
    }
}

/// A history that is whole.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VerifiedHistory {
    /// Its head: keep it elsewhere, and give it the next time.
    pub head: HistoryHead,
    /// Its first event that is there: 0 unless older ones were forgotten.
    pub first: EventNumber,
    /// What became of the head that was kept.
    pub kept: KeptHead,
}

/// What became of a head that was kept elsewhere.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "an auditor must know what each proves")]
pub enum KeptHead {
    /// None was given.
    NotGiven,
    /// The history leads over it: nothing before it was changed since it was kept.
    OnTheWay,
    /// Everything up to it was forgotten: it proves nothing any more.
    Forgotten,
}

/// Why a history could not be verified.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyHistoryError {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// It is not whole.
    #[error("the history is broken at event {at}: {how}")]
    Broken {
        /// The first event that is not as it must be.
        at: EventNumber,
        /// What is wrong with it.
        how: HistoryBreak,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// How a history is broken.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Error, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum HistoryBreak {
    /// The event is not there.
    #[error("it is missing")]
    Missing,
    /// The event does not name the one before it, or its number is another's.
    #[error("it does not follow the one before it")]
    NotChained,
    /// The last event is not the one that the serial's record names.
    #[error("the serial's record names another head")]
    HeadDiffers,
    /// The history does not lead over the head that was kept.
    #[error("the head that was kept is not on the way")]
    KeptDiffers,
}

impl VerifyHistoryError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::Broken { .. } => "broken-history",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::Broken { .. } => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}

impl From<LookUpError> for VerifyHistoryError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Unknown(unknown) => unknown.into(),
            LookUpError::Fault(fault) => fault.into(),
        }
    }
}

const fn broken(at: u64, how: HistoryBreak) -> VerifyHistoryError {
    VerifyHistoryError::Broken { at: EventNumber::new(at), how }
}
