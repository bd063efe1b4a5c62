//! What operators do with grants.

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::grant::NotControllable;
use plugmint_core::lifecycle::{Decision, Outcome};
use plugmint_core::{Actor, Author, PlugId, PrincipalKind, SerialId};
use tracing::instrument;

use crate::registry::reading::Reading;
use crate::registry::{Registry, RetireError, VerbError};
use crate::{Fault, Unknown};

impl Registry {
    /// A Controller, or a Thing, may act on a Thing from now on, without that Thing's control
    /// password. One commit; a repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template, serial or holder.
    /// * [`VerbError::Refused`]: the Thing is not enrolled, or is retired.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(%holder, template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn grant(
        &self,
        thing: &SerialId,
        holder: &PlugId,
        by: &Actor,
    ) -> Result<Outcome, GrantError> {
        self.ensure_open()?;
        let author = &Author::Operator(by.clone());
        self.drive_thing(thing, |mut reading| async move {
            let Some(record) = reading.serial(thing).await? else {
                return Err(GrantError::from(self.unknown(thing).await?));
            };
            let found = reading.holder(holder).await?;
            let found = found.ok_or_else(|| Unknown::holder(holder))?;
            let grant = reading.grant(thing, holder).await?;
            let now = self.0.clock.now();
            let decision = record
                .grant_by_operator(&found, grant.as_ref(), author, now)
                .map_err(VerbError::Refused)?;
            Ok(reading.concludes(decision))
        })
        .await
    }

    /// A Controller, or a Thing, may not act on a Thing any more. One commit; where it was not
    /// granted that writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`ReleaseError::Unknown`] template, serial or holder.
    /// * [`ReleaseError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(%holder, template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn release(
        &self,
        thing: &SerialId,
        holder: &PlugId,
        by: &Actor,
    ) -> Result<Outcome, ReleaseError> {
        self.ensure_open()?;
        let author = &Author::Operator(by.clone());
        self.drive_thing(thing, |mut reading| async move {
            let Some(record) = reading.serial(thing).await? else {
                return Err(ReleaseError::from(self.unknown(thing).await?));
            };
            let found = reading.holder(holder).await?;
            let found = found.ok_or_else(|| Unknown::holder(holder))?;
            let grant = reading.grant(thing, holder).await?;
            let now = self.0.clock.now();
            Ok(reading.concludes(record.release_holder(&found, grant.as_ref(), author, now)))
        })
        .await
    }

    /// A Controller, or a Thing, may not act on any Thing any more, in one commit however many they
    /// are. Whether it was granted any is not looked at: a repeat is written again.
    ///
    /// # Errors
    /// * [`ReleaseError::Unknown`] holder.
    /// * [`ReleaseError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%holder), err(level = "debug"))]
    pub async fn release_all(&self, holder: &PlugId, by: &Actor) -> Result<(), ReleaseError> {
        self.ensure_open()?;
        let author = Author::Operator(by.clone());
        let ended = self.end_held(holder, None, &author).await?;
        Ok(ended.ok_or_else(|| Unknown::holder(holder))?)
    }

    /// All grants of a holder end, whose password of today `presented` proves where there is one.
    /// `None` for nobody.
    pub(super) async fn end_held(
        &self,
        plug_id: &PlugId,
        presented: Option<&AuthVerifier>,
        author: &Author,
    ) -> Result<Option<()>, Fault> {
        let Some(credential) = Reading::new(self).credential(plug_id).await? else {
            return Ok(None);
        };
        let (id, kind) = (credential.id(), credential.kind());
        self.drive_thing(id, |mut reading| async move {
            let holder = match presented {
                Some(presented) => reading.proven_holder(plug_id, presented).await?,
                None => reading.holder(plug_id).await?,
            };
            let now = self.0.clock.now();
            let change = match kind {
                PrincipalKind::Controller { ordinal } => {
                    let attached =
                        reading.attached(id, ordinal).await?.filter(|_| holder.is_some());
                    attached.map(|attached| attached.release_all(author, now))
                }
                PrincipalKind::Thing => {
                    let both = reading.serial(id).await?.zip(holder);
                    both.map(|(thing, holder)| thing.release_all(&holder, author, now))
                }
            };
            Ok(reading.concludes(match change {
                Some(change) => Decision::Commit(Box::new(change), Some(())),
                None => Decision::Answer(None),
            }))
        })
        .await
    }
}

/// Why a Thing was not granted.
pub type GrantError = VerbError<NotControllable>;

/// Why a grant did not end.
pub type ReleaseError = RetireError;
