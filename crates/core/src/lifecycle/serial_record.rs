//! The record of a serial.

use crate::{
    AccessLevel, Author, Credential, Event, EventKind, HistoryHead, Ordinal, PlugId, SerialId,
    UnixMillis,
};

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

impl SerialRecord {
    /// The same serial, whose next Controller has that ordinal.
    pub(crate) fn with_next_ordinal(mut self, next: Ordinal) -> Self {
        if let Some(registration) = self.stage.registration_mut() {
            registration.next_ordinal = next;
        }
        self
    }

    /// The same serial, where nothing that it holds counts any more.
    pub(crate) fn holding_nothing(mut self) -> Self {
        if let Some(registration) = self.stage.registration_mut() {
            registration.grants = registration.grants.held_ended();
        }
        self
    }

    /// The same serial, with which those who hold a grant may do that.
    pub(crate) fn with_access(self, access: Option<AccessLevel>) -> Self {
        Self { stage: self.stage.with_access(access), ..self }
    }

    /// Appends what happened to it.
    pub(crate) fn tell(&mut self, kind: EventKind, author: Author, at: UnixMillis) -> Event {
        let event = self.head.append(kind, author, at);
        self.head = event.head();
        event
    }

    /// Appends what happened to a Controller of its, or to the holder of a grant.
    pub(crate) fn tell_about(
        &mut self,
        about: PlugId,
        kind: EventKind,
        author: Author,
        at: UnixMillis,
    ) -> Event {
        let event = self.head.append_about(about, kind, author, at);
        self.head = event.head();
        event
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
