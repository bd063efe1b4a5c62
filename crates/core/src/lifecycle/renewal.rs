//! New passwords for a serial that has some: what they come to, and what they may not repeat.

use std::fmt;

use serde::Serialize;

use crate::derivation::{SealedKey, Verifier};
use crate::{Epoch, KeyVersion};

use super::{EpochRefusal, Registration};

/// What new passwords come to under the key version that they are kept under.
#[derive(Clone, Debug)]
pub struct Renewal {
    pub(super) key_version: KeyVersion,
    pub(super) enroll_verifier: Verifier,
    pub(super) control_verifier: Option<Verifier>,
    pub(super) sealed_key: Option<SealedKey>,
}

impl Renewal {
    /// New passwords: `control_verifier` is `None` where nobody shall control the Thing,
    /// `sealed_key` is `Some` where the template allows operator enrollment.
    #[must_use]
    pub const fn new(
        key_version: KeyVersion,
        enroll_verifier: Verifier,
        control_verifier: Option<Verifier>,
        sealed_key: Option<SealedKey>,
    ) -> Self {
        Self { key_version, enroll_verifier, control_verifier, sealed_key }
    }
}

/// What new passwords come to under the key version that a serial has now, to be held against the
/// passwords that it has.
///
/// Each text is looked at as an enroll password and as a control password: what was one shall not
/// become the other.
#[derive(Debug)]
pub struct Offered {
    enroll: Verifier,
    control: Option<Verifier>,
    enroll_as_control: Verifier,
    control_as_enroll: Option<Verifier>,
}

impl Offered {
    /// A new enroll password, as itself and as a control password.
    #[must_use]
    pub const fn new(enroll: Verifier, enroll_as_control: Verifier) -> Self {
        Self { enroll, control: None, enroll_as_control, control_as_enroll: None }
    }

    /// And a new control password, as itself and as an enroll password.
    #[must_use]
    pub fn with_control(self, control: Verifier, control_as_enroll: Verifier) -> Self {
        Self { control: Some(control), control_as_enroll: Some(control_as_enroll), ..self }
    }

    /// Whether these are the passwords that the serial has; constant time.
    pub(super) fn are_those_of(&self, registration: &Registration) -> bool {
        registration.has_passwords(&self.enroll, self.control.as_ref())
    }

    /// The first that would replace itself.
    pub(super) fn unchanged(&self, old: &Registration) -> Option<Which> {
        let enroll = self.enroll.matches(&old.enroll_verifier);
        let control = matches(self.control.as_ref(), old.control_verifier.as_ref());
        if enroll {
            Some(Which::Enroll)
        } else if control {
            Some(Which::Control)
        } else {
            None
        }
    }

    /// The first that is one of the two old ones.
    pub(super) fn repeated(&self, old: &Registration) -> Option<Which> {
        let enroll = matches(Some(&self.enroll_as_control), old.control_verifier.as_ref());
        let control = matches(self.control_as_enroll.as_ref(), Some(&old.enroll_verifier));
        let crossed = match (enroll, control) {
            (true, _) => Some(Which::Enroll),
            (false, true) => Some(Which::Control),
            (false, false) => None,
        };
        self.unchanged(old).or(crossed)
    }
}

fn matches(one: Option<&Verifier>, other: Option<&Verifier>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.matches(other))
}

/// Which of a serial's two passwords.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a serial has these two")]
pub enum Which {
    /// The enroll password.
    Enroll,
    /// The control password.
    Control,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enroll => "enroll",
            Self::Control => "control",
        })
    }
}

/// The verbs that raise the epoch of a serial.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new one must say how it is repeated")]
pub enum Raise {
    /// The device must enroll again.
    Reactivate,
    /// The device was taken off, by an operator or by itself.
    Unenroll,
    /// The passwords of a serial that had not enrolled were replaced.
    ReplacePasswords,
    /// The serial went to somebody else.
    Transfer,
}

impl Registration {
    /// The epoch that `verb` raises to, when the caller saw `seen`; `None` when it was this verb
    /// that raised the one that was seen, so that asking again does nothing.
    pub(super) fn next_epoch(
        &self,
        verb: Raise,
        seen: Epoch,
    ) -> Result<Option<Epoch>, EpochRefusal> {
        if seen == self.epoch {
            return seen.next().map(Some).ok_or(EpochRefusal::Last);
        }
        let raised_once = seen.next() == Some(self.epoch);
        if raised_once && self.raised_by == Some(verb) {
            Ok(None)
        } else {
            Err(EpochRefusal::Moved { seen, now: self.epoch })
        }
    }
}
