//! What becomes of Controllers: numbers from 0 up, and the places that some of them take.

mod verbs;

use plugmint::{ControllerStageName, EventKind, PlugId, UnixMillis};

use crate::lifecycle::command::Device;

use super::life::{About, Life};
use super::{Model, Who};

/// What became of a Controller; its ordinal is its place in the list of its device.
#[derive(Debug)]
pub struct Controller {
    /// Which of all passwords it enrolled with.
    pub(super) with: usize,
    /// The version of the root key then.
    pub(in crate::lifecycle) version: u32,
    /// Which of all own serial numbers.
    pub(in crate::lifecycle) own: Option<usize>,
    pub(in crate::lifecycle) plug_id: Option<PlugId>,
    /// Which of two texts.
    pub(in crate::lifecycle) name: Option<usize>,
    pub(in crate::lifecycle) epoch: u32,
    pub(in crate::lifecycle) disabled: bool,
    pub(in crate::lifecycle) stage: ControllerStageName,
    pub(in crate::lifecycle) enrolled_at: UnixMillis,
    pub(in crate::lifecycle) connected_at: Option<UnixMillis>,
    pub(in crate::lifecycle) retired_at: Option<UnixMillis>,
}

impl Controller {
    pub(super) fn is_retired(&self) -> bool {
        self.stage == ControllerStageName::Retired
    }

    pub(super) fn is_current(&self, epoch: u32) -> bool {
        let has_password = match self.stage {
            ControllerStageName::Enrolled | ControllerStageName::Activated => true,
            ControllerStageName::MustEnrollAgain | ControllerStageName::Retired => false,
        };
        has_password && !self.disabled && self.epoch == epoch
    }
}

impl Life {
    /// Whether its control password today is the one that a Controller came with.
    fn could_derive(&self, controller: &Controller) -> bool {
        self.is_controllable()
            && (self.control, self.version) == (controller.with, controller.version)
    }
}

/// Whoever comes with a control password: the outcome and the ordinal, or the code of the refusal.
impl Model {
    pub(in crate::lifecycle) fn enroll_controller(
        &mut self,
        device: Device,
        password: usize,
        own: Option<usize>,
        at: UnixMillis,
    ) -> Result<(&'static str, usize), &'static str> {
        let cap = self.open_template(device.template).map_err(|_| "refused")?.cap;
        let life = self.lives.get(&device).filter(|life| life.is_controlled_with(password));
        let life = life.ok_or("refused")?;
        let known = own.and_then(|own| life.known[own]);
        let known = known.map(|ordinal| (ordinal, &life.controllers[ordinal]));
        if known.is_some_and(|(_, known)| known.disabled && !known.is_retired()) {
            return Err("refused");
        }
        match known.filter(|(_, controller)| life.could_derive(controller)) {
            Some((ordinal, known)) => match known.stage {
                ControllerStageName::Enrolled => self.repeats(device, ordinal, cap, at),
                ControllerStageName::MustEnrollAgain => self.reissues(device, ordinal, cap, at),
                ControllerStageName::Activated | ControllerStageName::Retired => {
                    self.joins(device, own, cap, at)
                }
            },
            None => self.joins(device, own, cap, at),
        }
    }

    fn repeats(
        &mut self,
        device: Device,
        ordinal: usize,
        cap: usize,
        at: UnixMillis,
    ) -> Result<(&'static str, usize), &'static str> {
        let holder = Who::Controller(device, ordinal);
        if !self.grants.contains_key(&(device, holder)) {
            self.seats(device, ordinal, cap, at)?;
            self.grants.insert((device, holder), at);
            self.happens_to(device, About::Controller(ordinal), EventKind::GrantAdded, at);
        }
        Ok(("Repeated", ordinal))
    }

    fn reissues(
        &mut self,
        device: Device,
        ordinal: usize,
        cap: usize,
        at: UnixMillis,
    ) -> Result<(&'static str, usize), &'static str> {
        self.seats(device, ordinal, cap, at)?;
        let holder = (device, Who::Controller(device, ordinal));
        let is_granted_anew = !self.grants.contains_key(&holder);
        self.grants.entry(holder).or_insert(at);
        if let Some(life) = self.lives.get_mut(&device) {
            life.controllers[ordinal].stage = ControllerStageName::Enrolled;
        }
        self.happens_to(device, About::Controller(ordinal), EventKind::ControllerReissued, at);
        if is_granted_anew {
            self.happens_to(device, About::Controller(ordinal), EventKind::GrantAdded, at);
        }
        Ok(("Reissued", ordinal))
    }

    fn joins(
        &mut self,
        device: Device,
        own: Option<usize>,
        cap: usize,
        at: UnixMillis,
    ) -> Result<(&'static str, usize), &'static str> {
        let ordinal = self.life(device).controllers.len();
        self.seats(device, ordinal, cap, at)?;
        let life = self.lives.get_mut(&device).ok_or("refused")?;
        life.controllers.push(Controller {
            with: life.control,
            version: life.version,
            own,
            plug_id: None,
            name: None,
            epoch: 0,
            disabled: false,
            stage: ControllerStageName::Enrolled,
            enrolled_at: at,
            connected_at: None,
            retired_at: None,
        });
        if let Some(own) = own {
            life.known[own] = Some(ordinal);
        }
        self.grants.insert((device, Who::Controller(device, ordinal)), at);
        self.happens_to(device, About::Controller(ordinal), EventKind::ControllerEnrolled, at);
        Ok(("First", ordinal))
    }

    /// Takes a place, if there is one, or if one who never connected can make room.
    fn seats(
        &mut self,
        device: Device,
        ordinal: usize,
        cap: usize,
        at: UnixMillis,
    ) -> Result<(), &'static str> {
        let life = self.lives.get_mut(&device).ok_or("refused")?;
        if life.places.contains(&ordinal) {
            return Ok(());
        }
        // There may be more than the template lets in today.
        if life.places.len() >= cap {
            let idle = |place: &&usize| {
                let controller = &life.controllers[**place];
                controller.connected_at.is_none() && !controller.disabled
            };
            let idle = life.places.iter().find(idle).copied().ok_or("too-many-controllers")?;
            self.retires(device, idle, at);
        }
        let life = self.lives.get_mut(&device).ok_or("refused")?;
        life.places.insert(ordinal);
        Ok(())
    }

    /// The end of a Controller.
    pub(super) fn retires(&mut self, device: Device, ordinal: usize, at: UnixMillis) {
        let Some(life) = self.lives.get_mut(&device) else { return };
        let controller = &mut life.controllers[ordinal];
        (controller.stage, controller.retired_at) = (ControllerStageName::Retired, Some(at));
        life.places.remove(&ordinal);
        self.ends_held(Who::Controller(device, ordinal));
        self.happens_to(device, About::Controller(ordinal), EventKind::ControllerRetired, at);
    }
}
