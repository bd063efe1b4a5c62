//! What can be asked of a serial.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a device or an operator can ask of a serial.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new verb must be answered everywhere")]
pub enum Verb {
    /// An operator makes a serial known, with its passwords.
    Register,
    /// A device asks for credentials with its enroll password.
    Enroll,
    /// An operator asks for a device's credentials with the enroll key that was kept sealed.
    EnrollByOperator,
    /// A device connects with the connection password that it was given last.
    Authenticate,
    /// A device connects with the connection password of before.
    AuthenticateInOverlap,
    /// An operator keeps a device out for a while.
    Disable,
    /// An operator lets it in again.
    Enable,
    /// An operator makes a device enroll again.
    Reactivate,
    /// An operator takes a device off.
    Unenroll,
    /// A device takes itself off with its connection password.
    UnenrollByDevice,
    /// An operator gives other passwords to a serial whose device has never enrolled.
    ReplacePasswords,
    /// An operator gives a serial another control password.
    ReplaceControlPassword,
    /// Somebody, such as a phone, enrolls as a Controller with the control password.
    EnrollController,
    /// A Controller, or a Thing, adds the Thing to what it may act on with the control password.
    AddThing,
    /// An operator lets a Controller, or a Thing, act on the Thing.
    Grant,
    /// An operator ends what a Controller, or a Thing, was granted.
    Release,
    /// An operator sets what Controllers may do with the Thing.
    SetAccess,
    /// An operator gives a serial to somebody else, with other passwords.
    Transfer,
    /// An operator ends the life of a serial.
    Retire,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 19] = [
        Self::Register,
        Self::Enroll,
        Self::EnrollByOperator,
        Self::Authenticate,
        Self::AuthenticateInOverlap,
        Self::Disable,
        Self::Enable,
        Self::Reactivate,
        Self::Unenroll,
        Self::UnenrollByDevice,
        Self::ReplacePasswords,
        Self::ReplaceControlPassword,
        Self::EnrollController,
        Self::AddThing,
        Self::Grant,
        Self::Release,
        Self::SetAccess,
        Self::Transfer,
        Self::Retire,
    ];

    /// Its name, as it is written in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Enroll => "enroll",
            Self::EnrollByOperator => "enroll-by-operator",
            Self::Authenticate => "authenticate",
            Self::AuthenticateInOverlap => "authenticate-in-overlap",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Reactivate => "reactivate",
            Self::Unenroll => "unenroll",
            Self::UnenrollByDevice => "unenroll-by-device",
            Self::ReplacePasswords => "replace-passwords",
            Self::ReplaceControlPassword => "replace-control-password",
            Self::EnrollController => "enroll-controller",
            Self::AddThing => "add-thing",
            Self::Grant => "grant",
            Self::Release => "release",
            Self::SetAccess => "set-access",
            Self::Transfer => "transfer",
            Self::Retire => "retire",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Verb {
    type Err = UnknownVerb;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|verb| verb.name() == text).ok_or(UnknownVerb)
    }
}

/// A text names no verb.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error(
    "unknown verb: expected `register`, `enroll`, `enroll-by-operator`, `authenticate`, \
     `authenticate-in-overlap`, `disable`, `enable`, `reactivate`, `unenroll`, \
     `unenroll-by-device`, `replace-passwords`, `replace-control-password`, `enroll-controller`, \
     `add-thing`, `grant`, `release`, `set-access`, `transfer` or `retire`"
)]
#[non_exhaustive]
pub struct UnknownVerb;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_read_back_from_its_name() {
        for verb in Verb::ALL {
            assert_eq!(verb.to_string().parse(), Ok(verb));
            assert_eq!(serde_json::to_value(verb).unwrap(), verb.name());
        }
        assert_eq!("Enroll".parse::<Verb>(), Err(UnknownVerb));
    }

    #[test]
    fn whoever_names_no_verb_is_told_all_of_them() {
        let message = UnknownVerb.to_string();
        assert!(Verb::ALL.iter().all(|verb| message.contains(&format!("`{verb}`"))), "{message}");
    }
}
