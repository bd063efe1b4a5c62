//! Controllers that connect, and what operators do to them.

use plugmint::{ControllerStageName, EventKind, UnixMillis};

use crate::lifecycle::command::Device;
use crate::lifecycle::model::life::About;
use crate::lifecycle::model::{Model, Told, Who};

use super::Controller;

/// Whoever connects with what anybody was told, and what operators do to it.
impl Model {
    pub(in crate::lifecycle) fn connect(
        &mut self,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        let Some(told) = told else { return "refused" };
        let (device, ordinal) = match told.who {
            Who::Thing(device) => {
                return self.authenticate(device, Some((told.with, told.epoch)), at);
            }
            Who::Controller(device, ordinal) => (device, ordinal),
        };
        let Some(life) = self.lives.get_mut(&device) else { return "refused" };
        let controller = &mut life.controllers[ordinal];
        if !controller.is_current(told.epoch) {
            return "refused";
        }
        if controller.stage == ControllerStageName::Enrolled {
            controller.stage = ControllerStageName::Activated;
            controller.connected_at = controller.connected_at.or(Some(at));
            self.happens_to(device, About::Controller(ordinal), EventKind::ControllerActivated, at);
        }
        "Current"
    }

    pub(in crate::lifecycle) fn take_off(
        &mut self,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        match told.map(|told| (told.who, told)) {
            None => "refused",
            Some((Who::Thing(device), told)) => {
                self.unenroll_by_device(device, Some((told.with, told.epoch)), at)
            }
            Some((Who::Controller(device, ordinal), told)) => {
                if !self.life(device).controllers[ordinal].is_current(told.epoch) {
                    return "refused";
                }
                self.retires(device, ordinal, at);
                "Unenrolled"
            }
        }
    }

    pub(in crate::lifecycle) fn mark_controller(
        &mut self,
        told: Option<&Told>,
        disabled: bool,
        at: UnixMillis,
    ) -> &'static str {
        let (device, ordinal, controller) = match self.controller_of(told) {
            Ok(found) => found,
            Err(unknown) => return unknown,
        };
        if controller.is_retired() {
            return "retired";
        }
        if controller.disabled == disabled {
            return "AlreadyDone";
        }
        controller.disabled = disabled;
        let kind =
            if disabled { EventKind::ControllerDisabled } else { EventKind::ControllerEnabled };
        self.happens_to(device, About::Controller(ordinal), kind, at);
        "Done"
    }

    pub(in crate::lifecycle) fn retire_controller(
        &mut self,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        match self.controller_of(told) {
            Err(unknown) => unknown,
            Ok((_, _, controller)) if controller.is_retired() => "AlreadyDone",
            Ok((device, ordinal, _)) => {
                self.retires(device, ordinal, at);
                "Done"
            }
        }
    }

    pub(in crate::lifecycle) fn reactivate_controller(
        &mut self,
        told: Option<&Told>,
        seen: u32,
        at: UnixMillis,
    ) -> &'static str {
        let (device, ordinal) = match self.controller_of(told) {
            Ok((device, ordinal, _)) => (device, ordinal),
            Err(unknown) => return unknown,
        };
        let life = self.life(device);
        let (could_derive, controller) =
            (life.could_derive(&life.controllers[ordinal]), &life.controllers[ordinal]);
        match controller.stage {
            ControllerStageName::Retired => return "retired",
            _ if seen + 1 == controller.epoch => return "AlreadyDone",
            _ if seen != controller.epoch => return "epoch-moved",
            ControllerStageName::MustEnrollAgain => return "not-enrolled",
            _ if !could_derive => return "not-reissuable",
            _ if controller.own.and_then(|own| life.known[own]) != Some(ordinal) => {
                return "not-reissuable";
            }
            ControllerStageName::Enrolled | ControllerStageName::Activated => {}
        }
        if let Some(life) = self.lives.get_mut(&device) {
            let controller = &mut life.controllers[ordinal];
            controller.epoch += 1;
            controller.stage = ControllerStageName::MustEnrollAgain;
        }
        self.happens_to(device, About::Controller(ordinal), EventKind::ControllerReactivated, at);
        "Done"
    }

    /// The epoch of whoever was told something.
    pub(in crate::lifecycle) fn epoch_of(&self, told: Option<&Told>) -> u32 {
        match told.map(|told| told.who) {
            Some(Who::Controller(device, ordinal)) => self.life(device).controllers[ordinal].epoch,
            Some(Who::Thing(device)) => self.epoch(device),
            None => 0,
        }
    }

    fn controller_of(
        &mut self,
        told: Option<&Told>,
    ) -> Result<(Device, usize, &mut Controller), &'static str> {
        match told.map(|told| told.who) {
            Some(Who::Controller(device, ordinal)) => {
                let life = self.lives.get_mut(&device).ok_or("unknown-controller")?;
                Ok((device, ordinal, &mut life.controllers[ordinal]))
            }
            Some(Who::Thing(_)) | None => Err("unknown-controller"),
        }
    }
}
