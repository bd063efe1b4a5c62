//! What happens to templates, and to old events.

use std::collections::BTreeSet;

use plugmint::{AccessLevel, ControlClass, ControllerCap, PasswordClass, RepeatPolicy, UnixMillis};

use crate::lifecycle::command::{CHOSEN, Device, PASSWORDS};

use super::Model;

/// What became of a template.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub(super) class: PasswordClass,
    pub(super) control: ControlClass,
    /// How many Controllers of a device take a place.
    pub(in crate::lifecycle) cap: usize,
    pub(in crate::lifecycle) access: AccessLevel,
    pub(in crate::lifecycle) repeat: RepeatPolicy,
    pub(super) seals: bool,
    pub(in crate::lifecycle) state: State,
}

/// Whether it takes anybody in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It does.
    Open,
    /// It does not.
    Closed,
    /// It is gone.
    Deleted,
}

impl Template {
    /// Why it does not take these passwords.
    pub(super) const fn refuses(self, password: usize, control: usize) -> Option<&'static str> {
        match self.class {
            PasswordClass::Generated if password == CHOSEN => Some("wrong-enroll-password-class"),
            _ if !self.takes_control(control) => Some("wrong-control-password-class"),
            _ if control == password && control < PASSWORDS.len() => Some("same-passwords"),
            _ => None,
        }
    }

    pub(super) const fn takes_control(self, control: usize) -> bool {
        control != CHOSEN || matches!(self.control, ControlClass::Chosen)
    }
}

impl Model {
    pub(in crate::lifecycle) fn close(&mut self, template: usize) -> &'static str {
        self.alter(template, |template| {
            let was_open = template.state == State::Open;
            template.state = State::Closed;
            was_open
        })
    }

    pub(in crate::lifecycle) fn open(&mut self, template: usize) -> &'static str {
        self.alter(template, |template| {
            let was_open = template.state == State::Open;
            template.state = State::Open;
            !was_open
        })
    }

    pub(in crate::lifecycle) fn change(
        &mut self,
        template: usize,
        repeat: RepeatPolicy,
        cap: Option<ControllerCap>,
        access: Option<AccessLevel>,
    ) -> &'static str {
        self.alter(template, |template| {
            let cap = cap.map_or(template.cap, |cap| usize::from(cap.number()));
            let new = (repeat, cap, access.unwrap_or(template.access));
            let other = new != (template.repeat, template.cap, template.access);
            (template.repeat, template.cap, template.access) = new;
            other
        })
    }

    fn alter(
        &mut self,
        template: usize,
        alter: impl FnOnce(&mut Template) -> bool,
    ) -> &'static str {
        let there = self.templates.get_mut(template);
        match there.filter(|template| template.state != State::Deleted) {
            None => "unknown-template",
            Some(template) => {
                if alter(template) {
                    "Done"
                } else {
                    "AlreadyDone"
                }
            }
        }
    }

    pub(in crate::lifecycle) fn delete(
        &mut self,
        template: usize,
        retire: bool,
        at: UnixMillis,
    ) -> &'static str {
        match self.templates.get(template).map(|template| template.state) {
            None => return "unknown-template",
            Some(State::Deleted) => return "AlreadyDone",
            Some(State::Open | State::Closed) => {}
        }
        let in_use = self.devices_of(template).filter(|device| self.life(*device).is_in_use(at));
        let in_use: Vec<Device> = in_use.collect();
        if !retire && !in_use.is_empty() {
            return "in-use";
        }
        for device in in_use {
            self.retire(device, at);
        }
        self.templates[template].state = State::Deleted;
        "Done"
    }

    /// How many events are forgotten: of each serial the old ones, up to the first that is young
    /// enough; the last stays.
    pub(in crate::lifecycle) fn forget(&mut self, before: UnixMillis) -> String {
        let mut all = 0;
        for (device, life) in &mut self.lives {
            let old = life.happened.iter().take_while(|of| of.at < before).count();
            let end = old.min(life.happened.len().saturating_sub(1)).max(life.forgotten);
            for gone in life.forgotten..end {
                self.unread.remove(&(*device, gone));
                all += 1;
            }
            life.forgotten = end;
        }
        format!("{all}")
    }

    /// What the feed gives that it has not given.
    pub(in crate::lifecycle) fn read_feed(&mut self) -> BTreeSet<(Device, usize)> {
        std::mem::take(&mut self.unread)
    }
}
