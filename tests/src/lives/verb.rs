//! The steps of a life.

use plugmint::{
    AuthenticateError, EnrollOutcome, Enrollment, Epoch, EventKind, GrantsThen, Mark, NewPasswords,
    OperatorEnrollError, OperatorEnrollRefusal, Outcome, RegisterError, StageName, UnixMillis,
};

use crate::{AuditError, Scene, enroll_password, new_serial};

use super::passwords::{
    FURTHER, Owner, control_password, credentials, overlap_until, password, same,
};
use super::{device_id, ensure};

/// What every device goes through, one commit each; some get further than others.
pub const LIFE: [Verb; 17] = [
    Verb::Register,
    Verb::ReplacePasswords,
    Verb::Enroll,
    Verb::Activate,
    Verb::Reactivate,
    Verb::EnrollAgain,
    Verb::ActivateAgain,
    Verb::Disable,
    Verb::Enable,
    Verb::ReplaceControlPassword,
    Verb::Unenroll,
    Verb::EnrollUnenrolled,
    Verb::Transfer,
    Verb::EnrollByOperator,
    Verb::UnenrollByDevice,
    Verb::EnrollTransferred,
    Verb::Retire,
];

/// A step of a life, in their order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "an audit must know what each does")]
pub enum Verb {
    /// Its serial is registered.
    Register,
    /// Its passwords are replaced before anybody has used them.
    ReplacePasswords,
    /// It enrolls.
    Enroll,
    /// It connects for the first time.
    Activate,
    /// It must enroll again, and its password goes on meanwhile.
    Reactivate,
    /// It enrolls again.
    EnrollAgain,
    /// It connects with its new password, and the old one ends.
    ActivateAgain,
    /// It is disabled.
    Disable,
    /// It is enabled.
    Enable,
    /// Its control password is replaced.
    ReplaceControlPassword,
    /// It is taken off by an operator.
    Unenroll,
    /// It enrolls once more.
    EnrollUnenrolled,
    /// It goes to somebody else.
    Transfer,
    /// An operator enrolls it.
    EnrollByOperator,
    /// It takes itself off.
    UnenrollByDevice,
    /// It enrolls under its new name.
    EnrollTransferred,
    /// It is retired.
    Retire,
}

impl Verb {
    pub(super) const fn event(self) -> EventKind {
        match self {
            Self::Register => EventKind::Registered,
            Self::ReplacePasswords => EventKind::PasswordsReplaced,
            Self::Enroll
            | Self::EnrollAgain
            | Self::EnrollUnenrolled
            | Self::EnrollByOperator
            | Self::EnrollTransferred => EventKind::Reissued,
            Self::Activate | Self::ActivateAgain => EventKind::Activated,
            Self::Reactivate => EventKind::Reactivated,
            Self::Disable => EventKind::Disabled,
            Self::Enable => EventKind::Enabled,
            Self::ReplaceControlPassword => EventKind::ControlPasswordReplaced,
            Self::Unenroll | Self::UnenrollByDevice => EventKind::Unenrolled,
            Self::Transfer => EventKind::Transferred,
            Self::Retire => EventKind::Retired,
        }
    }

    /// Where it leaves a device.
    pub(super) const fn stage(self) -> StageName {
        match self {
            Self::Register
            | Self::ReplacePasswords
            | Self::Reactivate
            | Self::Unenroll
            | Self::Transfer
            | Self::UnenrollByDevice => StageName::Registered,
            Self::Enroll
            | Self::EnrollAgain
            | Self::EnrollUnenrolled
            | Self::EnrollByOperator
            | Self::EnrollTransferred => StageName::Enrolled,
            Self::Activate
            | Self::ActivateAgain
            | Self::Disable
            | Self::Enable
            | Self::ReplaceControlPassword => StageName::Activated,
            Self::Retire => StageName::Retired,
        }
    }

    pub(super) const fn mark(self) -> Option<Mark> {
        match self {
            Self::Retire => None,
            Self::Disable => Some(Mark::Disabled),
            _ => Some(Mark::Enabled),
        }
    }

    /// The epoch and the owner behind it.
    pub(crate) fn epoch(self) -> u32 {
        let raising = [
            Self::ReplacePasswords,
            Self::Reactivate,
            Self::Unenroll,
            Self::Transfer,
            Self::UnenrollByDevice,
        ];
        raising.iter().map(|raising| u32::from(*raising <= self)).sum()
    }

    pub(crate) fn owner(self) -> Owner {
        [Self::ReplacePasswords, Self::Transfer].iter().map(|new| u32::from(*new <= self)).sum()
    }

    pub(super) fn is_controllable(self) -> bool {
        Self::ReplacePasswords <= self && self < Self::Transfer
    }

    pub(super) fn is_sealed(self) -> bool {
        self < Self::Activate || Self::Transfer <= self && self < Self::Retire
    }

    /// Until when the password before the last one connects.
    pub(super) fn overlap_until(self, scene: &Scene) -> Option<UnixMillis> {
        matches!(self, Self::Reactivate | Self::EnrollAgain).then(|| overlap_until(scene))
    }

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
        // An operator saw the epoch before it, where the step raises it.
        let seen = Epoch::new(self.epoch().saturating_sub(1));
        Ok(match self {
            Self::Register => {
                let new = new_serial(id.serial().as_str(), &super::passwords::password(number, 0));
                match registry.register(id.template(), new, ada).await {
                    Ok(_) => Said::Outcome(Outcome::Done),
                    Err(RegisterError::AlreadyRegistered { .. }) => {
                        Said::Refused("already-registered")
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Self::ReplacePasswords => {
                let new = NewPasswords::new(password()).with_control(control_password(number));
                Said::Outcome(registry.replace_passwords(id, &new, seen, ada).await?)
            }
            Self::Enroll | Self::EnrollAgain | Self::EnrollUnenrolled | Self::EnrollTransferred => {
                Said::Enrollment(registry.enroll(id, &password()).await?)
            }
            Self::Activate | Self::ActivateAgain => {
                let told = credentials(&scene.template, number, self.owner(), self.epoch());
                registry.authenticate(told.plug_id(), told.connection_password()).await?;
                Said::Connected
            }
            Self::Reactivate => {
                let until = overlap_until(scene);
                Said::Outcome(registry.reactivate_with_overlap(id, seen, until, ada).await?)
            }
            Self::Disable => Said::Outcome(registry.disable(id, ada).await?),
            Self::Enable => Said::Outcome(registry.enable(id, ada).await?),
            Self::ReplaceControlPassword => {
                let new = control_password(number + FURTHER);
                Said::Outcome(
                    registry.replace_control_password(id, &new, GrantsThen::End, ada).await?,
                )
            }
            Self::Unenroll => Said::Outcome(registry.unenroll(id, seen, ada).await?),
            Self::Transfer => {
                let new = NewPasswords::new(password());
                Said::Outcome(registry.transfer(id, &new, seen, ada).await?)
            }
            Self::EnrollByOperator => match registry.enroll_by_operator(id, ada).await {
                Ok(told) => Said::Enrollment(told),
                Err(OperatorEnrollError::Refused(OperatorEnrollRefusal::AlreadyEnrolled)) => {
                    Said::Refused("already-enrolled")
                }
                Err(error) => return Err(error.into()),
            },
            Self::UnenrollByDevice => {
                let told = credentials(&scene.template, number, self.owner(), seen.number());
                let (plug_id, password) = (told.plug_id(), told.connection_password());
                match registry.unenroll_by_device(plug_id, password).await {
                    Ok(()) => Said::Outcome(Outcome::Done),
                    Err(AuthenticateError::Refused) => Said::Refused("refused"),
                    Err(error) => return Err(error.into()),
                }
            }
            Self::Retire => Said::Outcome(registry.retire(id, ada).await?),
        })
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
