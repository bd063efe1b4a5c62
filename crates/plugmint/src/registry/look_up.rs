//! Looking things up: for operators, who may know what there is.

use std::num::NonZeroUsize;

use plugmint_core::lifecycle::SerialRecord;
use plugmint_core::{
    Credential, Event, PlugId, PlugIdKind, SerialId, SerialNumber, SerialStatus, TemplateId,
};
use thiserror::Error;

use crate::{Fault, Unknown, keys};

use super::Registry;
use super::drive::defect;

impl Registry {
    /// All that may be shown of a serial.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template or serial.
    /// * [`LookUpError::Fault`]
    pub async fn serial(&self, id: &SerialId) -> Result<SerialStatus, LookUpError> {
        self.ensure_open()?;
        let key = keys::serial(id).map_err(Fault::from)?;
        match self.load_serial(&key).await? {
            Some((record, _)) => Ok(SerialStatus::new(*id, &record)),
            None => Err(self.unknown(id).await?.into()),
        }
    }

    /// All that may be shown of the serial whose device is or was called `plug_id`.
    ///
    /// # Errors
    /// * [`LookUpError::UnknownPlugId`]
    /// * [`LookUpError::Fault`]
    pub async fn serial_of(&self, plug_id: &PlugId) -> Result<SerialStatus, LookUpError> {
        self.ensure_open()?;
        match self.load_credential(plug_id).await? {
            Some(credential) => self.serial(credential.id()).await,
            None => Err(LookUpError::UnknownPlugId { plug_id: *plug_id }),
        }
    }

    /// The serials of a template in the byte order of their numbers, behind `after`, at most
    /// `limit`. Fewer than `limit` means that there are no more.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template.
    /// * [`LookUpError::Fault`]
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
    pub async fn history(
        &self,
        id: &SerialId,
        after: Option<u64>,
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

    /// The credential under a Plug-ID; `None` for ids of other things too.
    pub(super) async fn load_credential(
        &self,
        plug_id: &PlugId,
    ) -> Result<Option<Credential>, Fault> {
        let record = self.0.store.get(&keys::credential(plug_id)?).await?;
        let credential = record.map(|record| Credential::decode(*plug_id, record.value()));
        Ok(credential.transpose()?.filter(|_| plug_id.kind() == PlugIdKind::Device))
    }

    /// Which of the two is unknown.
    async fn unknown(&self, id: &SerialId) -> Result<Unknown, Fault> {
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

impl LookUpError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(unknown) => unknown.code(),
            Self::UnknownPlugId { .. } => "unknown-plug-id",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown(_) | Self::UnknownPlugId { .. } => false,
        }
    }
}
