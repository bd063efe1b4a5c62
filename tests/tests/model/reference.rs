//! The model: records in a map, and the core that decides on them.

mod controllers;
mod devices;
mod grants;
mod operators;
mod profiles;
mod root_keys;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use plugmint::testing::TestRegistry;
use plugmint::{
    Actor, Author, ConnectionPassword, Credentials, Epoch, Event, KeyVersion, Ordinal, PlugId,
    PrincipalKind, ProductionTemplate, Profile, SerialId, TemplateId, UnixMillis,
};
use plugmint_core::Credential;
use plugmint_core::controller::{Controller, OwnSerialMark, Roster};
use plugmint_core::grant::Grant;
use plugmint_core::lifecycle::{Decision, Registration, SerialRecord, Stage};
use pollster::block_on;
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use crate::operation::{Answer, On, Operation, Pair, SEED, SERIALS, Seen, arb_operation, designs};
use crate::passwords::Passwords;

#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The templates by their places.
    pub(crate) ids: Vec<TemplateId>,
    pub(crate) templates: BTreeMap<TemplateId, ProductionTemplate>,
    pub(crate) records: BTreeMap<SerialId, SerialRecord>,
    /// Every event that ever was, of each serial.
    pub(crate) events: BTreeMap<SerialId, Vec<Event>>,
    pub(crate) controllers: BTreeMap<(SerialId, Ordinal), Controller>,
    pub(crate) rosters: BTreeMap<SerialId, Roster>,
    pub(crate) known: BTreeMap<(SerialId, OwnSerialMark), Ordinal>,
    /// Also those that do not count any more.
    pub(crate) grants: BTreeMap<(SerialId, PlugId), Grant>,
    /// What is kept, also with Controllers that are gone.
    pub(crate) profiles: BTreeMap<PlugId, Profile>,
    /// The current version of the root key.
    pub(crate) version: KeyVersion,
    pub(crate) dropped: BTreeSet<KeyVersion>,
    /// How many events of each serial were forgotten.
    pub(crate) forgotten: BTreeMap<SerialId, usize>,
    /// The passwords of each serial.
    pub(crate) pairs: BTreeMap<SerialId, Pair>,
    /// The operation that was applied last.
    pub(crate) last: Option<Operation>,
    /// What is left of identities that their serials gave up.
    pub(crate) given_up: BTreeMap<PlugId, Credential>,
    /// Every connection password that was ever given out, once.
    pub(crate) given: Vec<Given>,
    /// The events that the feed must give when it is read next.
    unread: BTreeSet<(SerialId, u64)>,
    /// What it must have given when it was read last.
    pub(crate) fed: BTreeSet<(SerialId, u64)>,
    /// The epoch that was seen for the operation that was applied last.
    pub(crate) seen: Epoch,
    /// What that operation must answer.
    pub(crate) expected: Answer,
    now: u64,
}

/// What a device or a Controller was told when it enrolled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Given {
    /// The serial; of a Controller that of its Thing.
    pub(crate) id: SerialId,
    pub(crate) kind: PrincipalKind,
    pub(crate) plug_id: PlugId,
    text: String,
}

impl Given {
    pub(crate) fn password(&self) -> ConnectionPassword {
        ConnectionPassword::parse(&self.text).unwrap()
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Self> {
        // The same seed gives the same ids here and in the registries under test.
        let test = block_on(TestRegistry::new(SEED)).unwrap();
        let (registry, now) = (test.registry(), test.clock().time().millis());
        let create = |design| block_on(registry.create_template(registry.company(), design));
        let all: Vec<_> = designs().into_iter().map(|design| create(design).unwrap()).collect();
        let model = Self {
            ids: all.iter().map(|template| *template.id()).collect(),
            templates: all.into_iter().map(|template| (*template.id(), template)).collect(),
            records: BTreeMap::new(),
            events: BTreeMap::new(),
            controllers: BTreeMap::new(),
            rosters: BTreeMap::new(),
            known: BTreeMap::new(),
            grants: BTreeMap::new(),
            profiles: BTreeMap::new(),
            version: KeyVersion::FIRST,
            dropped: BTreeSet::new(),
            forgotten: BTreeMap::new(),
            pairs: BTreeMap::new(),
            last: None,
            given_up: BTreeMap::new(),
            given: Vec::new(),
            unread: BTreeSet::new(),
            fed: BTreeSet::new(),
            seen: Epoch::FIRST,
            expected: said("done"),
            now,
        };
        Just(model).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Operation> {
        arb_operation(state).boxed()
    }

    fn apply(mut state: Self, operation: &Operation) -> Self {
        state.expected = state.answer(*operation);
        state.last = Some(*operation);
        state
    }
}

impl Model {
    pub(crate) fn id(&self, on: On) -> SerialId {
        SerialId::new(self.ids[on.template], SERIALS[on.serial].parse().unwrap())
    }

    pub(crate) fn passwords<'a>(&'a self, id: &'a SerialId) -> Passwords<'a> {
        let registration = self.records.get(id).and_then(|record| record.stage().registration());
        let version = registration.map_or(self.version, Registration::key_version);
        let design = self.templates[id.template()].design();
        Passwords { design, id, version, current: self.version }
    }

    pub(crate) const fn time(&self) -> UnixMillis {
        UnixMillis::new(self.now)
    }

    /// A time that is so many milliseconds away.
    pub(crate) fn time_in(&self, millis: u32) -> UnixMillis {
        UnixMillis::new(self.now + u64::from(millis))
    }

    /// Before which events are forgotten.
    pub(crate) fn time_ago(&self, millis: u32) -> UnixMillis {
        UnixMillis::new(self.now - u64::from(millis))
    }

    /// One of all passwords that were given out, the newest first.
    pub(crate) fn picked(&self, pick: usize) -> Option<&Given> {
        self.given.iter().nth_back(pick % self.given.len().max(1))
    }

    /// The events of a serial that were not forgotten.
    pub(crate) fn history(&self, id: &SerialId) -> &[Event] {
        &self.events[id][self.forgotten.get(id).copied().unwrap_or(0)..]
    }

    fn answer(&mut self, operation: Operation) -> Answer {
        match operation {
            Operation::Register { on, pair } => self.register(on, pair),
            Operation::Enroll { on, password } => self.enroll(on, password, None),
            Operation::EnrollWith { on, password, change } => {
                self.enroll(on, password, Some(change))
            }
            Operation::EnrollByOperator { on } => self.enroll_by_operator(on),
            Operation::Authenticate { pick } => match self.picked(pick).cloned() {
                Some(given) => self.authenticate(&given),
                None => said("refused"),
            },
            Operation::Guess { on, password, epoch } => {
                let given = self.guessed(on, password, epoch);
                self.authenticate(&given)
            }
            Operation::UnenrollByDevice { pick } => self.unenroll_by_device(pick),
            Operation::Disable { on } => self.disable(on),
            Operation::Enable { on } => self.enable(on),
            Operation::Retire { on } => self.retire(on),
            Operation::Reactivate { on, seen, overlap } => self.reactivate(on, seen, overlap),
            Operation::Unenroll { on, seen } => self.unenroll(on, seen),
            Operation::ReplacePasswords { on, pair, seen } => self.replace(on, pair, seen),
            Operation::Transfer { on, pair, seen } => self.transfer(on, pair, seen),
            Operation::ReplaceControl { on, password, grants } => {
                self.replace_control(on, password, grants)
            }
            Operation::Control { .. }
            | Operation::DisableController { .. }
            | Operation::EnableController { .. }
            | Operation::RetireController { .. }
            | Operation::ReactivateController { .. } => self.answer_about_controllers(operation),
            Operation::AddThing { .. }
            | Operation::ReleaseThing { .. }
            | Operation::ReleaseAllThings { .. }
            | Operation::Grant { .. }
            | Operation::Release { .. }
            | Operation::ReleaseAll { .. }
            | Operation::SetAccess { .. } => self.answer_about_grants(operation),
            Operation::SetProfile { pick, change } => self.set_profile(pick, change),
            Operation::SetOwnProfile { pick, change } => self.set_own_profile(pick, change),
            Operation::Rotate => self.rotate(),
            Operation::Sweep => self.sweep(),
            Operation::DropKey { version } => self.drop_key(version),
            Operation::Close { template } => self.close(template),
            Operation::Open { template } => self.open(template),
            Operation::Change { template, repeat } => self.change(template, repeat),
            Operation::Delete { template, living } => self.delete(template, living),
            Operation::Forget { younger } => self.forget(self.time_ago(younger)),
            Operation::ReadFeed { .. } => {
                self.fed = std::mem::take(&mut self.unread);
                said("done")
            }
            Operation::Wait { millis } => {
                self.now += u64::from(millis);
                said("done")
            }
            Operation::Reopen => said("done"),
        }
    }

    fn tell(&mut self, id: SerialId, event: Event) {
        self.unread.insert((id, event.number().number()));
        self.events.entry(id).or_default().push(event);
    }

    /// The epoch that an operator saw.
    fn saw(&mut self, id: &SerialId, seen: Seen) -> Epoch {
        let now = self.records.get(id).map_or(Epoch::FIRST, |record| match record.stage() {
            Stage::Retired(retired) => retired.epoch(),
            stage => stage.registration().unwrap().epoch(),
        });
        self.saw_of(now, seen)
    }

    fn saw_of(&mut self, now: Epoch, seen: Seen) -> Epoch {
        self.seen = match seen {
            Seen::Present => now,
            Seen::Before => Epoch::new(now.number().saturating_sub(1)),
            Seen::NotYet => now.next().unwrap(),
        };
        self.seen
    }

    fn settle<A>(&mut self, id: SerialId, decision: Decision<A>) -> A {
        match decision {
            Decision::Answer(answer) => answer,
            Decision::Commit(change, answer) => {
                change.events().for_each(|event| self.tell(id, event.clone()));
                let old = self.records.insert(id, change.record().clone());
                self.ends_profile(old.as_ref(), change.record());
                let old = old.map(|old| old.credentials(&id)).unwrap_or_default();
                let old = old.into_iter().map(|old| (*old.plug_id(), old.into_closed()));
                self.given_up.extend(old);
                for new in change.record().credentials(&id) {
                    self.given_up.remove(new.plug_id());
                }
                if let Some(kept) = change.profile()
                    && let Some(plug_id) = change.record().stage().plug_id()
                {
                    self.kept(*plug_id, self.profile(plug_id).changed(kept));
                }
                answer
            }
        }
    }
}

pub(crate) fn ada() -> Actor {
    Actor::parse("ada").unwrap()
}

pub(crate) fn said(what: &str) -> Answer {
    (what.to_owned(), None)
}

pub(crate) fn told(credentials: &Credentials) -> (PlugId, String) {
    (*credentials.plug_id(), credentials.connection_password().expose_text().to_string())
}

fn by_ada() -> Author {
    Author::Operator(ada())
}
