//! The record of a serial.

use crate::{Author, Credential, EventKind, HistoryHead, SerialId, UnixMillis};

use super::{Change, Decision, Mark, Outcome, Registered, Registration, Stage};

/// Where in its life a serial is, and the head of its history.
///
/// The verbs stand in files of their own: each takes the record as it was read and gives the record
/// as it shall be. [`rule`](super::rule) is the table of what each comes to.
#[derive(Clone, Debug)]
pub struct SerialRecord {
    pub(super) stage: Stage,
    pub(super) head: HistoryHead,
}

impl SerialRecord {
    /// A serial that nobody knew is registered.
    pub fn register(id: &SerialId, registered: Registered, author: Author) -> Change {
        let (head, at) = (HistoryHead::before_first(id), registered.registration.registered_at);
        changed(head, Stage::Registered(registered), EventKind::Registered, author, at)
    }

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
            Stage::Registered(registered) => registered
                .former
                .as_ref()
                .map(|former| Credential::of_former(*id, &registered.registration, former)),
            Stage::Enrolled(enrolled) => Some(Credential::of_enrolled(*id, enrolled)),
            Stage::Activated(activated) => Some(Credential::of_activated(*id, activated)),
            Stage::Retired(retired) => retired
                .plug_id()
                .map(|plug_id| Credential::closed(*id, retired.key_version, *plug_id)),
        };
        credential.into_iter().collect()
    }
}

/// What happened, as a change of the record whose history ends in `head`.
pub(super) fn changed(
    head: HistoryHead,
    stage: Stage,
    kind: EventKind,
    author: Author,
    at: UnixMillis,
) -> Change {
    let event = head.append(kind, author, at);
    Change::new(SerialRecord { stage, head: event.head() }, event)
}

/// [`changed`], where the answer is that it was done.
pub(super) fn done(
    head: HistoryHead,
    stage: Stage,
    kind: EventKind,
    author: Author,
    at: UnixMillis,
) -> Decision<Outcome> {
    Decision::Commit(Box::new(changed(head, stage, kind, author, at)), Outcome::Done)
}
