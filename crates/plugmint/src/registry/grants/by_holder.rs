//! What a Controller, or a Thing, does with its own list of Things.

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::grant::Holder;
use plugmint_core::lifecycle::{Decision, Outcome};
use plugmint_core::{
    Admission, Author, ConnectionPassword, ControlPassword, Credential, PlugId, SerialId,
};
use tracing::instrument;

use crate::metrics::Begun;
use crate::registry::reading::Reading;
use crate::registry::{AuthenticateError, Registry};
use crate::{Attempt, Fault, Source};

use super::error::AddThingError;

impl Registry {
    /// A Controller, or a Thing, is granted one more Thing with that Thing's control password. It
    /// proves who it is with its own Plug-ID and connection password; one in its overlap does not
    /// do. One commit, and an Argon2id on a thread of the pool where control passwords are chosen;
    /// a repeat writes nothing and says `AlreadyDone`.
    ///
    /// The [`AttemptLimits`](crate::AttemptLimits) of a Thing's control password hold here as for
    /// [`enroll_controller`](Self::enroll_controller).
    ///
    /// # Errors
    /// * [`AddThingError::Refused`]: the one answer for an unknown holder, a wrong password of its,
    ///   one in its overlap, and one that is disabled or retired.
    /// * [`AddThingError::Throttled`]: ask again after the time that it names.
    /// * [`AddThingError::ThingRefused`]: the one answer for an unknown or closed template, an
    ///   unknown Thing, one without a control password, a wrong control password, and a Thing that
    ///   is not enrolled, disabled or retired.
    /// * [`AddThingError::Overloaded`]: ask again after the time that it names.
    /// * [`AddThingError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(%holder, template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn add_thing(
        &self,
        source: Option<&Source>,
        holder: &PlugId,
        password: &ConnectionPassword,
        thing: &SerialId,
        control: &ControlPassword,
    ) -> Result<Outcome, AddThingError> {
        let added = self.add_counted(source, (holder, Some(password)), thing, control).await;
        self.tell_added(source, holder, thing, &added);
        added
    }

    /// As [`add_thing`](Self::add_thing), for a holder whom the host knows in another way, such as
    /// by its owner's password.
    ///
    /// # Errors
    /// Those of [`add_thing`](Self::add_thing); [`AddThingError::Refused`] for an unknown holder
    /// and one that is retired.
    #[instrument(
        level = "debug",
        skip_all,
        fields(%holder, template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn add_thing_for(
        &self,
        source: Option<&Source>,
        holder: &PlugId,
        thing: &SerialId,
        control: &ControlPassword,
    ) -> Result<Outcome, AddThingError> {
        let added = self.add_counted(source, (holder, None), thing, control).await;
        self.tell_added(source, holder, thing, &added);
        added
    }

    fn tell_added(
        &self,
        source: Option<&Source>,
        holder: &PlugId,
        thing: &SerialId,
        added: &Result<Outcome, AddThingError>,
    ) {
        match added {
            Ok(_) | Err(AddThingError::Fault(_)) => {}
            Err(error) => {
                self.tell_refused(Attempt::AddThing { holder, thing }, source, error.code());
            }
        }
    }

    async fn add_counted(
        &self,
        source: Option<&Source>,
        holder: (&PlugId, Option<&ConnectionPassword>),
        thing: &SerialId,
        control: &ControlPassword,
    ) -> Result<Outcome, AddThingError> {
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.add_thing));
        let added = self.add(source, holder, thing, control).await;
        begun.ends(&added);
        added
    }

    async fn add(
        &self,
        source: Option<&Source>,
        (plug_id, password): (&PlugId, Option<&ConnectionPassword>),
        thing: &SerialId,
        control: &ControlPassword,
    ) -> Result<Outcome, AddThingError> {
        self.ensure_open()?;
        // Nothing is paid or hashed for whoever does not prove who it is.
        let presented = match password {
            Some(password) => Some(self.prove_holder(plug_id, password).await?),
            None => None,
        };
        let attempt = self.try_control(source, thing, control).await?;
        let stretched = &attempt.stretched;
        let presented = presented.as_ref();
        let added = self.drive_thing(thing, |mut reading| async move {
            let holder = match presented {
                Some(presented) => reading.proven_holder(plug_id, presented).await?,
                None => reading.holder(plug_id).await?,
            };
            let holder = holder.ok_or(AddThingError::Refused)?;
            let controlled = reading.controlled(thing, stretched).await?;
            let (controlled, _) = controlled.map_err(|_| AddThingError::ThingRefused)?;
            let grant = reading.grant(thing, plug_id).await?;
            let now = self.0.clock.now();
            let decision = controlled.add_holder(&holder, grant.as_ref(), now);
            Ok::<_, AddThingError>(reading.concludes(decision))
        });
        let added = added.await;
        if !matches!(added, Err(AddThingError::ThingRefused)) {
            attempt.paid.give_back();
        }
        added
    }

    /// A Controller, or a Thing, gives up Things that it was granted. One that it was not granted,
    /// or that is not there, is given up already. Each is one commit of its own: after an error
    /// some may be done, and a repeat does the rest. How many grants ended.
    ///
    /// It proves who it is with its own Plug-ID and connection password; one in its overlap does
    /// not do.
    ///
    /// # Errors
    /// * [`AuthenticateError::Refused`]: the one answer for an unknown holder, a wrong password,
    ///   one in its overlap, and one that is disabled or retired.
    /// * [`AuthenticateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%holder), err(level = "debug"))]
    pub async fn release_things(
        &self,
        holder: &PlugId,
        password: &ConnectionPassword,
        things: &[SerialId],
    ) -> Result<usize, AuthenticateError> {
        let released = self.release_each(holder, password, things).await;
        self.tell_not_released(holder, &released);
        released
    }

    async fn release_each(
        &self,
        holder: &PlugId,
        password: &ConnectionPassword,
        things: &[SerialId],
    ) -> Result<usize, AuthenticateError> {
        self.ensure_open()?;
        let presented = self.prove_holder(holder, password).await?;
        let (presented, mut released) = (&presented, 0);
        for thing in things {
            let outcome = self.drive_thing(thing, |mut reading| async move {
                let proven = reading.proven_holder(holder, presented).await?;
                let proven = proven.ok_or(AuthenticateError::Refused)?;
                // Whoever is not granted a Thing does not learn whether it is there.
                let grant = reading.grant(thing, holder).await?;
                let record = match &grant {
                    Some(_) => reading.serial(thing).await?,
                    None => None,
                };
                let Some(record) = record else {
                    let nothing = Decision::Answer(Outcome::AlreadyDone);
                    return Ok::<_, AuthenticateError>(reading.concludes(nothing));
                };
                let (author, now) = (Author::Device, self.0.clock.now());
                let decision = record.release_holder(&proven, grant.as_ref(), &author, now);
                Ok(reading.concludes(decision))
            });
            released += usize::from(outcome.await? == Outcome::Done);
        }
        Ok(released)
    }

    /// A Controller, or a Thing, gives up every Thing that it was granted, in one commit however
    /// many they are.
    ///
    /// # Errors
    /// Those of [`release_things`](Self::release_things).
    #[instrument(level = "debug", skip_all, fields(%holder), err(level = "debug"))]
    pub async fn release_all_things(
        &self,
        holder: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<(), AuthenticateError> {
        let released = self.release_every(holder, password).await;
        self.tell_not_released(holder, &released);
        released
    }

    async fn release_every(
        &self,
        holder: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<(), AuthenticateError> {
        self.ensure_open()?;
        let presented = self.prove_holder(holder, password).await?;
        let ended = self.end_held(holder, Some(&presented), &Author::Device).await?;
        ended.ok_or(AuthenticateError::Refused)
    }

    fn tell_not_released<T>(&self, holder: &PlugId, released: &Result<T, AuthenticateError>) {
        if let Err(error @ AuthenticateError::Refused) = released {
            self.tell_refused(Attempt::Release(holder), None, error.code());
        }
    }

    /// What the password of a holder comes to, if it proves who it is.
    pub(in crate::registry) async fn prove_holder(
        &self,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<AuthVerifier, AuthenticateError> {
        let mut reading = Reading::new(self);
        let version = reading.credential(plug_id).await?.as_ref().map(Credential::key_version);
        let presented = {
            let keys = self.0.keys.load();
            let keys = keys.version(version.unwrap_or_else(|| keys.current()))?;
            keys.auth().verifier(plug_id, password)
        };
        match reading.proven_holder(plug_id, &presented).await? {
            Some(_) => Ok(presented),
            None => Err(AuthenticateError::Refused),
        }
    }
}

impl Reading<'_> {
    /// Who holds grants under a Plug-ID, if `presented` proves the password of today.
    pub(in crate::registry) async fn proven_holder(
        &mut self,
        plug_id: &PlugId,
        presented: &AuthVerifier,
    ) -> Result<Option<Holder>, Fault> {
        let Some(credential) = self.credential(plug_id).await? else {
            return Ok(None);
        };
        match credential.admit(presented) {
            Admission::Admitted(_) | Admission::Activates(_) => self.holder(plug_id).await,
            Admission::Overlap(_) | Admission::Refused => Ok(None),
        }
    }
}
