//! The record of a serial, and the decisions that are taken on it.

use serde::Serialize;
use thiserror::Error;

use crate::derivation::{AuthKey, AuthVerifier, Credentials, EnrollKey, Verifier};
use crate::{
    Author, Credential, Epoch, EventKind, HistoryHead, RepeatPolicy, SerialId, UnixMillis,
};

use super::{
    Activated, Change, Decision, Enrolled, Identity, Mark, Outcome, Registered, Registration, Stage,
};

/// Where in its life a serial is, and the head of its history.
#[derive(Clone, Debug)]
pub struct SerialRecord {
    pub(super) stage: Stage,
    pub(super) head: HistoryHead,
}

/// The verbs. Each takes the record as it was read and gives the record as it shall be.
impl SerialRecord {
    /// A serial that nobody knew is registered.
    pub fn register(id: &SerialId, registered: Registered, author: Author) -> Change {
        let (head, at) = (HistoryHead::before_first(id), registered.registration.registered_at);
        changed(head, Stage::Registered(registered), EventKind::Registered, author, at)
    }

    /// A device that came to `key` with its password asks for credentials. An unknown serial is
    /// `None`, and costs what a known one does.
    ///
    /// # Errors
    /// [`EnrollRefusal::Stranger`] unless the key is the right one and the serial is neither
    /// disabled nor retired; the other refusals are told only to who proved the password.
    pub fn enroll(
        record: Option<Self>,
        key: &EnrollKey,
        repeat: RepeatPolicy,
        auth: &AuthKey,
        at: UnixMillis,
    ) -> Result<Decision<Enrollment>, EnrollRefusal> {
        // Before anything is looked at: whoever is refused, this is paid.
        let presented = key.verifier();
        let Self { stage, head } = proven(record, &presented).ok_or(Stranger)?;
        let epoch = stage.registration().ok_or(Stranger)?.epoch;
        match (stage, repeat) {
            (Stage::Retired(_), _) => Err(EnrollRefusal::Stranger(Stranger)),
            (Stage::Registered(registered), _) => {
                let credentials = key.credentials(epoch);
                let (outcome, kind) = if epoch == Epoch::FIRST {
                    (EnrollOutcome::First, EventKind::Enrolled)
                } else {
                    (EnrollOutcome::Reissued, EventKind::Reissued)
                };
                let verifier =
                    auth.verifier(credentials.plug_id(), credentials.connection_password());
                let identity = Identity::new(*credentials.plug_id(), verifier);
                let stage = Stage::Enrolled(registered.enroll(identity, at));
                let change = changed(head, stage, kind, Author::Device, at);
                Ok(Decision::Commit(Box::new(change), Enrollment { outcome, credentials }))
            }
            (Stage::Enrolled(_), RepeatPolicy::Never) => Err(EnrollRefusal::AlreadyEnrolled),
            (Stage::Activated(_), RepeatPolicy::Never | RepeatPolicy::UntilActivated) => {
                Err(EnrollRefusal::AlreadyActivated)
            }
            (Stage::Enrolled(_), RepeatPolicy::UntilActivated | RepeatPolicy::Always)
            | (Stage::Activated(_), RepeatPolicy::Always) => Ok(Decision::Answer(Enrollment {
                outcome: EnrollOutcome::Repeated,
                credentials: key.credentials(epoch),
            })),
        }
    }

    /// A device connected with a password that comes to `presented`; the first time activates it.
    ///
    /// # Errors
    /// [`Stranger`] unless `presented` proves its password now and it is neither disabled nor
    /// retired.
    pub fn authenticate(
        self,
        presented: &AuthVerifier,
        at: UnixMillis,
    ) -> Result<Decision<()>, Stranger> {
        if self.mark() != Some(Mark::Enabled) {
            return Err(Stranger);
        }
        match self.stage {
            Stage::Enrolled(enrolled) if enrolled.identity.auth_verifier.matches(presented) => {
                let stage = Stage::Activated(enrolled.activate(at));
                let change = changed(self.head, stage, EventKind::Activated, Author::Device, at);
                Ok(Decision::Commit(Box::new(change), ()))
            }
            Stage::Activated(activated) if activated.identity.auth_verifier.matches(presented) => {
                Ok(Decision::Answer(()))
            }
            Stage::Registered(_) | Stage::Enrolled(_) | Stage::Activated(_) | Stage::Retired(_) => {
                Err(Stranger)
            }
        }
    }

    /// It shall neither enroll nor authenticate until it is enabled again.
    ///
    /// # Errors
    /// [`RetiredSerial`], which is more than disabled.
    pub fn disable(
        self,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        self.set_mark(Mark::Disabled, EventKind::Disabled, author, at)
    }

    /// It may enroll and authenticate again.
    ///
    /// # Errors
    /// [`RetiredSerial`], which does not come back.
    pub fn enable(
        self,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        self.set_mark(Mark::Enabled, EventKind::Enabled, author, at)
    }

    /// It shall never enroll or authenticate again, from any stage.
    pub fn retire(self, author: Author, at: UnixMillis) -> Decision<Outcome> {
        let retired = match self.stage {
            Stage::Retired(_) => return Decision::Answer(Outcome::AlreadyDone),
            Stage::Registered(registered) => registered.retire(at),
            Stage::Enrolled(enrolled) => enrolled.retire(at),
            Stage::Activated(activated) => activated.retire(at),
        };
        let change = changed(self.head, Stage::Retired(retired), EventKind::Retired, author, at);
        Decision::Commit(Box::new(change), Outcome::Done)
    }

    fn set_mark(
        self,
        mark: Mark,
        kind: EventKind,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        let now = self.mark().ok_or(RetiredSerial)?;
        if now == mark {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        let change = changed(self.head, self.stage.marked(mark), kind, author, at);
        Ok(Decision::Commit(Box::new(change), Outcome::Done))
    }
}

impl SerialRecord {
    /// Where in its life the serial is.
    #[must_use]
    pub const fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The end of its history.
    #[must_use]
    pub const fn head(&self) -> &HistoryHead {
        &self.head
    }

    /// The mark; `None` when it is Retired.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        self.stage.registration().map(Registration::mark)
    }

    /// What authentication needs of this record, a record for each Plug-ID: a pure projection,
    /// written in the same commit, so that connecting takes one look-up. None before the device has
    /// enrolled.
    #[must_use]
    pub fn credentials(&self, id: &SerialId) -> Vec<Credential> {
        let credential = match &self.stage {
            Stage::Registered(_) => None,
            Stage::Enrolled(Enrolled { registration, identity, .. }) => {
                Some(Credential::of_enrolled(*id, registration, identity))
            }
            Stage::Activated(Activated { registration, identity, .. }) => {
                Some(Credential::of_activated(*id, registration, identity))
            }
            Stage::Retired(retired) => retired
                .plug_id()
                .map(|plug_id| Credential::of_retired(*id, retired.key_version, *plug_id)),
        };
        credential.into_iter().collect()
    }
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
}

/// Whether an enrollment gave new credentials.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EnrollOutcome {
    /// The first ones of this serial.
    First,
    /// The same Plug-ID with a new password, after the last one had been revoked.
    Reissued,
    /// The same ones as before; nothing was written.
    Repeated,
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

/// The one answer to whoever proved nothing, is disabled or retired.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("refused")]
pub struct Stranger;

/// The serial is retired, and no verb changes that.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the serial is retired: expected one that is not")]
pub struct RetiredSerial;

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

fn changed(
    head: HistoryHead,
    stage: Stage,
    kind: EventKind,
    author: Author,
    at: UnixMillis,
) -> Change {
    let event = head.append(kind, author, at);
    Change::new(SerialRecord { stage, head: event.head() }, event)
}
