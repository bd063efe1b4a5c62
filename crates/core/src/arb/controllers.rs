//! Controllers and grants: what some life of a Thing in other hands leads to.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::controller::{
    Attached, ControlledThing, Controller, ControllerAttempt, ControllerChange, ControllerRequest,
    ControllerStage, DeviceName, KnownAs, OwnSerialMark, Roll, Roster,
};
use crate::derivation::{AuthVerifier, ControlKey};
use crate::grant::{Generation, Grant, GrantStep, Holder};
use crate::lifecycle::{Decision, Registered, Registration, SerialRecord};
use crate::{
    Author, ControllerCap, Event, KeyVersion, Ordinal, PlugId, RepeatPolicy, SerialId,
    SerialNumber, UnixMillis,
};

use super::life::{arb_key_version, keys_of, platform_keys};
use super::{arb_author, arb_controller_cap, arb_name, arb_serial_id, arb_serial_number, arb_time};

/// A Controller that some sequence of verbs leads to, with its Thing and its ordinal.
pub fn arb_controller() -> impl Strategy<Value = (SerialId, Ordinal, Controller)> {
    (arb_controller_life(), any::<Index>()).prop_filter_map(
        "a controller",
        |((id, _, changes), at)| {
            let all: Vec<_> = changes.into_iter().flat_map(|change| change.controllers).collect();
            let (ordinal, controller) = (!all.is_empty()).then(|| at.get(&all).clone())?;
            Some((id, ordinal, controller))
        },
    )
}

/// Events about Controllers and grants.
pub fn arb_controller_event() -> impl Strategy<Value = Event> {
    (arb_controller_life(), any::<Index>()).prop_filter_map("an event", |((_, _, changes), at)| {
        let all: Vec<_> = changes.into_iter().flat_map(|change| change.events).collect();
        (!all.is_empty()).then(|| at.get(&all).clone())
    })
}

/// Any grant.
pub fn arb_grant() -> impl Strategy<Value = Grant> {
    (arb_generation(), arb_generation(), arb_time())
        .prop_map(|(on, held, at)| Grant::new(on, held, at))
}

/// Any roster, from nobody to as many as a template may let a Thing have.
pub fn arb_roster() -> impl Strategy<Value = Roster> {
    (arb_generation(), vec(arb_ordinal(), 0..=usize::from(ControllerCap::MAX))).prop_map(
        |(generation, ordinals)| ordinals.into_iter().fold(Roster::new(generation), Roster::joined),
    )
}

/// Anybody who is known by an own serial number.
pub fn arb_known_as() -> impl Strategy<Value = KnownAs> {
    arb_ordinal().prop_map(KnownAs::new)
}

/// Any name of a device.
pub fn arb_device_name() -> impl Strategy<Value = DeviceName> {
    arb_name().prop_filter_map("a name", |text| DeviceName::parse(&text).ok())
}

/// A Thing that has enrolled, its record then, and all changes of some life of it in the hands of
/// its Controllers.
pub fn arb_controller_life()
-> impl Strategy<Value = (SerialId, SerialRecord, Vec<ControllerChange>)> {
    let cap = prop_oneof![
        (1_u16..=4).prop_filter_map("a cap", |number| ControllerCap::new(number).ok()),
        arb_controller_cap(),
    ];
    let own_serials = vec(arb_serial_number(), 3);
    let start = (arb_serial_id(), arb_key_version(), arb_time(), cap, own_serials);
    let steps = vec((arb_step(), arb_author(), arb_time()), 0..32);
    (start, steps).prop_filter_map("a life", |(start, steps)| {
        let (id, version, at, cap, own_serials) = start;
        let thing = enrolled(&id, version, at)?;
        let (_, control) = keys_of(&id, CONTROL)?;
        let mut hands = Hands::new(thing.clone(), control, cap, own_serials);
        let mut changes = Vec::new();
        for (step, author, at) in steps {
            if let Some(change) = hands.live(step, &author, at) {
                hands.remember(&change);
                changes.push(change);
            }
        }
        Some((id, thing, changes))
    })
}

/// One verb, and whom it is about.
#[derive(Clone, Debug)]
enum Step {
    Enroll(Option<DeviceName>, Option<Index>),
    Connect(Index),
    Disable(Index),
    Enable(Index),
    Reactivate(Index),
    Retire(Index),
    RetireItself(Index),
    Add(Index),
    Grant(Index),
    Release(Index),
    ReleaseAll(Index),
}

fn arb_step() -> impl Strategy<Value = Step> {
    let who = any::<Index>;
    prop_oneof![
        8 => (of(arb_device_name()), of(any::<Index>()))
            .prop_map(|(name, own_serial)| Step::Enroll(name, own_serial)),
        4 => who().prop_map(Step::Connect),
        2 => who().prop_map(Step::Disable),
        3 => who().prop_map(Step::Enable),
        4 => who().prop_map(Step::Reactivate),
        1 => who().prop_map(Step::Retire),
        1 => who().prop_map(Step::RetireItself),
        2 => who().prop_map(Step::Add),
        2 => who().prop_map(Step::Grant),
        2 => who().prop_map(Step::Release),
        2 => who().prop_map(Step::ReleaseAll),
    ]
}

/// A Thing and its Controllers, as they stand.
struct Hands {
    thing: SerialRecord,
    control: ControlKey,
    cap: ControllerCap,
    own_serials: Vec<SerialNumber>,
    controllers: BTreeMap<Ordinal, Controller>,
    roster: Roster,
    known: BTreeMap<OwnSerialMark, Ordinal>,
    grants: BTreeMap<PlugId, Grant>,
}

impl Hands {
    fn new(
        thing: SerialRecord,
        control: ControlKey,
        cap: ControllerCap,
        own_serials: Vec<SerialNumber>,
    ) -> Self {
        Self {
            thing,
            control,
            cap,
            own_serials,
            controllers: BTreeMap::new(),
            roster: Roster::new(Generation::default()),
            known: BTreeMap::new(),
            grants: BTreeMap::new(),
        }
    }

    /// What the step changes, if it changes anything.
    fn live(&self, step: Step, author: &Author, at: UnixMillis) -> Option<ControllerChange> {
        match step {
            Step::Enroll(name, own_serial) => {
                let own_serial = own_serial.map(|of| *of.get(&self.own_serials));
                self.enroll(name, own_serial, at)
            }
            Step::Connect(who) => {
                let attached = self.attached(who)?;
                let presented = auth_verifier(&attached.controller)?.clone();
                changed(attached.authenticate(&presented, at))
            }
            Step::Disable(who) => changed(self.attached(who)?.disable(author, at)),
            Step::Enable(who) => changed(self.attached(who)?.enable(author, at)),
            Step::Reactivate(who) => {
                let attached = self.attached(who)?;
                let seen = attached.controller.epoch();
                let own_serial = attached.controller.own_serial().map(OwnSerialMark::new);
                let known = own_serial.and_then(|own| self.known.get(&own)).copied();
                changed(attached.reactivate(known, seen, author, at))
            }
            Step::Retire(who) => {
                changed(Ok::<_, ()>(self.attached(who)?.retire(&self.roster, author, at)))
            }
            Step::RetireItself(who) => {
                let attached = self.attached(who)?;
                let presented = auth_verifier(&attached.controller)?.clone();
                changed(attached.retire_itself(&presented, &self.roster, at))
            }
            Step::Add(who) => {
                let (holder, grant) = self.holder(who)?;
                let thing =
                    ControlledThing::prove(Some(self.thing.clone()), self.control.verifier());
                changed(Ok::<_, ()>(thing.ok()?.add_holder(&holder, grant, at)))
            }
            Step::Grant(who) => {
                let (holder, grant) = self.holder(who)?;
                changed(self.thing.clone().grant_by_operator(&holder, grant, author, at))
            }
            Step::Release(who) => {
                let (holder, grant) = self.holder(who)?;
                let thing = self.thing.clone();
                changed(Ok::<_, ()>(thing.release_holder(&holder, grant, author, at)))
            }
            Step::ReleaseAll(who) => Some(self.attached(who)?.release_all(author, at)),
        }
    }

    fn enroll(
        &self,
        name: Option<DeviceName>,
        own_serial: Option<SerialNumber>,
        at: UnixMillis,
    ) -> Option<ControllerChange> {
        let mut request = ControllerRequest::new();
        request = name.into_iter().fold(request, ControllerRequest::with_name);
        request = own_serial.into_iter().fold(request, ControllerRequest::with_own_serial);
        let known = own_serial.and_then(|own| self.known.get(&OwnSerialMark::new(&own)).copied());
        let known = known.and_then(|ordinal| {
            let controller = self.controllers.get(&ordinal)?.clone();
            let grant = self.grants.get(controller.plug_id()).copied();
            Some((ordinal, controller, grant))
        });
        let idle = self.roster.ordinals().iter().find_map(|ordinal| {
            let idle = self.controllers.get(ordinal)?;
            idle.may_make_room().then(|| (*ordinal, idle.clone()))
        });
        let (keys, roster) = (platform_keys(), self.roster.clone());
        let (key, request, cap) = (&self.control, &request, self.cap);
        let attempt = ControllerAttempt { key, request, cap, auth: keys.auth(), at };
        let thing = ControlledThing::prove(Some(self.thing.clone()), key.verifier()).ok()?;
        changed(thing.enroll(&attempt, Roll { roster, known, idle }))
    }

    /// What a commit of the change writes.
    fn remember(&mut self, change: &ControllerChange) {
        self.thing = change.thing.clone();
        self.controllers.extend(change.controllers.iter().cloned());
        self.roster = change.roster.clone().unwrap_or_else(|| self.roster.clone());
        self.known.extend(change.known);
        match change.grant {
            Some(GrantStep::Give(holder, grant)) => drop(self.grants.insert(holder, grant)),
            Some(GrantStep::End(holder)) => drop(self.grants.remove(&holder)),
            None => {}
        }
    }

    fn attached(&self, who: Index) -> Option<Attached> {
        let all: Vec<_> = self.controllers.iter().collect();
        let (ordinal, controller) = (!all.is_empty()).then(|| *who.get(&all))?;
        let (thing, controller) = (self.thing.clone(), controller.clone());
        Some(Attached { thing, ordinal: *ordinal, controller })
    }

    fn holder(&self, who: Index) -> Option<(Holder, Option<&Grant>)> {
        let holder = Holder::controller(&self.attached(who)?.controller)?;
        Some((holder, self.grants.get(holder.plug_id())))
    }
}

/// A Thing with a control password, whose device has enrolled.
fn enrolled(id: &SerialId, version: KeyVersion, at: UnixMillis) -> Option<SerialRecord> {
    let (enroll, _) = keys_of(id, ENROLL)?;
    let (_, control) = keys_of(id, CONTROL)?;
    let registration = Registration::new(version, enroll.verifier(), Some(control.verifier()), at);
    let registered = Registered::new(registration, None);
    let record = SerialRecord::register(id, registered, Author::Device).record().clone();
    let (keys, repeat) = (platform_keys(), RepeatPolicy::Never);
    match SerialRecord::enroll(Some(record), &enroll, repeat, keys.auth(), None, at) {
        Ok(Decision::Commit(change, _)) => Some(change.record().clone()),
        Ok(Decision::Answer(_)) | Err(_) => None,
    }
}

/// The change of a decision that has one.
fn changed<A, E>(decision: Result<Decision<A, ControllerChange>, E>) -> Option<ControllerChange> {
    match decision {
        Ok(Decision::Commit(change, _)) => Some(*change),
        Ok(Decision::Answer(_)) | Err(_) => None,
    }
}

fn auth_verifier(controller: &Controller) -> Option<&AuthVerifier> {
    match controller.stage() {
        ControllerStage::Enrolled { auth_verifier }
        | ControllerStage::Activated { auth_verifier, .. } => Some(auth_verifier),
        ControllerStage::MustEnrollAgain | ControllerStage::Retired { .. } => None,
    }
}

fn arb_generation() -> impl Strategy<Value = Generation> {
    prop_oneof![select(vec![0, 1, u64::MAX]), any::<u64>()].prop_map(Generation::new)
}

fn arb_ordinal() -> impl Strategy<Value = Ordinal> {
    prop_oneof![select(vec![0, 1, u32::MAX]), any::<u32>()].prop_map(Ordinal::new)
}

/// The numbers of the two passwords of a Thing.
const ENROLL: u32 = 0;
const CONTROL: u32 = 1;
