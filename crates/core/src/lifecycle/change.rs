//! What a decision comes to.

use serde::{Deserialize, Serialize};

use crate::{Event, EventKind, InvalidLabel, Labels, ProfileChange};

use super::SerialRecord;

/// The answer to a verb, and what must be committed before it may be given.
#[derive(Debug)]
#[must_use = "a change that is not committed did not happen"]
#[expect(clippy::exhaustive_enums, reason = "a driver must know what to do with each")]
pub enum Decision<A, C = Change> {
    /// Nothing changes; the answer stands.
    Answer(A),
    /// The answer stands once the change is committed, and not before.
    Commit(Box<C>, A),
}

impl<A, C> Decision<A, C> {
    /// The same change under another answer.
    pub fn map<B>(self, answer: impl FnOnce(A) -> B) -> Decision<B, C> {
        match self {
            Self::Answer(a) => Decision::Answer(answer(a)),
            Self::Commit(change, a) => Decision::Commit(change, answer(a)),
        }
    }
}

/// A serial's record as it shall be, and the events that tell of it: all land or none.
#[derive(Debug)]
#[must_use = "a change that is not committed did not happen"]
pub struct Change {
    record: SerialRecord,
    event: Event,
    // Boxed, like the change: room that nothing is put into keeps what was on the stack before, and
    // that may be a key.
    access_set: Option<Box<Event>>,
    profile: Option<ProfileChange>,
}

impl Change {
    pub(super) const fn new(record: SerialRecord, event: Event) -> Self {
        Self { record, event, access_set: None, profile: None }
    }

    /// The same change of a record with more labels; one of a name that is there gets the new
    /// value.
    ///
    /// # Errors
    /// [`InvalidLabel::TooMany`]
    pub fn with_labels(mut self, labels: &Labels) -> Result<Self, InvalidLabel> {
        if let Some(registration) = self.record.stage.registration_mut() {
            for (name, value) in labels.iter() {
                registration.labels.insert(name, value)?;
            }
        }
        Ok(self)
    }

    /// The same change of a device with which more is kept: it is written under the Plug-ID that
    /// the device has then. Where that is another access level, a second event tells of it.
    pub fn with_profile(mut self, profile: ProfileChange) -> Self {
        if let Some(registration) = self.record.stage.registration() {
            let access = registration.access();
            let new = profile.new_access().clone().over(access);
            if new != access {
                self.record = self.record.with_access(new);
                let (author, at) = (self.event.author().clone(), self.event.at());
                let told = self.record.tell(EventKind::AccessSet, author, at);
                self.access_set = Some(Box::new(told));
            }
        }
        let says_something = profile != ProfileChange::new();
        Self { profile: says_something.then_some(profile), ..self }
    }

    /// What is kept with the device from now on, if that changes.
    #[must_use]
    pub const fn profile(&self) -> Option<&ProfileChange> {
        self.profile.as_ref()
    }

    /// The record to write.
    #[must_use]
    pub const fn record(&self) -> &SerialRecord {
        &self.record
    }

    /// The event of the verb.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }

    /// All events to append, in order: that of the verb first.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        [&self.event].into_iter().chain(self.access_set.as_deref())
    }
}

/// Whether a verb did something.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "it did or it did not")]
pub enum Outcome {
    /// It did.
    Done,
    /// Everything was so already; nothing was written.
    AlreadyDone,
}
