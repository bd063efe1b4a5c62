//! Who holds which Things: a set of pairs. Whatever ends grants takes pairs out of it.

use plugmint::{AccessLevel, EventKind, PlugId, StageName, UnixMillis};

use crate::lifecycle::command::Device;

use super::life::{About, Raise};
use super::{Model, State, Told, Who};

impl Model {
    pub(in crate::lifecycle) fn add_thing(
        &mut self,
        told: Option<&Told>,
        device: Device,
        password: usize,
        at: UnixMillis,
    ) -> &'static str {
        let Some(holder) = self.proven(told) else { return "refused" };
        let is_open = self.open_template(device.template).is_ok();
        let life = self.lives.get(&device).filter(|life| life.is_controlled_with(password));
        if is_open && life.is_some() { self.gives(device, holder, at) } else { "thing-refused" }
    }

    /// How many grants end.
    pub(in crate::lifecycle) fn release_things(
        &mut self,
        told: Option<&Told>,
        devices: &[Device],
        at: UnixMillis,
    ) -> String {
        let Some(holder) = self.proven(told) else { return "refused".to_owned() };
        let ended = devices.iter().filter(|device| self.takes_back(**device, holder, at));
        format!("{}", ended.count())
    }

    pub(in crate::lifecycle) fn release_all_things(
        &mut self,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        self.proven(told).map_or("refused", |holder| self.takes_all_back(holder, at))
    }

    pub(in crate::lifecycle) fn grant(
        &mut self,
        device: Device,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        let stage = match self.known(device) {
            Ok(life) => life.stage,
            Err(unknown) => return unknown,
        };
        let Some(holder) = self.holder(told) else { return "unknown-holder" };
        match stage {
            StageName::Registered => "not-enrolled",
            StageName::Retired => "retired",
            StageName::Enrolled | StageName::Activated => self.gives(device, holder, at),
        }
    }

    pub(in crate::lifecycle) fn release(
        &mut self,
        device: Device,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        if let Err(unknown) = self.known(device) {
            return unknown;
        }
        match self.holder(told) {
            None => "unknown-holder",
            Some(holder) if self.takes_back(device, holder, at) => "Done",
            Some(_) => "AlreadyDone",
        }
    }

    pub(in crate::lifecycle) fn release_all(
        &mut self,
        told: Option<&Told>,
        at: UnixMillis,
    ) -> &'static str {
        self.holder(told).map_or("unknown-holder", |holder| self.takes_all_back(holder, at))
    }

    pub(in crate::lifecycle) fn set_access(
        &mut self,
        device: Device,
        access: Option<AccessLevel>,
        at: UnixMillis,
    ) -> &'static str {
        match self.known(device) {
            Err(unknown) => unknown,
            Ok(life) if life.stage == StageName::Retired => "retired",
            Ok(life) if life.access == access => "AlreadyDone",
            Ok(life) => {
                life.access = access;
                self.happens(device, EventKind::AccessSet, at);
                "Done"
            }
        }
    }

    fn gives(
        &mut self,
        device: Device,
        (holder, plug_id): (Who, PlugId),
        at: UnixMillis,
    ) -> &'static str {
        if self.grants.contains_key(&(device, holder)) {
            return "AlreadyDone";
        }
        self.grants.insert((device, holder), at);
        self.happens_to(device, About::Called(plug_id), EventKind::GrantAdded, at);
        "Done"
    }

    /// Whether there was something to take.
    fn takes_back(
        &mut self,
        device: Device,
        (holder, plug_id): (Who, PlugId),
        at: UnixMillis,
    ) -> bool {
        let was_there = self.grants.remove(&(device, holder)).is_some();
        if was_there {
            self.happens_to(device, About::Called(plug_id), EventKind::GrantReleased, at);
        }
        was_there
    }

    fn takes_all_back(&mut self, (holder, plug_id): (Who, PlugId), at: UnixMillis) -> &'static str {
        self.ends_held(holder);
        let kind = EventKind::GrantsReleased;
        self.happens_to(holder.device(), About::Called(plug_id), kind, at);
        "Done"
    }
}

/// What ends, and what is there.
impl Model {
    /// All grants on a device end, and those of before take no place any more.
    pub(super) fn ends_on(&mut self, device: Device) {
        self.grants.retain(|(on, _), _| *on != device);
        if let Some(life) = self.lives.get_mut(&device) {
            life.places.clear();
        }
    }

    pub(super) fn ends_held(&mut self, holder: Who) {
        self.grants.retain(|(_, of), _| *of != holder);
    }

    pub(super) fn ends_all(&mut self, device: Device) {
        self.ends_on(device);
        self.ends_held(Who::Thing(device));
    }

    /// Who holds grants under a name that it was told: it has it, and is not retired.
    pub(in crate::lifecycle) fn holder(&self, told: Option<&Told>) -> Option<(Who, PlugId)> {
        let Told { who, plug_id, .. } = told?;
        let life = self.lives.get(&who.device())?;
        let is_there = match *who {
            Who::Thing(_) => {
                let was_taken_off =
                    life.stage == StageName::Registered && life.raised_by == Some(Raise::Unenroll);
                let is_over = life.stage == StageName::Retired || was_taken_off;
                !is_over && life.plug_id.as_ref() == Some(plug_id)
            }
            Who::Controller(_, ordinal) => !life.controllers[ordinal].is_retired(),
        };
        is_there.then_some((*who, *plug_id))
    }

    /// The same, if what it was told is the password of today.
    pub(super) fn proven(&self, told: Option<&Told>) -> Option<(Who, PlugId)> {
        let Told { who, with, epoch, .. } = told?;
        let life = self.lives.get(&who.device())?;
        let is_current = match *who {
            Who::Thing(_) => life.is_current((*with, *epoch)),
            Who::Controller(_, ordinal) => life.controllers[ordinal].is_current(*epoch),
        };
        self.holder(told).filter(|_| is_current)
    }

    /// Who holds a device, under the name of today, and since when.
    pub(in crate::lifecycle) fn holders_of(&self, device: Device) -> Vec<(Who, UnixMillis)> {
        let on = self.grants.iter().filter(|((on, _), _)| *on == device);
        on.map(|((_, holder), at)| (*holder, *at)).collect()
    }

    pub(in crate::lifecycle) fn held_by(&self, holder: Who) -> Vec<(Device, UnixMillis)> {
        let held = self.grants.iter().filter(|((_, of), _)| *of == holder);
        held.map(|((on, _), at)| (*on, *at)).collect()
    }

    /// What it is called today.
    pub(in crate::lifecycle) fn name_of(&self, who: Who) -> Option<PlugId> {
        let life = self.life(who.device());
        match who {
            Who::Thing(_) => life.plug_id,
            Who::Controller(_, ordinal) => life.controllers[ordinal].plug_id,
        }
    }

    pub(in crate::lifecycle) fn access(&self, holder: Who, device: Device) -> AccessLevel {
        let (of, on) = (self.life(holder.device()), self.life(device));
        let holder_is_disabled = match holder {
            Who::Thing(_) => of.disabled,
            Who::Controller(_, ordinal) => of.controllers[ordinal].disabled,
        };
        let template = &self.templates[device.template];
        let is_granted = self.grants.contains_key(&(device, holder));
        let is_there = template.state != State::Deleted && !on.disabled;
        if is_granted && !holder_is_disabled && is_there {
            on.access.unwrap_or(template.access)
        } else {
            AccessLevel::None
        }
    }
}
