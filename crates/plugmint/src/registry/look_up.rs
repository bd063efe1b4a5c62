//! Looking things up: for operators, who may know what there is.

use std::num::NonZeroUsize;

use plugmint_core::lifecycle::SerialRecord;
use plugmint_core::{
    Event, EventNumber, PlugId, PlugIdKind, SerialId, SerialNumber, SerialStatus, TemplateId,
};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::Registry;
use super::drive::defect;

impl Registry {
    /// All that may be shown of a serial.
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
    pub async fn serial(&self, id: &SerialId) -> Result<SerialStatus, LookUpError> {
        self.ensure_open()?;
        let key = keys::serial(id).map_err(Fault::from)?;
        match self.load_serial(&key).await? {
            Some((record, _)) => Ok(SerialStatus::new(*id, &record)),
            None => Err(self.unknown(id).await?.into()),
        }
    }

    /// Which serial's device is or was called `plug_id`.
    ///
    /// # Errors
    /// * [`FindError::UnknownPlugId`]
    /// * [`FindError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn serial_of(&self, plug_id: &PlugId) -> Result<SerialId, FindError> {
        self.ensure_open()?;
        match self.load_credential(plug_id).await? {
            Some((credential, _)) if plug_id.kind() == PlugIdKind::Device => Ok(*credential.id()),
            Some(_) | None => Err(FindError::UnknownPlugId { plug_id: *plug_id }),
        }
    }

    /// The serials of a template in the byte order of their numbers, behind `after`, at most
    /// `limit`. Fewer than `limit` means that there are no more.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template.
    /// * [`LookUpError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%template), err(level = "debug"))]
    pub async fn serials(
        &self,
        template: &TemplateId,
        after: Option<&SerialNumber>,
        limit: NonZeroUsize,
    ) -> Result<Vec<SerialStatus>, LookUpError> {
        self.template(template).await?;
        let after = after.map(|serial| keys::serial(&SerialId::new(*template, *serial)));
        let after = after.transpose().map_err(Fault::from)?;
        let page = self.0.store.scan(&keys::serials(template), after.as_ref(), limit).await;
        let page = page.map_err(Fault::from)?;
        let statuses = page.iter().map(|(key, record)| {
            let serial = keys::serial_of(key).and_then(|serial| SerialNumber::parse(serial).ok());
            let serial = serial.ok_or_else(|| defect("a key names no serial"))?;
            let record = SerialRecord::decode(record.value()).map_err(Fault::from)?;
            Ok(SerialStatus::new(SerialId::new(*template, serial), &record))
        });
        statuses.collect()
    }

    /// The events of a serial as they happened, behind the one numbered `after`, at most `limit`.
    /// Fewer than `limit` means that there are no more.
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
        let after = after.map(|number| keys::event(id, number));
        let after = after.transpose().map_err(Fault::from)?;
        let page = self.0.store.scan(&keys::events(id), after.as_ref(), limit).await;
        let page = page.map_err(Fault::from)?;
        if page.is_empty() {
            // A serial has an event from its first moment on: none at all means no serial.
            self.serial(id).await?;
        }
        let events = page.iter().map(|(_, record)| Event::decode(record.value()));
        Ok(events.collect::<Result<_, _>>().map_err(Fault::from)?)
    }

    /// Which of the two is unknown.
    pub(super) async fn unknown(&self, id: &SerialId) -> Result<Unknown, Fault> {
        Ok(match self.load_template(id.template()).await? {
            Some(_) => Unknown::serial(id),
            None => Unknown::template(id.template()),
        })
    }
}

/// Why there is nothing to show.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LookUpError {
    /// There is no such template or serial.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl LookUpError {
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
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown(_) => false,
        }
    }
}

/// Why no serial was found by a Plug-ID.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FindError {
    /// No device has enrolled under that Plug-ID.
    #[error("no device is called `{plug_id}`")]
    UnknownPlugId {
        /// What was asked for.
        plug_id: PlugId,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl FindError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPlugId { .. } => "unknown-plug-id",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::UnknownPlugId { .. } => false,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }
}
