//! May this one enroll? And what it is told.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::derivation::{AuthKey, Credentials, EnrollKey, Verifier};
use crate::{Author, Epoch, EventKind, HistoryHead, RepeatPolicy, SourceMark, UnixMillis};

use super::serial_record::changed;
use super::{
    Decision, Identity, Mark, OperatorEnrollRefusal, Registered, Registration, SerialRecord, Stage,
};

impl SerialRecord {
    /// A device that came to `key` with its password asks for credentials, from a source where that
    /// is known. An unknown serial is `None`, and costs what a known one does.
    ///
    /// # Errors
    /// [`EnrollRefusal::Stranger`] unless the key is the right one and the serial is neither
    /// disabled nor retired; the other refusals are told only to who proved the password.
    pub fn enroll(
        record: Option<Self>,
        key: &EnrollKey,
        repeat: RepeatPolicy,
        auth: &AuthKey,
        from: Option<SourceMark>,
        at: UnixMillis,
    ) -> Result<Decision<Enrollment>, EnrollRefusal> {
        // Before anything is looked at: whoever is refused, this is paid.
        let presented = key.verifier();
        let Self { stage, head } = proven(record, &presented).ok_or(Stranger)?;
        match (stage, repeat) {
            (Stage::Retired(_), _) => Err(EnrollRefusal::Stranger(Stranger)),
            (Stage::Registered(mut registered), _) => {
                registered.registration.enrolled_from = from;
                Ok(granted(head, registered, key, auth, Author::Device, at))
            }
            (Stage::Enrolled(_), RepeatPolicy::Never) => Err(EnrollRefusal::AlreadyEnrolled),
            (Stage::Activated(_), RepeatPolicy::Never | RepeatPolicy::UntilActivated) => {
                Err(EnrollRefusal::AlreadyActivated)
            }
            (Stage::Enrolled(enrolled), RepeatPolicy::UntilActivated | RepeatPolicy::Always) => {
                Ok(repeated(&enrolled.registration, key))
            }
            (Stage::Activated(activated), RepeatPolicy::Always) => {
                Ok(repeated(&activated.registration, key))
            }
        }
    }

    /// An operator asks for a device's credentials with the key that was kept sealed.
    ///
    /// # Errors
    /// [`OperatorEnrollRefusal`]; [`OperatorEnrollRefusal::NotSealed`] also when `key` is `None` or
    /// not this serial's.
    pub fn enroll_by_operator(
        self,
        key: Option<&EnrollKey>,
        auth: &AuthKey,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Enrollment>, OperatorEnrollRefusal> {
        match self.stage {
            Stage::Retired(_) => Err(OperatorEnrollRefusal::Retired),
            Stage::Enrolled(_) => Err(OperatorEnrollRefusal::AlreadyEnrolled),
            Stage::Activated(_) => Err(OperatorEnrollRefusal::AlreadyActivated),
            Stage::Registered(mut registered) => {
                if registered.registration.mark == Mark::Disabled {
                    return Err(OperatorEnrollRefusal::Disabled);
                }
                let stored = &registered.registration.enroll_verifier;
                let key = key.filter(|key| key.verifier().matches(stored));
                let key = key.ok_or(OperatorEnrollRefusal::NotSealed)?;
                registered.registration.enrolled_from = None;
                Ok(granted(self.head, registered, key, auth, author, at))
            }
        }
    }
}

/// A Registered serial becomes Enrolled.
fn granted(
    head: HistoryHead,
    registered: Registered,
    key: &EnrollKey,
    auth: &AuthKey,
    author: Author,
    at: UnixMillis,
) -> Decision<Enrollment> {
    let epoch = registered.registration.epoch;
    let credentials = key.credentials(epoch);
    let (outcome, kind) = if epoch == Epoch::FIRST {
        (EnrollOutcome::First, EventKind::Enrolled)
    } else {
        (EnrollOutcome::Reissued, EventKind::Reissued)
    };
    let verifier = auth.verifier_of(&credentials);
    let identity = Identity::new(*credentials.plug_id(), verifier);
    let stage = Stage::Enrolled(registered.enroll(identity, at));
    let change = changed(head, stage, kind, author, at);
    Decision::Commit(Box::new(change), Enrollment { outcome, credentials })
}

/// The same credentials as before.
fn repeated(registration: &Registration, key: &EnrollKey) -> Decision<Enrollment> {
    Decision::Answer(Enrollment {
        outcome: EnrollOutcome::Repeated,
        credentials: key.credentials(registration.epoch),
    })
}

/// What a device is told that may enroll.
#[derive(Debug)]
pub struct Enrollment {
    outcome: EnrollOutcome,
    credentials: Credentials,
}

impl Enrollment {
    /// Whether these credentials are new.
    #[must_use]
    pub const fn outcome(&self) -> EnrollOutcome {
        self.outcome
    }

    /// The Plug-ID and the connection password.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The same, to be handed on.
    #[must_use]
    pub fn into_credentials(self) -> Credentials {
        self.credentials
    }
}

/// Whether an enrollment gave new credentials.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EnrollOutcome {
    /// The first ones of this serial.
    First,
    /// New ones at a later epoch: the password of the one before was revoked, or the passwords of
    /// the serial were replaced.
    Reissued,
    /// The same ones as before; nothing was written.
    Repeated,
}

impl EnrollOutcome {
    /// What a host counts by. Its meaning never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Reissued => "reissued",
            Self::Repeated => "repeated",
        }
    }
}

/// Why a device may not enroll.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new refusal must not become the strangers' answer")]
pub enum EnrollRefusal {
    /// It proved nothing, or is disabled or retired.
    #[error(transparent)]
    Stranger(#[from] Stranger),
    /// It proved its password, has enrolled before, and the template repeats nothing.
    #[error("the serial is enrolled already and its template repeats no credentials")]
    AlreadyEnrolled,
    /// It proved its password and has been connected already.
    #[error("the serial is activated already: expected one that has not connected")]
    AlreadyActivated,
}

impl EnrollRefusal {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stranger(stranger) => stranger.code(),
            Self::AlreadyEnrolled => "already-enrolled",
            Self::AlreadyActivated => "already-activated",
        }
    }
}

/// The one answer to whoever proved nothing, is disabled or retired.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("refused")]
pub struct Stranger;

impl Stranger {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "refused"
    }
}

/// The record, if the verifier is its own and it is neither disabled nor retired. There is always
/// one comparison.
fn proven(record: Option<SerialRecord>, presented: &Verifier) -> Option<SerialRecord> {
    let nobody = Verifier::from_parts([0; 32]);
    let registration = record.as_ref().and_then(|record| record.stage.registration());
    let stored = registration.map_or(&nobody, Registration::enroll_verifier);
    let proven = stored.matches(presented);
    let enabled = registration.is_some_and(|of| of.mark == Mark::Enabled);
    record.filter(|_| proven && enabled)
}
