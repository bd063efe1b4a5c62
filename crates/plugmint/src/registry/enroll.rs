//! May this one enroll?

use std::time::Duration;

use plugmint_core::derivation::Stretched;
use plugmint_core::lifecycle::{Decision, EnrollRefusal, Enrollment, Registration, SerialRecord};
use plugmint_core::{EnrollPassword, ProductionTemplate, SerialId};
use thiserror::Error;
use tracing::instrument;

use crate::attempts::Throttled;
use crate::stretch_pool::NotStretched;
use crate::{Fault, Source};

use super::Registry;
use super::drive::{Loaded, RestsOn};

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
    /// [`AttemptLimits`](crate::AttemptLimits) hold a serial's attempts down, whoever makes them: here
    /// one stranger can keep a device with a chosen password out. A host that knows where a call comes
    /// from uses [`enroll_from`](Self::enroll_from).
    ///
    /// A call that is dropped before its answer has paid for its attempt, whatever the answer would
    /// have been: where a hang-up drops it, let it run in a task of its own.
    ///
    /// # Errors
    /// * [`EnrollError::Throttled`]: ask again after the time that it names.
    /// * [`EnrollError::Refused`]: the one answer for an unknown template, an unknown serial, a
    ///   wrong password, a disabled or a retired serial.
    /// * [`EnrollError::AlreadyEnrolled`], [`EnrollError::AlreadyActivated`]: told only to who
    ///   proved the password.
    /// * [`EnrollError::Overloaded`]: ask again after the time that it names.
    /// * [`EnrollError::Fault`]
    pub async fn enroll(
        &self,
        id: &SerialId,
        password: &EnrollPassword,
    ) -> Result<Enrollment, EnrollError> {
        self.attempt(None, id, password).await
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
        self.attempt(Some(source), id, password).await
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
    ) -> Result<Enrollment, EnrollError> {
        self.ensure_open()?;
        let template = self.load_template(id.template()).await?.map(|(template, _)| template);
        let class = template.as_ref().map(|template| template.design().password_class());
        let attempt = self.0.attempts.reserve(source, id, class, self.0.clock.now())?;
        // A template's id is no secret, so nothing is hashed for one that is not there.
        let template = template.ok_or(EnrollError::Refused)?;
        let enrolled = self.enroll_in(&template, id, password).await;
        if !matches!(enrolled, Err(EnrollError::Refused)) {
            attempt.give_back();
        }
        enrolled
    }

    async fn enroll_in(
        &self,
        template: &ProductionTemplate,
        id: &SerialId,
        password: &EnrollPassword,
    ) -> Result<Enrollment, EnrollError> {
        let design = template.design();
        let stretching =
            design.password_class().stretching(design.argon2(), id, password.expose_text());
        let stretched = self.0.pool.finish(id.template(), stretching).await?;
        self.drive(id, RestsOn::SerialAndTemplate, |loaded| {
            self.decide_enroll(id, &stretched, loaded)
        })
        .await
    }

    /// What was kept from the slow hash is the key, not a verdict: it is held against the record
    /// that was just read, every time.
    fn decide_enroll(
        &self,
        id: &SerialId,
        stretched: &Stretched,
        loaded: &Loaded,
    ) -> Result<Decision<Enrollment>, EnrollError> {
        let Some(template) = &loaded.template else {
            return Err(EnrollError::Refused);
        };
        let registration = loaded.serial.as_ref().and_then(|record| record.stage().registration());
        let version = registration.map_or(self.0.keys.current(), Registration::key_version);
        let keys = self.0.keys.version(version)?;
        let key = keys.template_key(id.template()).enroll_key(id.serial(), stretched);
        let (repeat, now) = (template.design().repeat(), self.0.clock.now());
        Ok(SerialRecord::enroll(loaded.serial.clone(), &key, repeat, keys.auth(), now)?)
    }
}

/// Why a device may not enroll. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EnrollError {
    /// The one answer to whoever proved nothing: the template or serial is unknown, the password is
    /// wrong, or the serial is disabled or retired.
    #[error("the enrollment is refused")]
    Refused,
    /// The password is right, the serial is enrolled, and its template repeats no credentials.
    #[error("the serial is enrolled already: its template gives credentials once")]
    AlreadyEnrolled,
    /// The password is right and the device has connected before.
    #[error("the serial is activated already: its template repeats credentials until then")]
    AlreadyActivated,
    /// Too many attempts were made, from this source or of this serial; whether the password is
    /// right was not looked at.
    #[error("too many attempts: try again in {} s", whole_seconds(*retry_after))]
    Throttled {
        /// When there is another attempt.
        retry_after: Duration,
    },
    /// Too many passwords wait for a slow hash.
    #[error("too many enrollments wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl EnrollError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::AlreadyEnrolled => "already-enrolled",
            Self::AlreadyActivated => "already-activated",
            Self::Throttled { .. } => "throttled",
            Self::Overloaded { .. } => "overloaded",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Overloaded { .. } => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::Refused | Self::AlreadyEnrolled | Self::AlreadyActivated => false,
        }
    }

    /// How long to wait before the call is made again. Who tells it in whole seconds rounds up: who
    /// comes a little earlier comes in vain.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Overloaded { retry_after } => {
                Some(*retry_after)
            }
            Self::Refused | Self::AlreadyEnrolled | Self::AlreadyActivated | Self::Fault(_) => None,
        }
    }
}

impl From<EnrollRefusal> for EnrollError {
    fn from(refusal: EnrollRefusal) -> Self {
        match refusal {
            EnrollRefusal::AlreadyEnrolled => Self::AlreadyEnrolled,
            EnrollRefusal::AlreadyActivated => Self::AlreadyActivated,
            EnrollRefusal::Stranger(_) => Self::Refused,
        }
    }
}

impl From<Throttled> for EnrollError {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled { retry_after: throttled.retry_after }
    }
}

impl From<NotStretched> for EnrollError {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}

/// Rounded up: who comes a little earlier than told comes in vain.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_final_and_a_throttle_is_not() {
        let retry_after = Duration::from_secs(1);
        assert!(EnrollError::Throttled { retry_after }.is_retryable());
        assert!(EnrollError::Overloaded { retry_after }.is_retryable());
        for last in
            [EnrollError::Refused, EnrollError::AlreadyEnrolled, EnrollError::AlreadyActivated]
        {
            assert!(!last.is_retryable(), "{last}");
        }
    }

    #[test]
    fn a_part_of_a_second_is_told_as_a_whole_one() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds, "{millis} ms");
        }
    }
}
