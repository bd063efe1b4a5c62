//! Looking things up: for operators, who may know what there is.

use plugmint_core::{PlugId, PlugIdKind, PrincipalKind, SerialId, SerialStatus};
use thiserror::Error;
use tracing::instrument;

use crate::{Fault, Unknown, keys};

use super::Registry;

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
            Some((record, _)) => Ok(SerialStatus::new(*id, &record, self.0.clock.now())),
            None => Err(self.unknown(id).await?.into()),
        }
    }

    /// Which serial's device is or was called `plug_id`. A Controller is none: see
    /// [`controller`](Self::controller).
    ///
    /// # Errors
    /// * [`FindError::UnknownPlugId`]
    /// * [`FindError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn serial_of(&self, plug_id: &PlugId) -> Result<SerialId, FindError> {
        self.ensure_open()?;
        match self.load_credential(plug_id).await? {
            Some((credential, _))
                if plug_id.kind() == PlugIdKind::Device
                    && credential.kind() == PrincipalKind::Thing =>
            {
                Ok(*credential.id())
            }
            Some(_) | None => Err(FindError::UnknownPlugId { plug_id: *plug_id }),
        }
    }

    /// Which of the two is unknown.
    pub(super) async fn unknown(&self, id: &SerialId) -> Result<Unknown, Fault> {
        Ok(match self.load_template(id.template()).await? {
            Some((template, _)) if !template.is_deleted() => Unknown::serial(id),
            Some(_) | None => Unknown::template(id.template()),
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
