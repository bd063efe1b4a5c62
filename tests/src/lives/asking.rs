//! How a step of a life is taken, and asked for once more.

use plugmint::{
    AuthenticateError, Credentials, EnrollOutcome, Enrollment, Epoch, GrantsThen, NewPasswords,
    OperatorEnrollError, OperatorEnrollRefusal, Outcome, RegisterError, SerialId,
};

use crate::{AuditError, Scene, enroll_password, new_serial};

use super::passwords::{FURTHER, control_password, credentials, overlap_until, password, same};
use super::{Verb, device_id, ensure, profiles};

impl Verb {
    /// Lets the device of that number take this step.
    ///
    /// # Errors
    /// When it is refused, or the store fails.
    pub async fn take(self, scene: &Scene, number: u32) -> Result<(), AuditError> {
        match self.ask(scene, number).await? {
            Said::Outcome(Outcome::Done) | Said::Connected => Ok(()),
            Said::Enrollment(told) if told.outcome() == EnrollOutcome::Reissued => Ok(()),
            said => Err(AuditError::Wrong(format!("{self:?} is answered {said:?}"))),
        }
    }

    /// Asks for this step once more, which was the last one that the device of that number took:
    /// the answer is that it was done, or what it gave, and nothing is written.
    ///
    /// # Errors
    /// When the answer is another one, or the store fails.
    pub async fn ask_again(self, scene: &Scene, number: u32) -> Result<(), AuditError> {
        let holds = match (self, self.ask(scene, number).await?) {
            // Credentials are shown once to operators, and a password that ended proves nothing.
            (Self::EnrollByOperator, Said::Refused("already-enrolled"))
            | (Self::UnenrollByDevice, Said::Refused("refused"))
            | (Self::Register, Said::Refused("already-registered"))
            | (_, Said::Outcome(Outcome::AlreadyDone) | Said::Connected) => true,
            (_, Said::Enrollment(told)) => {
                let expected = credentials(&scene.template, number, self.owner(), self.epoch());
                told.outcome() == EnrollOutcome::Repeated && same(told.credentials(), &expected)
            }
            (_, Said::Refused(_) | Said::Outcome(Outcome::Done)) => false,
        };
        ensure(holds, &format!("{self:?} is answered as before when it is asked again"))
    }

    async fn ask(self, scene: &Scene, number: u32) -> Result<Said, AuditError> {
        let (registry, id, ada) =
            (&scene.registry, &device_id(&scene.template, number), &scene.ada);
        let password = || enroll_password(&password(number, self.owner()));
        let told = |epoch| credentials(&scene.template, number, self.owner(), epoch);
        // An operator saw the epoch before it, where the step raises it.
        let (epoch, seen) = (self.epoch(), Epoch::new(self.epoch().saturating_sub(1)));
        let outcome = match self {
            Self::Register => return register(scene, id, number).await,
            Self::Enroll | Self::EnrollAgain | Self::EnrollUnenrolled | Self::EnrollTransferred => {
                return Ok(Said::Enrollment(registry.enroll(id, &password()).await?));
            }
            Self::EnrollWithProfile => {
                let (password, (change, _)) = (password(), profiles::first());
                let enrolled = registry.enroll_with_profile(None, id, &password, &change);
                return Ok(Said::Enrollment(enrolled.await?));
            }
            Self::EnrollByOperator => return enroll_by_operator(scene, id).await,
            Self::Activate | Self::ActivateAgain => {
                let told = told(epoch);
                registry.authenticate(told.plug_id(), told.connection_password()).await?;
                return Ok(Said::Connected);
            }
            Self::UnenrollByDevice => return unenroll_by_device(scene, &told(seen.number())).await,
            Self::ReplacePasswords => {
                let new = NewPasswords::new(password()).with_control(control_password(number));
                registry.replace_passwords(id, &new, seen, ada).await?
            }
            Self::Reactivate => {
                registry.reactivate_with_overlap(id, seen, overlap_until(scene), ada).await?
            }
            Self::SetProfile => {
                let (change, _) = profiles::by_operator();
                registry.set_profile(told(epoch).plug_id(), &change, ada).await?
            }
            Self::SetOwnProfile => {
                let (told, (change, _)) = (told(epoch), profiles::by_device());
                let own = told.connection_password();
                registry.set_own_profile(told.plug_id(), own, &change).await?
            }
            Self::Disable => registry.disable(id, ada).await?,
            Self::Enable => registry.enable(id, ada).await?,
            Self::ReplaceControlPassword => {
                let new = control_password(number + FURTHER);
                registry.replace_control_password(id, &new, GrantsThen::End, ada).await?
            }
            Self::Unenroll => registry.unenroll(id, seen, ada).await?,
            Self::Transfer => {
                registry.transfer(id, &NewPasswords::new(password()), seen, ada).await?
            }
            Self::Retire => registry.retire(id, ada).await?,
        };
        Ok(Said::Outcome(outcome))
    }
}

async fn register(scene: &Scene, id: &SerialId, number: u32) -> Result<Said, AuditError> {
    let new = new_serial(id.serial().as_str(), &password(number, 0));
    match scene.registry.register(id.template(), new, &scene.ada).await {
        Ok(_) => Ok(Said::Outcome(Outcome::Done)),
        Err(RegisterError::AlreadyRegistered { .. }) => Ok(Said::Refused("already-registered")),
        Err(error) => Err(error.into()),
    }
}

async fn enroll_by_operator(scene: &Scene, id: &SerialId) -> Result<Said, AuditError> {
    match scene.registry.enroll_by_operator(id, &scene.ada).await {
        Ok(told) => Ok(Said::Enrollment(told)),
        Err(OperatorEnrollError::Refused(OperatorEnrollRefusal::AlreadyEnrolled)) => {
            Ok(Said::Refused("already-enrolled"))
        }
        Err(error) => Err(error.into()),
    }
}

async fn unenroll_by_device(scene: &Scene, told: &Credentials) -> Result<Said, AuditError> {
    match scene.registry.unenroll_by_device(told.plug_id(), told.connection_password()).await {
        Ok(()) => Ok(Said::Outcome(Outcome::Done)),
        Err(AuthenticateError::Refused) => Ok(Said::Refused("refused")),
        Err(error) => Err(error.into()),
    }
}

/// What a step is answered.
#[derive(Debug)]
enum Said {
    Outcome(Outcome),
    Enrollment(Enrollment),
    Connected,
    Refused(&'static str),
}
