//! What a decision about a Thing and its Controllers comes to.

use crate::grant::{Grant, GrantStep};
use crate::lifecycle::SerialRecord;
use crate::{Author, Event, EventKind, Ordinal, PlugId, Profile, UnixMillis};

use super::{Controller, OwnSerialMark, Roster};

/// What must be committed before an answer about a Controller, a grant or a profile may be given:
/// all of it lands or none.
#[derive(Debug)]
#[must_use = "a change that is not committed did not happen"]
#[non_exhaustive]
pub struct ControllerChange {
    /// The Thing, whose history tells of it.
    pub thing: SerialRecord,
    /// The Controllers that change.
    pub controllers: Vec<(Ordinal, Controller)>,
    /// The roster, where it changes.
    pub roster: Option<Roster>,
    /// Who is known by an own serial number from now on.
    pub known: Option<(OwnSerialMark, Ordinal)>,
    /// Whose grant on the Thing begins or ends.
    pub grant: Option<GrantStep>,
    /// What is kept under a Plug-ID from now on.
    pub profile: Option<(PlugId, Profile)>,
    /// What is told of it, in order. Where nothing is, the Thing stays as it was.
    pub events: Vec<Event>,
}

impl ControllerChange {
    /// Nothing yet of what happens to the Controllers of a Thing.
    pub(crate) const fn of(thing: SerialRecord) -> Self {
        Self {
            thing,
            controllers: Vec::new(),
            roster: None,
            known: None,
            grant: None,
            profile: None,
            events: Vec::new(),
        }
    }

    /// Appends what happened to a Controller, or to the holder of a grant, to the Thing's history.
    pub(crate) fn tell(&mut self, about: PlugId, kind: EventKind, author: &Author, at: UnixMillis) {
        let event = self.thing.tell_about(about, kind, author.clone(), at);
        self.events.push(event);
    }

    /// Appends what happened to the Thing itself.
    pub(super) fn tell_of_thing(&mut self, kind: EventKind, author: &Author, at: UnixMillis) {
        let event = self.thing.tell(kind, author.clone(), at);
        self.events.push(event);
    }

    /// Grants the Thing to a Controller, unless it has a grant that counts. Whether it had none.
    pub(super) fn grant_to(
        &mut self,
        controller: &Controller,
        found: Option<&Grant>,
        at: UnixMillis,
    ) -> bool {
        let registration = self.thing.stage().registration();
        let on = registration.map(|registration| registration.grants().on()).unwrap_or_default();
        let is_granted = found.is_some_and(|grant| grant.counts(on, controller.held()));
        if !is_granted {
            let grant = Grant::new(on, controller.held(), at);
            self.grant = Some(GrantStep::Give(*controller.plug_id(), grant));
        }
        !is_granted
    }
}
