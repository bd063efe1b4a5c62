//! The steps of a life.

use plugmint::{EventKind, Mark, StageName, UnixMillis};

use crate::Scene;

use super::passwords::{Owner, overlap_until};

/// What every device goes through, one commit each; some get further than others.
pub const LIFE: [Verb; 19] = [
    Verb::Register,
    Verb::ReplacePasswords,
    Verb::Enroll,
    Verb::Activate,
    Verb::Reactivate,
    Verb::EnrollAgain,
    Verb::ActivateAgain,
    Verb::SetProfile,
    Verb::SetOwnProfile,
    Verb::Disable,
    Verb::Enable,
    Verb::ReplaceControlPassword,
    Verb::Unenroll,
    Verb::EnrollUnenrolled,
    Verb::Transfer,
    Verb::EnrollByOperator,
    Verb::UnenrollByDevice,
    Verb::EnrollWithProfile,
    Verb::Retire,
];

/// What the devices of golden stores went through: this never changes.
pub(crate) const GOLDEN_LIFE: [Verb; 17] = [
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
    /// An operator says what is kept with it.
    SetProfile,
    /// It says so itself.
    SetOwnProfile,
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
    /// It does, and says what is kept with it.
    EnrollWithProfile,
    /// It is retired.
    Retire,
}

impl Verb {
    /// What it leaves in the history.
    pub(super) const fn events(self) -> &'static [EventKind] {
        match self {
            Self::Register => &[EventKind::Registered],
            Self::ReplacePasswords => &[EventKind::PasswordsReplaced],
            Self::Enroll
            | Self::EnrollAgain
            | Self::EnrollUnenrolled
            | Self::EnrollByOperator
            | Self::EnrollTransferred => &[EventKind::Reissued],
            Self::EnrollWithProfile => &[EventKind::Reissued, EventKind::AccessSet],
            Self::Activate | Self::ActivateAgain => &[EventKind::Activated],
            Self::Reactivate => &[EventKind::Reactivated],
            Self::SetProfile | Self::SetOwnProfile => &[EventKind::AccessSet],
            Self::Disable => &[EventKind::Disabled],
            Self::Enable => &[EventKind::Enabled],
            Self::ReplaceControlPassword => &[EventKind::ControlPasswordReplaced],
            Self::Unenroll | Self::UnenrollByDevice => &[EventKind::Unenrolled],
            Self::Transfer => &[EventKind::Transferred],
            Self::Retire => &[EventKind::Retired],
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
            | Self::EnrollTransferred
            | Self::EnrollWithProfile => StageName::Enrolled,
            Self::Activate
            | Self::ActivateAgain
            | Self::SetProfile
            | Self::SetOwnProfile
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
}
