//! Listing grants, both ways.

use std::num::NonZeroUsize;

use plugmint_core::controller::DeviceName;
use plugmint_core::{AccessLevel, PlugId, SerialId, UnixMillis};
use plugmint_store::Key;
use serde::{Deserialize, Serialize};
use tracing::instrument;

use crate::registry::drive::{TRIES, defect};
use crate::registry::reading::{Granted, HeldBy, Reading};
use crate::registry::{LookUpError, Registry};
use crate::{Fault, Unknown, keys};

impl Registry {
    /// Who may act on a Thing, in the order of their Plug-IDs, behind `after`. A page looks at
    /// `limit` grants, and shows those that count: there are more while it says what comes
    /// [`next`](GrantsOnPage::next).
    ///
    /// A grant is shown while its holder or its Thing is disabled, with the level none.
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
    pub async fn grants_on(
        &self,
        thing: &SerialId,
        after: Option<&PlugId>,
        limit: NonZeroUsize,
    ) -> Result<GrantsOnPage, LookUpError> {
        self.serial(thing).await?;
        let after = after.map(|after| keys::grant_on(thing, after)).transpose();
        let after = after.map_err(Fault::from)?;
        let page = self.grant_page(&keys::grants_on(thing), after.as_ref(), limit).await?;
        let mut listed = GrantsOnPage { grants: Vec::new(), next: None };
        for key in &page {
            let holder = keys::holder_of(key).ok_or_else(|| defect("a key names no holder"))?;
            if let Some(Granted { by, access, at, .. }) = self.counted(&holder, thing).await? {
                let (name, serial) = match by {
                    HeldBy::Controller(controller) => (controller.name().cloned(), None),
                    HeldBy::Thing(id) => (None, Some(id)),
                };
                listed.grants.push(GrantOn { holder, name, serial, access, at });
            }
            listed.next = Some(holder).filter(|_| page.len() == limit.get());
        }
        Ok(listed)
    }

    /// What a Controller, or a Thing, may act on, in the order of template and serial number,
    /// behind `after`; as [`grants_on`](Self::grants_on).
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] holder.
    /// * [`LookUpError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%holder), err(level = "debug"))]
    pub async fn grants_of(
        &self,
        holder: &PlugId,
        after: Option<&SerialId>,
        limit: NonZeroUsize,
    ) -> Result<GrantsOfPage, LookUpError> {
        self.ensure_open()?;
        let found = Reading::new(self).holder(holder).await?;
        found.ok_or_else(|| Unknown::holder(holder))?;
        let after = after.map(|after| keys::grant_of(holder, after)).transpose();
        let after = after.map_err(Fault::from)?;
        let page = self.grant_page(&keys::grants_of(holder), after.as_ref(), limit).await?;
        let mut listed = GrantsOfPage { grants: Vec::new(), next: None };
        for key in &page {
            let thing = keys::thing_of(key).ok_or_else(|| defect("a key names no thing"))?;
            if let Some(counted) = self.counted(holder, &thing).await? {
                let Granted { plug_id, access, at, .. } = counted;
                listed.grants.push(GrantOf { thing, plug_id, access, at });
            }
            listed.next = Some(thing).filter(|_| page.len() == limit.get());
        }
        Ok(listed)
    }

    async fn grant_page(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<Key>, Fault> {
        let page = self.0.store.scan(prefix, after, limit).await?;
        Ok(page.into_iter().map(|(key, _)| key).collect())
    }

    /// What a grant is worth, if it counts.
    async fn counted(&self, holder: &PlugId, thing: &SerialId) -> Result<Option<Granted>, Fault> {
        for _ in 0..TRIES {
            let mut reading = Reading::new(self);
            let found = reading.granted(holder, thing).await?;
            if found.is_none() || reading.still_holds().await? {
                return Ok(found);
            }
        }
        Err(Fault::Contended { tries: TRIES })
    }
}

/// Who may act on a Thing, and how.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GrantOn {
    /// A Controller or a Thing.
    pub holder: PlugId,
    /// What a Controller said that it is called when it enrolled.
    pub name: Option<DeviceName>,
    /// Which Thing it is; `None` for a Controller.
    pub serial: Option<SerialId>,
    /// What it may do now.
    pub access: AccessLevel,
    /// Since when it holds the grant.
    pub at: UnixMillis,
}

/// What somebody may act on, and how.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GrantOf {
    /// The Thing.
    pub thing: SerialId,
    /// What the Thing is called.
    pub plug_id: PlugId,
    /// What its holder may do with it now.
    pub access: AccessLevel,
    /// Since when its holder holds the grant.
    pub at: UnixMillis,
}

/// A page of grants on a Thing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GrantsOnPage {
    /// What is on it.
    pub grants: Vec<GrantOn>,
    /// Where the next page begins: behind this holder. `None` when this is the last one.
    pub next: Option<PlugId>,
}

/// A page of grants of a holder.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GrantsOfPage {
    /// What is on it.
    pub grants: Vec<GrantOf>,
    /// Where the next page begins: behind this Thing. `None` when this is the last one.
    pub next: Option<SerialId>,
}
