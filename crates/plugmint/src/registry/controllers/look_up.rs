//! Looking Controllers up: for operators, who may know what there is.

use std::num::NonZeroUsize;

use plugmint_core::controller::{Controller, ControllerStatus};
use plugmint_core::{Ordinal, PlugId, SerialId};
use serde::{Deserialize, Serialize};
use tracing::instrument;

use crate::registry::drive::defect;
use crate::registry::reading::Reading;
use crate::registry::{LookUpError, Registry};
use crate::{Fault, Unknown, keys};

impl Registry {
    /// All that may be shown of a Controller.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] Controller.
    /// * [`LookUpError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn controller(&self, plug_id: &PlugId) -> Result<ControllerStatus, LookUpError> {
        self.ensure_open()?;
        let (id, ordinal) = self.place_of_controller::<LookUpError>(plug_id).await?;
        let mut reading = Reading::new(self);
        let attached = reading.attached(&id, ordinal).await?;
        let attached = attached.ok_or_else(|| Unknown::controller(plug_id))?;
        let roster = reading.roster(&id, &attached.thing).await?;
        Ok(ControllerStatus::new(id, ordinal, &attached.controller, &roster))
    }

    /// The Controllers that enrolled with a Thing, retired ones too, behind the one with the
    /// ordinal `after`, at most `limit`, oldest first.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] template or serial.
    /// * [`LookUpError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn controllers(
        &self,
        thing: &SerialId,
        after: Option<Ordinal>,
        limit: NonZeroUsize,
    ) -> Result<ControllerPage, LookUpError> {
        self.ensure_open()?;
        let mut reading = Reading::new(self);
        let Some(record) = reading.serial(thing).await? else {
            return Err(self.unknown(thing).await?.into());
        };
        let roster = reading.roster(thing, &record).await?;
        let after = after.map(|after| keys::controller(thing, after)).transpose();
        let after = after.map_err(Fault::from)?;
        let store = &self.0.store;
        let page = store.scan(&keys::controllers(thing), after.as_ref(), limit).await;
        let read = page.map_err(Fault::from)?.into_iter().map(|(key, record)| {
            let ordinal = keys::ordinal_of(&key);
            let ordinal = ordinal.ok_or_else(|| defect("a key names no controller"))?;
            let controller = Controller::decode(record.value())?;
            Ok(ControllerStatus::new(*thing, ordinal, &controller, &roster))
        });
        let controllers = read.collect::<Result<Vec<_>, Fault>>()?;
        let is_full = controllers.len() == limit.get();
        let next = controllers.last().map(|last| last.ordinal).filter(|_| is_full);
        Ok(ControllerPage { controllers, next })
    }
}

/// A page of Controllers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ControllerPage {
    /// What is on it.
    pub controllers: Vec<ControllerStatus>,
    /// Where the next page begins: behind this ordinal. `None` when this is the last one; the page
    /// behind one that is just full may be empty.
    pub next: Option<Ordinal>,
}
