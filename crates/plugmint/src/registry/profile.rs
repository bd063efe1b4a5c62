//! What is kept with a Thing or a Controller.

use plugmint_core::controller::ControllerRefusal;
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{Decision, Outcome, RetiredSerial};
use plugmint_core::{
    Actor, Author, ConnectionPassword, PlugId, Principal, PrincipalKind, Profile, ProfileChange,
};
use tracing::{Level, enabled, instrument};

use crate::registry::reading::Reading;
use crate::registry::{AuthenticateError, LookUpError, Registry, VerbError};
use crate::{Fault, Unknown, keys};

impl Registry {
    /// What is kept with a Thing or a Controller. Nothing is, unless somebody
    /// [set](Self::set_profile) it.
    ///
    /// # Errors
    /// * [`LookUpError::Unknown`] Thing or Controller.
    /// * [`LookUpError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn profile(&self, plug_id: &PlugId) -> Result<Profile, LookUpError> {
        self.ensure_open()?;
        let mut reading = Reading::new(self);
        let found = reading.credential(plug_id).await?;
        found.ok_or_else(|| Unknown::holder(plug_id))?;
        Ok(reading.profile(plug_id).await?)
    }

    /// What is kept with a Thing or a Controller that has just connected: one look-up.
    ///
    /// # Errors
    /// [`Fault`]
    pub async fn profile_of(&self, principal: &Principal) -> Result<Profile, Fault> {
        // As of `authenticate`: a span that nobody listens to costs, too.
        if enabled!(Level::DEBUG) {
            return Box::pin(self.profile_of_traced(principal)).await;
        }
        self.profile_kept(principal).await
    }

    #[instrument(
        level = "debug",
        name = "profile_of",
        skip_all,
        fields(plug_id = %principal.plug_id()),
        err(level = "debug")
    )]
    async fn profile_of_traced(&self, principal: &Principal) -> Result<Profile, Fault> {
        self.profile_kept(principal).await
    }

    async fn profile_kept(&self, principal: &Principal) -> Result<Profile, Fault> {
        self.ensure_open()?;
        let key = keys::profile(principal.plug_id())?;
        let record = self.0.store.get(&key).await?;
        let profile = record.map(|record| Profile::decode(record.value())).transpose()?;
        Ok(profile.unwrap_or_default())
    }

    /// What is kept with a Thing or a Controller is what `change` says; what it does not speak of
    /// stays. An access level is set in the same commit, and only that leaves an event. A repeat
    /// writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] Thing or Controller.
    /// * [`VerbError::Refused`]: it is retired.
    /// * [`VerbError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn set_profile(
        &self,
        plug_id: &PlugId,
        change: &ProfileChange,
        by: &Actor,
    ) -> Result<Outcome, SetProfileError> {
        self.ensure_open()?;
        let author = Author::Operator(by.clone());
        let set = self.keep(plug_id, None, change, &author).await?;
        set.ok_or_else(|| Unknown::holder(plug_id).into())
    }

    /// As [`set_profile`](Self::set_profile), by the Thing or Controller itself with its Plug-ID
    /// and connection password; one in its overlap does not do.
    ///
    /// # Errors
    /// * [`AuthenticateError::Refused`]: the one answer for whoever does not prove who it is.
    /// * [`AuthenticateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn set_own_profile(
        &self,
        plug_id: &PlugId,
        password: &ConnectionPassword,
        change: &ProfileChange,
    ) -> Result<Outcome, AuthenticateError> {
        self.ensure_open()?;
        let presented = self.prove_holder(plug_id, password).await?;
        match self.keep(plug_id, Some(&presented), change, &Author::Device).await {
            Ok(Some(outcome)) => Ok(outcome),
            Ok(None) | Err(SetProfileError::Refused(_) | SetProfileError::Unknown(_)) => {
                Err(AuthenticateError::Refused)
            }
            Err(SetProfileError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// `None` for nobody, and for whoever does not prove who it is where that is asked for.
    async fn keep(
        &self,
        plug_id: &PlugId,
        presented: Option<&AuthVerifier>,
        change: &ProfileChange,
        author: &Author,
    ) -> Result<Option<Outcome>, SetProfileError> {
        let Some(credential) = Reading::new(self).credential(plug_id).await? else {
            return Ok(None);
        };
        let (id, kind) = (credential.id(), credential.kind());
        self.drive_thing(id, |mut reading| async move {
            let proven = match presented {
                None => reading.credential(plug_id).await?.is_some(),
                Some(presented) => reading.proven_holder(plug_id, presented).await?.is_some(),
            };
            let (profile, now) = (reading.profile(plug_id).await?, self.0.clock.now());
            let decided = match kind {
                PrincipalKind::Thing => {
                    let thing = reading.serial(id).await?;
                    // A Plug-ID that its serial has given up is nobody's.
                    let thing = thing.filter(|thing| thing.stage().plug_id() == Some(plug_id));
                    thing.filter(|_| proven).map(|thing| {
                        let set = thing.set_profile(*plug_id, &profile, change, author, now);
                        set.map_err(|RetiredSerial| ControllerRefusal::Retired)
                    })
                }
                PrincipalKind::Controller { ordinal } => {
                    let attached = reading.attached(id, ordinal).await?.filter(|_| proven);
                    attached.map(|attached| attached.set_profile(&profile, change))
                }
            };
            let decision = decided.transpose().map_err(VerbError::Refused)?;
            Ok(reading.concludes(match decision {
                Some(decision) => decision.map(Some),
                None => Decision::Answer(None),
            }))
        })
        .await
    }
}

/// Why nothing was kept.
pub type SetProfileError = VerbError<ControllerRefusal>;
