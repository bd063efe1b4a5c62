//! May this one enroll?

mod by_operator;
mod error;

use plugmint_core::derivation::Stretched;
use plugmint_core::lifecycle::{Decision, EnrollRefusal, Enrollment, Registration, SerialRecord};
use plugmint_core::{
    Author, DenyReason, EnrollOutcome, EnrollPassword, HistoryHead, InvalidLabel,
    ProductionTemplate, ProfileChange, SerialId,
};
use tracing::instrument;

use crate::attempts::Tried;
use crate::hooks::Suspicion;
use crate::metrics::Begun;
use crate::{Attempt, EnrollRequest, RepeatedEnrollment, Source, Verdict};

use super::Registry;
use super::drive::{Loaded, RestsOn};

pub use by_operator::OperatorEnrollError;
pub use error::EnrollError;

impl Registry {
    /// A device asks for its credentials with its enroll password.
    ///
    /// The same template, serial and password give the same Plug-ID and connection password, so a
    /// device whose answer got lost asks again; what it is told then is its template's
    /// [`RepeatPolicy`](plugmint_core::RepeatPolicy). A repeat writes nothing, anything else is one
    /// commit.
    ///
    /// Costs a few microseconds for a generated password, and one Argon2id on a thread of the pool
    /// for a chosen or shared one, also when the serial is unknown.
    ///
    /// [`AttemptLimits`](crate::AttemptLimits) hold a serial's attempts down, whoever makes them:
    /// here one stranger can keep a device with a chosen password out. A host that knows where a
    /// call comes from uses [`enroll_from`](Self::enroll_from).
    ///
    /// A call that is dropped before its answer has paid for its attempt, whatever the answer would
    /// have been: where a hang-up drops it, let it run in a task of its own.
    ///
    /// # Errors
    /// * [`EnrollError::Throttled`]: ask again after the time that it names.
    /// * [`EnrollError::Refused`]: the one answer for an unknown or closed template, an unknown
    ///   serial, a wrong password, a disabled or a retired serial.
    /// * [`EnrollError::AlreadyEnrolled`], [`EnrollError::AlreadyActivated`]: told only to who
    ///   proved the password.
    /// * [`EnrollError::Denied`] by the host's [`Decider`](crate::Decider), and
    ///   [`EnrollError::Labels`] when it asked for more labels than there may be.
    /// * [`EnrollError::Overloaded`]: ask again after the time that it names.
    /// * [`EnrollError::Fault`]
    pub async fn enroll(
        &self,
        id: &SerialId,
        password: &EnrollPassword,
    ) -> Result<Enrollment, EnrollError> {
        self.attempt(None, id, password, None).await
    }

    /// As [`enroll`](Self::enroll), for a call from a source that the host knows: that source's
    /// attempts are limited too, and of a serial's it has a fourth at most. So a stranger does not
    /// keep a device from enrolling.
    ///
    /// # Errors
    /// Those of [`enroll`](Self::enroll).
    pub async fn enroll_from(
        &self,
        source: &Source,
        id: &SerialId,
        password: &EnrollPassword,
    ) -> Result<Enrollment, EnrollError> {
        self.attempt(Some(source), id, password, None).await
    }

    /// As [`enroll_from`](Self::enroll_from), for a device that says what is to be kept with it:
    /// that is written in the same commit, an access level too, which leaves a second event. A
    /// repeat writes nothing, and so keeps nothing.
    ///
    /// # Errors
    /// Those of [`enroll`](Self::enroll).
    pub async fn enroll_with_profile(
        &self,
        source: Option<&Source>,
        id: &SerialId,
        password: &EnrollPassword,
        profile: &ProfileChange,
    ) -> Result<Enrollment, EnrollError> {
        self.attempt(source, id, password, Some(profile)).await
    }

    /// One attempt: paid for before the password is looked at, and paid back unless it was wrong.
    /// Whoever does not wait for the answer has paid.
    #[instrument(
        level = "debug",
        name = "enroll",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    async fn attempt(
        &self,
        source: Option<&Source>,
        id: &SerialId,
        password: &EnrollPassword,
        profile: Option<&ProfileChange>,
    ) -> Result<Enrollment, EnrollError> {
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.enroll));
        let enrolled = self.attempt_once(source, id, password, profile).await;
        begun.ends(&enrolled);
        match &enrolled {
            Ok(enrollment) if enrollment.outcome() == EnrollOutcome::Repeated => {
                if let Some(observer) = &self.0.observer {
                    observer.repeated(&RepeatedEnrollment { id, about: None, source });
                }
            }
            Ok(_) | Err(EnrollError::Fault(_)) => {}
            Err(error) => self.tell_refused(Attempt::Enroll(id), source, error.code()),
        }
        enrolled
    }

    async fn attempt_once(
        &self,
        source: Option<&Source>,
        id: &SerialId,
        password: &EnrollPassword,
        profile: Option<&ProfileChange>,
    ) -> Result<Enrollment, EnrollError> {
        self.ensure_open()?;
        // To a device a closed template is one that is not there.
        let template = self.load_template(id.template()).await?.map(|(template, _)| template);
        let template = template.filter(ProductionTemplate::is_open);
        let class = template.as_ref().map(|template| template.design().password_class());
        let attempt =
            self.0.attempts.reserve(source, Tried::Enroll(id), class, self.0.clock.now())?;
        // A template's id is no secret, so nothing is hashed for one that is not there.
        let template = template.ok_or(EnrollError::Refused)?;
        let enrolled = self.enroll_in(&template, source, id, password, profile).await;
        if !matches!(enrolled, Err(EnrollError::Refused)) {
            attempt.give_back();
        }
        enrolled
    }

    async fn enroll_in(
        &self,
        template: &ProductionTemplate,
        source: Option<&Source>,
        id: &SerialId,
        password: &EnrollPassword,
        profile: Option<&ProfileChange>,
    ) -> Result<Enrollment, EnrollError> {
        let design = template.design();
        let stretching =
            design.password_class().stretching(design.argon2(), id, password.expose_text());
        let stretched = self.0.pool.finish(id.template(), stretching).await?;
        let asking = Asking { id, author: Author::Device, source };
        let mut said = None;
        let mut suspicion = Suspicion::new(self.0.observer.as_deref(), id, source);
        let elsewhere = &mut suspicion.is_elsewhere;
        self.drive(id, RestsOn::SerialAndTemplate, |loaded| {
            let decision = self.decide_enroll(&asking, &stretched, loaded, elsewhere)?;
            let decision = self.ask_host(&asking, loaded, decision, &mut said)?;
            Ok(match (decision, profile) {
                (Decision::Commit(change, enrollment), Some(profile)) => {
                    Decision::Commit(Box::new(change.with_profile(profile.clone())), enrollment)
                }
                (decision, _) => decision,
            })
        })
        .await
    }

    /// What was kept from the slow hash is the key, not a verdict: it is held against the record
    /// that was just read, every time.
    fn decide_enroll(
        &self,
        asking: &Asking<'_>,
        stretched: &Stretched,
        loaded: &Loaded,
        elsewhere: &mut bool,
    ) -> Result<Decision<Enrollment>, EnrollError> {
        *elsewhere = false;
        let id = asking.id;
        let template = loaded.template.as_ref().filter(|template| template.is_open());
        let template = template.ok_or(EnrollError::Refused)?;
        let registration = loaded.serial.as_ref().and_then(|record| record.stage().registration());
        let ring = self.0.keys.load();
        let keys = ring.version(registration.map_or(ring.current(), Registration::key_version))?;
        let template_key = keys.template_key(id.template());
        let key = template_key.enroll_key(id.serial(), stretched);
        let (repeat, now) = (template.design().repeat(), self.0.clock.now());
        let from =
            asking.source.map(|source| template_key.source_mark(id.serial(), source.as_bytes()));
        let decided =
            SerialRecord::enroll(loaded.serial.clone(), &key, repeat, keys.auth(), from, now);
        // Said only of who proved the password.
        if !matches!(decided, Err(EnrollRefusal::Stranger(_))) {
            let moved = from.zip(registration);
            *elsewhere = moved.is_some_and(|(from, of)| of.is_enrolled_elsewhere(&from));
        }
        Ok(decided?)
    }

    /// Lets the host have its say in a decision to give credentials. It is asked again only when
    /// the serial has changed meanwhile.
    fn ask_host(
        &self,
        asking: &Asking<'_>,
        loaded: &Loaded,
        decision: Decision<Enrollment>,
        said: &mut Option<(HistoryHead, Verdict)>,
    ) -> Result<Decision<Enrollment>, NotWanted> {
        let (Some(decider), Some(record)) = (&self.0.decider, &loaded.serial) else {
            return Ok(decision);
        };
        let Some(registration) = record.stage().registration() else {
            return Ok(decision);
        };
        let outcome = match &decision {
            Decision::Answer(enrollment) | Decision::Commit(_, enrollment) => enrollment.outcome(),
        };
        let verdict = match said.take() {
            Some((head, verdict)) if head == *record.head() => verdict,
            Some(_) | None => decider.decide(&EnrollRequest {
                id: asking.id,
                author: &asking.author,
                source: asking.source,
                outcome,
                labels: registration.labels(),
            }),
        };
        let (_, verdict) = said.insert((*record.head(), verdict));
        match (verdict, decision) {
            (Verdict::Deny(reason), _) => Err(NotWanted::Denied(reason.clone())),
            (Verdict::AllowWith(labels), Decision::Commit(change, enrollment)) => {
                let change = change.with_labels(labels).map_err(NotWanted::Labels)?;
                Ok(Decision::Commit(Box::new(change), enrollment))
            }
            (Verdict::Allow | Verdict::AllowWith(_), decision) => Ok(decision),
        }
    }
}

/// Who asks for credentials, as the host's decider is told.
struct Asking<'a> {
    id: &'a SerialId,
    author: Author,
    source: Option<&'a Source>,
}

/// What a host's say comes to, when it is not to go on.
enum NotWanted {
    Denied(DenyReason),
    Labels(InvalidLabel),
}
