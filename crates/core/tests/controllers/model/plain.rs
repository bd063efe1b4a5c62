//! What plain sets say of two Things, their Controllers, and who may act on what.

use std::collections::{BTreeMap, BTreeSet};

use plugmint_core::controller::ControllerStageName;
use plugmint_core::lifecycle::{EnrollOutcome, GrantsThen, Outcome, StageName};
use plugmint_core::{AccessLevel, Ordinal};

use crate::home::Who;
use crate::scene::{CONTROL, ENROLL, GATE, LAMP};

use super::{NewPasswords, ThingStep};

/// Both Things, and the grants that there are: no more and no fewer.
pub(super) struct Plain {
    cap: usize,
    pub(super) things: [PlainThing; 2],
    grants: BTreeSet<(usize, Who)>,
}

pub(super) struct PlainThing {
    pub(super) stage: StageName,
    pub(super) is_enabled: bool,
    /// Whether it has a Plug-ID.
    is_called: bool,
    version: u32,
    pub(super) enroll: &'static str,
    pub(super) control: Option<&'static str>,
    access: Option<AccessLevel>,
    /// The living Controllers that came since everything on it ended last.
    pub(super) places: BTreeSet<Ordinal>,
    known: BTreeMap<&'static str, Ordinal>,
    pub(super) controllers: BTreeMap<Ordinal, PlainController>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainController {
    pub(super) stage: ControllerStageName,
    pub(super) is_enabled: bool,
    pub(super) has_connected: bool,
    pub(super) epoch: u32,
    pub(super) own_serial: Option<&'static str>,
    /// The control password that it came with, and under which key version.
    pub(super) born: (u32, &'static str),
}

/// What an enrollment comes to: an outcome, an ordinal, and whether it is written; or a code.
pub(super) type Enrolling = Result<(EnrollOutcome, Ordinal, bool), &'static str>;

impl Plain {
    /// Both are enrolled.
    pub(super) fn begin(cap: u16) -> Self {
        let things = [LAMP, GATE].map(|_| PlainThing {
            stage: StageName::Enrolled,
            is_enabled: true,
            is_called: true,
            version: 1,
            enroll: ENROLL,
            control: Some(CONTROL),
            access: None,
            places: BTreeSet::new(),
            known: BTreeMap::new(),
            controllers: BTreeMap::new(),
        });
        Self { cap: usize::from(cap), things, grants: BTreeSet::new() }
    }

    pub(super) fn enroll(
        &mut self,
        of: usize,
        control: &'static str,
        own_serial: Option<&'static str>,
    ) -> Enrolling {
        let thing = &self.things[of];
        if !thing.is_opened_by(control) {
            return Err("refused");
        }
        let born = (thing.version, control);
        let known = own_serial.and_then(|own| thing.known.get(own)).copied();
        let known = known.map(|known| (known, thing.controllers[&known].clone()));
        let is_kept_out = |known: &PlainController| {
            !known.is_enabled && known.stage != ControllerStageName::Retired
        };
        if known.as_ref().is_some_and(|(_, known)| is_kept_out(known)) {
            return Err("refused");
        }
        match known.filter(|(_, known)| known.born == born) {
            Some((ordinal, PlainController { stage: ControllerStageName::Enrolled, .. })) => {
                let is_written = !self.grants.contains(&(of, Who::Controller(of, ordinal)));
                if is_written {
                    self.take_a_place(of, ordinal)?;
                }
                Ok((EnrollOutcome::Repeated, ordinal, is_written))
            }
            Some((
                ordinal,
                PlainController { stage: ControllerStageName::MustEnrollAgain, .. },
            )) => {
                self.take_a_place(of, ordinal)?;
                let known = self.things[of].controllers.get_mut(&ordinal).unwrap();
                known.stage = ControllerStageName::Enrolled;
                Ok((EnrollOutcome::Reissued, ordinal, true))
            }
            Some(_) | None => self.join(of, born, own_serial),
        }
    }

    fn join(
        &mut self,
        of: usize,
        born: (u32, &'static str),
        own_serial: Option<&'static str>,
    ) -> Enrolling {
        let count = self.things[of].controllers.len();
        let ordinal = Ordinal::new(u32::try_from(count).unwrap());
        self.take_a_place(of, ordinal)?;
        let thing = &mut self.things[of];
        thing.known.extend(own_serial.map(|own| (own, ordinal)));
        let controller = PlainController {
            stage: ControllerStageName::Enrolled,
            is_enabled: true,
            has_connected: false,
            epoch: 0,
            own_serial,
            born,
        };
        thing.controllers.insert(ordinal, controller);
        Ok((EnrollOutcome::First, ordinal, true))
    }

    /// It has a place and is granted the Thing from now on. The oldest that never connected makes
    /// room.
    fn take_a_place(&mut self, of: usize, ordinal: Ordinal) -> Result<(), &'static str> {
        let thing = &self.things[of];
        if !thing.places.contains(&ordinal) && thing.places.len() == self.cap {
            let may_go = |of: &PlainController| !of.has_connected && of.is_enabled;
            let idle = thing.places.iter().find(|place| may_go(&thing.controllers[place]));
            let idle = *idle.ok_or("too-many-controllers")?;
            self.retire(of, idle);
        }
        self.things[of].places.insert(ordinal);
        self.grants.insert((of, Who::Controller(of, ordinal)));
        Ok(())
    }

    pub(super) fn retire(&mut self, of: usize, ordinal: Ordinal) -> Outcome {
        let thing = &mut self.things[of];
        let controller = thing.controllers.get_mut(&ordinal).unwrap();
        if controller.stage == ControllerStageName::Retired {
            return Outcome::AlreadyDone;
        }
        controller.stage = ControllerStageName::Retired;
        thing.places.remove(&ordinal);
        self.release_all(Who::Controller(of, ordinal));
        Outcome::Done
    }

    pub(super) fn reactivate(
        &mut self,
        of: usize,
        ordinal: Ordinal,
        seen: u32,
    ) -> Result<Outcome, &'static str> {
        let thing = &mut self.things[of];
        let today = thing.control.map(|control| (thing.version, control));
        let controller = thing.controllers.get_mut(&ordinal).unwrap();
        let known = controller.own_serial.and_then(|own| thing.known.get(own));
        let is_derived = Some(controller.born) == today && thing.stage != StageName::Retired;
        match (controller.stage, seen.abs_diff(controller.epoch)) {
            (ControllerStageName::Retired, _) => Err("retired"),
            (_, 1) if seen < controller.epoch => Ok(Outcome::AlreadyDone),
            (_, 1..) => Err("epoch-moved"),
            (ControllerStageName::MustEnrollAgain, 0) => Err("not-enrolled"),
            (ControllerStageName::Enrolled | ControllerStageName::Activated, 0) => {
                if known != Some(&ordinal) || !is_derived {
                    return Err("not-reissuable");
                }
                controller.epoch += 1;
                controller.stage = ControllerStageName::MustEnrollAgain;
                Ok(Outcome::Done)
            }
        }
    }

    pub(super) fn set_mark(
        &mut self,
        of: usize,
        ordinal: Ordinal,
        is_enabled: bool,
    ) -> Result<Outcome, &'static str> {
        let controller = self.things[of].controllers.get_mut(&ordinal).unwrap();
        if controller.stage == ControllerStageName::Retired {
            return Err("retired");
        }
        let was = std::mem::replace(&mut controller.is_enabled, is_enabled);
        Ok(if was == is_enabled { Outcome::AlreadyDone } else { Outcome::Done })
    }

    pub(super) fn add(
        &mut self,
        of: usize,
        who: Who,
        control: &'static str,
    ) -> Result<Outcome, &'static str> {
        if !self.things[of].is_opened_by(control) {
            return Err("refused");
        }
        self.grant(of, who)
    }

    pub(super) fn grant(&mut self, of: usize, who: Who) -> Result<Outcome, &'static str> {
        match self.things[of].stage {
            StageName::Retired => Err("retired"),
            StageName::Registered => Err("not-enrolled"),
            StageName::Enrolled | StageName::Activated => {
                let is_new = self.grants.insert((of, who));
                Ok(if is_new { Outcome::Done } else { Outcome::AlreadyDone })
            }
        }
    }

    pub(super) fn release(&mut self, of: usize, who: Who) -> Outcome {
        if self.grants.remove(&(of, who)) { Outcome::Done } else { Outcome::AlreadyDone }
    }

    pub(super) fn release_all(&mut self, who: Who) {
        self.grants.retain(|(_, holder)| *holder != who);
    }

    fn release_all_on(&mut self, of: usize) {
        self.grants.retain(|(thing, _)| *thing != of);
        self.things[of].places.clear();
    }

    /// A verb of the Thing was done.
    pub(super) fn has_done(&mut self, of: usize, step: &ThingStep) {
        let thing = &mut self.things[of];
        match *step {
            ThingStep::Enroll if thing.stage == StageName::Registered => {
                (thing.stage, thing.is_called) = (StageName::Enrolled, true);
            }
            ThingStep::Enroll => {}
            ThingStep::Connect => thing.stage = StageName::Activated,
            ThingStep::Disable => thing.is_enabled = false,
            ThingStep::Enable => thing.is_enabled = true,
            ThingStep::Reactivate => thing.stage = StageName::Registered,
            ThingStep::SetAccess(access) => thing.access = access,
            ThingStep::ReplaceControl(control, grants) => {
                thing.control = Some(control);
                if grants == GrantsThen::End {
                    self.release_all_on(of);
                }
            }
            ThingStep::Unenroll | ThingStep::UnenrollItself => {
                (thing.stage, thing.is_called) = (StageName::Registered, false);
                self.part(of);
            }
            ThingStep::ReplacePasswords(new) | ThingStep::Transfer(new) => {
                let NewPasswords { version, enroll, control } = new;
                (thing.version, thing.enroll, thing.control) = (version, enroll, control);
                (thing.stage, thing.is_called) = (StageName::Registered, false);
                if let ThingStep::Transfer(_) = step {
                    thing.access = None;
                }
                self.part(of);
            }
            ThingStep::Retire => {
                thing.stage = StageName::Retired;
                self.part(of);
            }
        }
    }

    /// Everything on it ends, and everything that it holds.
    fn part(&mut self, of: usize) {
        self.release_all_on(of);
        self.release_all(Who::Thing(of));
    }

    /// Everybody there is, and whether they may act on anything now.
    pub(super) fn everybody(&self) -> Vec<(Who, bool)> {
        let mut everybody = Vec::new();
        for (of, thing) in self.things.iter().enumerate() {
            if thing.is_called && thing.stage != StageName::Retired {
                everybody.push((Who::Thing(of), thing.is_enabled));
            }
            for (ordinal, controller) in &thing.controllers {
                if controller.stage != ControllerStageName::Retired {
                    everybody.push((Who::Controller(of, *ordinal), controller.is_enabled));
                }
            }
        }
        everybody
    }

    pub(super) fn access(&self, of: usize, who: Who, may_act: bool) -> AccessLevel {
        let thing = &self.things[of];
        if self.grants.contains(&(of, who)) && may_act && thing.is_enabled {
            thing.access.unwrap_or(AccessLevel::Read)
        } else {
            AccessLevel::None
        }
    }
}

impl PlainThing {
    fn is_opened_by(&self, control: &str) -> bool {
        self.may_be_controlled() && self.control == Some(control)
    }

    pub(super) fn may_be_controlled(&self) -> bool {
        matches!(self.stage, StageName::Enrolled | StageName::Activated) && self.is_enabled
    }
}

impl PlainController {
    pub(super) fn connects(&self) -> bool {
        let has_password =
            matches!(self.stage, ControllerStageName::Enrolled | ControllerStageName::Activated);
        has_password && self.is_enabled
    }
}
