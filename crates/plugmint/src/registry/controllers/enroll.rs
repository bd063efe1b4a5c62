//! May this one control the Thing?

use plugmint_core::controller::{
    Controller, ControllerAttempt, ControllerEnrollment, ControllerRequest,
    EnrollControllerRefusal, OwnSerialMark, Roll,
};
use plugmint_core::derivation::{ControlKey, Stretched};
use plugmint_core::lifecycle::{Registration, SerialRecord};
use plugmint_core::{ControlPassword, ControllerCap, EnrollOutcome, KeyVersion, SerialId};
use tracing::instrument;

use crate::metrics::Begun;
use crate::registry::Registry;
use crate::registry::reading::Reading;
use crate::{Attempt, Fault, RepeatedEnrollment, Source};

use super::error::EnrollControllerError;

impl Registry {
    /// Somebody, such as a phone, enrolls as a Controller of a Thing with the Thing's control
    /// password, and is granted the Thing in the same commit.
    ///
    /// Its Plug-ID and connection password are derived from the control password and an ordinal
    /// that is used once. Whoever names its own serial number is given the same credentials again
    /// until it has connected, and new ones once it was reactivated. **Without one, who asks again
    /// is another Controller**: an answer that was lost leaves one that nobody uses, and that makes
    /// room once there are too many.
    ///
    /// A host's [`Decider`](crate::Decider) is not asked: what a Controller may do is said by its
    /// grants.
    ///
    /// One commit, and an Argon2id on a thread of the pool where control passwords are chosen. The
    /// [`AttemptLimits`](crate::AttemptLimits) of a Thing's control password are apart from those
    /// of its enroll password; `source` is where the call came from, if the host knows.
    ///
    /// ```
    /// # pollster::block_on(async {
    /// # use plugmint::{Actor, ControllerRequest, ControlPassword, EnrollPassword, NewSerial};
    /// # use plugmint::{AccessLevel, SerialId, TemplateDesign, TemplateName};
    /// # let test = plugmint::testing::TestRegistry::new(1).await?;
    /// # let registry = test.registry();
    /// # let design = TemplateDesign::new(TemplateName::parse("Lamps")?);
    /// # let template = registry.create_template(registry.company(), design).await?;
    /// # let thing = SerialId::new(*template.id(), "SN-1".parse()?);
    /// # let enroll = || EnrollPassword::parse("TGaHQvCxtM6EeOhIViPd4w");
    /// # let control = || ControlPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA");
    /// # let new = NewSerial::new("SN-1".parse()?, enroll()?).with_control_password(control()?);
    /// # registry.register(template.id(), new, &Actor::parse("ada")?).await?;
    /// # registry.enroll(&thing, &enroll()?).await?;
    /// let request = ControllerRequest::new().with_own_serial("PHONE-1".parse()?);
    /// let phone = registry.enroll_controller(None, &thing, &control()?, &request).await?;
    /// let (plug_id, password) =
    ///     (phone.credentials().plug_id(), phone.credentials().connection_password());
    ///
    /// // It connects, and may act on the Thing.
    /// let principal = registry.authenticate(plug_id, password).await?;
    /// assert_eq!(registry.access(principal.plug_id(), &thing).await?, AccessLevel::ReadWrite);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// * [`EnrollControllerError::Throttled`]: ask again after the time that it names.
    /// * [`EnrollControllerError::Refused`]: the one answer for an unknown or closed template, an
    ///   unknown Thing, one without a control password, a wrong password, a Thing that is not
    ///   enrolled, disabled or retired, and a Controller that is disabled.
    /// * [`EnrollControllerError::TooMany`], [`EnrollControllerError::LastOrdinal`]: told only to
    ///   who proved the password.
    /// * [`EnrollControllerError::Overloaded`]: ask again after the time that it names.
    /// * [`EnrollControllerError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %thing.template(), serial = %thing.serial()),
        err(level = "debug")
    )]
    pub async fn enroll_controller(
        &self,
        source: Option<&Source>,
        thing: &SerialId,
        password: &ControlPassword,
        request: &ControllerRequest,
    ) -> Result<ControllerEnrollment, EnrollControllerError> {
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.enroll_controller));
        let enrolled = self.control(source, thing, password, request).await;
        begun.ends(&enrolled);
        match &enrolled {
            Ok(enrollment) if enrollment.outcome() == EnrollOutcome::Repeated => {
                if let Some(observer) = &self.0.observer {
                    let about = Some(enrollment.credentials().plug_id());
                    observer.repeated(&RepeatedEnrollment { id: thing, about, source });
                }
            }
            Ok(_) | Err(EnrollControllerError::Fault(_)) => {}
            Err(error) => self.tell_refused(Attempt::Control(thing), source, error.code()),
        }
        enrolled
    }

    async fn control(
        &self,
        source: Option<&Source>,
        thing: &SerialId,
        password: &ControlPassword,
        request: &ControllerRequest,
    ) -> Result<ControllerEnrollment, EnrollControllerError> {
        self.ensure_open()?;
        let attempt = self.try_control(source, thing, password).await?;
        let stretched = &attempt.stretched;
        let enrolled = self.drive_thing(thing, |mut reading| async move {
            let (controlled, template) = reading.controlled(thing, stretched).await??;
            let registration = controlled.thing().stage().registration();
            let version = registration.map(Registration::key_version);
            let key = self.control_key(thing, version, stretched)?;
            let cap = template.design().controllers();
            let roll = reading.roll(thing, controlled.thing(), request, cap).await?;
            let ring = self.0.keys.load();
            let keys = ring.version(version.unwrap_or_else(|| ring.current()))?;
            let (key, auth, at) = (&key, keys.auth(), self.0.clock.now());
            let asked = ControllerAttempt { key, request, cap, auth, at };
            match controlled.enroll(&asked, roll) {
                // Those who would have made room may have made it for others meanwhile.
                Err(EnrollControllerRefusal::TooMany) if !reading.still_holds().await? => {
                    Ok::<_, EnrollControllerError>(reading.torn())
                }
                decided => Ok(reading.concludes(decided?)),
            }
        });
        let enrolled = enrolled.await;
        if !matches!(enrolled, Err(EnrollControllerError::Refused)) {
            attempt.paid.give_back();
        }
        enrolled
    }

    /// What a stretched control password comes to under a key version, or under the current one for
    /// a Thing that is not there.
    pub(in crate::registry) fn control_key(
        &self,
        id: &SerialId,
        version: Option<KeyVersion>,
        stretched: &Stretched,
    ) -> Result<ControlKey, Fault> {
        let ring = self.0.keys.load();
        let keys = ring.version(version.unwrap_or_else(|| ring.current()))?;
        Ok(keys.template_key(id.template()).control_key(id.serial(), stretched))
    }
}

impl Reading<'_> {
    /// The Controllers of a Thing, as far as the enrollment of one rests on them.
    async fn roll(
        &mut self,
        id: &SerialId,
        thing: &SerialRecord,
        request: &ControllerRequest,
        cap: ControllerCap,
    ) -> Result<Roll, Fault> {
        let roster = self.roster(id, thing).await?;
        let mut roll = Roll { roster, known: None, idle: None };
        if let Some(own_serial) = request.own_serial()
            && let Some(ordinal) = self.known(id, &OwnSerialMark::new(own_serial)).await?
            && let Some(controller) = self.controller(id, ordinal).await?
        {
            let grant = self.grant(id, controller.plug_id()).await?;
            roll.known = Some((ordinal, controller, grant));
        }
        if roll.roster.ordinals().len() < usize::from(cap.number()) {
            return Ok(roll);
        }
        for ordinal in roll.roster.ordinals() {
            let controller = self.controller(id, *ordinal).await?;
            if let Some(idle) = controller.filter(Controller::may_make_room) {
                roll.idle = Some((*ordinal, idle));
                break;
            }
        }
        Ok(roll)
    }
}
