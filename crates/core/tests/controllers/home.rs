//! Two Things and their Controllers, kept as a registry keeps them: a verb is decided on what is
//! there, and its change takes the place of it.

use std::collections::BTreeMap;

use plugmint_core::controller::{
    Attached, ControlledThing, Controller, ControllerAttempt, ControllerChange, ControllerRequest,
    EnrollControllerRefusal, OwnSerialMark, Roll, Roster,
};
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::grant::{Generation, Grant, GrantStep, Holder, access};
use plugmint_core::lifecycle::{
    Decision, EnrollOutcome, Registered, Registration, SerialRecord, Stage,
};
use plugmint_core::{
    AccessLevel, CompanyId, ControllerCap, Credentials, Event, KeyVersion, Ordinal, PlugId,
    ProductionTemplate, SerialNumber, TemplateDesign, TemplateName, UnixMillis,
};

use crate::scene::{CONTROL, ENROLL, GATE, LAMP, at, control_key, enroll_key, id, keys, operator};

/// What controls, or may: one Controller of a Thing, or a Thing.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Who {
    Controller(usize, Ordinal),
    Thing(usize),
}

/// The Controller of the lamp with that number.
pub(crate) fn of_lamp(number: u32) -> Who {
    Who::Controller(LAMP, Ordinal::new(number))
}

/// Both Things, and who may act on them.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) template: ProductionTemplate,
    pub(crate) things: [Thing; 2],
    grants: BTreeMap<(usize, PlugId), Grant>,
    /// Rises by one with each verb.
    pub(crate) now: u64,
}

/// A Thing, with what lies under it.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) record: SerialRecord,
    pub(crate) controllers: BTreeMap<Ordinal, Controller>,
    roster: Option<Roster>,
    known: BTreeMap<OwnSerialMark, Ordinal>,
    /// Everything that its history tells.
    pub(crate) events: Vec<Event>,
}

/// What a Controller is told, and whether anything was written.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) outcome: EnrollOutcome,
    pub(crate) ordinal: Ordinal,
    pub(crate) credentials: Credentials,
    pub(crate) verifier: AuthVerifier,
    pub(crate) is_written: bool,
}

impl Home {
    /// Both Things are Registered.
    pub(crate) fn registered(cap: u16) -> Self {
        let design = TemplateDesign::new(TemplateName::parse("Lamps").unwrap())
            .with_controllers(ControllerCap::new(cap).unwrap())
            .with_access(AccessLevel::Read);
        let company = CompanyId::from_parts([1; 12]);
        let template = ProductionTemplate::create(*id(LAMP).template(), company, design, at(1));
        let things = [LAMP, GATE].map(Thing::registered);
        Self { template, things, grants: BTreeMap::new(), now: 1 }
    }

    /// The devices of both Things have enrolled.
    pub(crate) fn enrolled(cap: u16) -> Self {
        let mut home = Self::registered(cap);
        for of in [LAMP, GATE] {
            home.enroll_thing(of, ENROLL).unwrap();
        }
        home
    }

    /// Somebody enrolls as a Controller with a control password.
    pub(crate) fn enroll(
        &mut self,
        of: usize,
        control: &str,
        request: &ControllerRequest,
    ) -> Result<Told, EnrollControllerRefusal> {
        let at = self.tick();
        let thing = &self.things[of];
        let version = thing.key_version();
        let key = control_key(of, version, control);
        let proven = ControlledThing::prove(Some(thing.record.clone()), key.verifier())?;
        let keys = keys(version);
        let cap = self.template.design().controllers();
        let attempt = ControllerAttempt { key: &key, request, cap, auth: keys.auth(), at };
        let (told, is_written) = self.keep(of, proven.enroll(&attempt, self.roll(of, request))?);
        Ok(Told {
            outcome: told.outcome(),
            ordinal: told.ordinal(),
            verifier: keys.auth().verifier_of(told.credentials()),
            credentials: told.into_credentials(),
            is_written,
        })
    }

    /// Does a verb on a Controller. Whether it was written.
    pub(crate) fn on<A, E>(
        &mut self,
        of: usize,
        ordinal: Ordinal,
        verb: impl FnOnce(Attached, &Roster, UnixMillis) -> Result<Decision<A, ControllerChange>, E>,
    ) -> Result<(A, bool), E> {
        let at = self.tick();
        let attached = self.attached(of, ordinal);
        let decision = verb(attached, &self.roster(of), at)?;
        Ok(self.keep(of, decision))
    }

    /// Does a verb on a Thing and one who holds, or shall hold, a grant on it.
    pub(crate) fn between<A, E>(
        &mut self,
        of: usize,
        who: Who,
        verb: impl FnOnce(
            SerialRecord,
            &Holder,
            Option<&Grant>,
            UnixMillis,
        ) -> Result<Decision<A, ControllerChange>, E>,
    ) -> Result<(A, bool), E> {
        let at = self.tick();
        let holder = self.holder(who).unwrap();
        let grant = self.grants.get(&(of, *holder.plug_id()));
        let decision = verb(self.things[of].record.clone(), &holder, grant, at)?;
        Ok(self.keep(of, decision))
    }

    /// Does a verb of a Thing alone. Whether it was written.
    pub(crate) fn of_thing<A, E>(
        &mut self,
        of: usize,
        verb: impl FnOnce(SerialRecord, UnixMillis) -> Result<Decision<A>, E>,
    ) -> Result<(A, bool), E> {
        let at = self.tick();
        let thing = &mut self.things[of];
        Ok(match verb(thing.record.clone(), at)? {
            Decision::Answer(answer) => (answer, false),
            Decision::Commit(change, answer) => {
                thing.record = change.record().clone();
                thing.events.push(change.event().clone());
                (answer, true)
            }
        })
    }

    /// What somebody may do with a Thing.
    pub(crate) fn access(&self, of: usize, who: Who) -> AccessLevel {
        let Some(holder) = self.holder(who) else { return AccessLevel::None };
        let grant = self.grants.get(&(of, *holder.plug_id()));
        access(&self.things[of].record, &self.template, &holder, grant)
    }

    /// `None` for whoever is retired or has no Plug-ID.
    pub(crate) fn holder(&self, who: Who) -> Option<Holder> {
        match who {
            Who::Controller(of, ordinal) => {
                self.things[of].controllers.get(&ordinal).and_then(Holder::controller)
            }
            Who::Thing(of) => Holder::thing(&self.things[of].record),
        }
    }

    /// Who takes a place of a Thing today.
    pub(crate) fn roster(&self, of: usize) -> Roster {
        let thing = &self.things[of];
        let registration = thing.record.stage().registration();
        let now = registration.map_or_else(Generation::default, |of| of.grants().on());
        let stored = thing.roster.clone();
        stored.map_or_else(|| Roster::new(now), |roster| roster.of_generation(now))
    }

    pub(crate) fn attached(&self, of: usize, ordinal: Ordinal) -> Attached {
        let Thing { record, controllers, .. } = &self.things[of];
        Attached { thing: record.clone(), ordinal, controller: controllers[&ordinal].clone() }
    }

    /// Who came to a Thing with an own serial number last.
    pub(crate) fn known(&self, of: usize, own_serial: Option<&SerialNumber>) -> Option<Ordinal> {
        self.things[of].known.get(&OwnSerialMark::new(own_serial?)).copied()
    }

    fn roll(&self, of: usize, request: &ControllerRequest) -> Roll {
        let thing = &self.things[of];
        let known = self.known(of, request.own_serial()).map(|ordinal| {
            let controller = thing.controllers[&ordinal].clone();
            let grant = self.grants.get(&(of, *controller.plug_id())).copied();
            (ordinal, controller, grant)
        });
        let roster = self.roster(of);
        let idle = roster.ordinals().iter().find_map(|ordinal| {
            let controller = &thing.controllers[ordinal];
            controller.may_make_room().then(|| (*ordinal, controller.clone()))
        });
        Roll { roster, known, idle }
    }

    /// Whether something was written.
    fn keep<A>(&mut self, of: usize, decision: Decision<A, ControllerChange>) -> (A, bool) {
        let (change, answer) = match decision {
            Decision::Answer(answer) => return (answer, false),
            Decision::Commit(change, answer) => (*change, answer),
        };
        let thing = &mut self.things[of];
        assert!(!change.events.is_empty(), "what changes is told");
        let head = change.events.iter().fold(*thing.record.head(), |head, event| {
            assert!(event.about().is_some(), "it is told whom it is about");
            head.followed_by(event).unwrap()
        });
        assert_eq!(change.thing.head(), &head);
        thing.record = change.thing;
        thing.events.extend(change.events);
        thing.controllers.extend(change.controllers);
        thing.roster = change.roster.or(thing.roster.take());
        thing.known.extend(change.known);
        match change.grant {
            Some(GrantStep::Give(holder, grant)) => drop(self.grants.insert((of, holder), grant)),
            Some(GrantStep::End(holder)) => drop(self.grants.remove(&(of, holder))),
            None => {}
        }
        (answer, true)
    }

    pub(crate) fn tick(&mut self) -> UnixMillis {
        self.now += 1;
        at(self.now)
    }
}

impl Thing {
    fn registered(of: usize) -> Self {
        let version = KeyVersion::FIRST;
        let enroll = enroll_key(of, version, ENROLL).verifier();
        let control = Some(control_key(of, version, CONTROL).verifier());
        let registered = Registered::new(Registration::new(version, enroll, control, at(1)), None);
        let change = SerialRecord::register(&id(of), registered, operator());
        Self {
            record: change.record().clone(),
            controllers: BTreeMap::new(),
            roster: None,
            known: BTreeMap::new(),
            events: vec![change.event().clone()],
        }
    }

    pub(crate) fn registration(&self) -> &Registration {
        self.record.stage().registration().unwrap()
    }

    /// That of a Thing that is over is the one that it had.
    pub(crate) fn key_version(&self) -> KeyVersion {
        match self.record.stage() {
            Stage::Retired(retired) => retired.key_version(),
            Stage::Registered(_) | Stage::Enrolled(_) | Stage::Activated(_) => {
                self.registration().key_version()
            }
        }
    }
}
