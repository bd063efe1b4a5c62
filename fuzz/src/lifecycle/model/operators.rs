//! The verbs of operators on one serial.

use plugmint::{EventKind, StageName, UnixMillis};

use crate::lifecycle::command::Device;

use super::life::{Life, Raise};
use super::{Model, State};

impl Model {
    pub(in crate::lifecycle) fn disable(&mut self, device: Device, at: UnixMillis) -> &'static str {
        self.mark(device, true, EventKind::Disabled, at)
    }

    pub(in crate::lifecycle) fn enable(&mut self, device: Device, at: UnixMillis) -> &'static str {
        self.mark(device, false, EventKind::Enabled, at)
    }

    fn mark(
        &mut self,
        device: Device,
        disabled: bool,
        kind: EventKind,
        at: UnixMillis,
    ) -> &'static str {
        match self.known(device) {
            Err(unknown) => unknown,
            Ok(life) if life.stage == StageName::Retired => "retired",
            Ok(life) if life.disabled == disabled => "AlreadyDone",
            Ok(life) => {
                life.disabled = disabled;
                self.happens(device, kind, at);
                "Done"
            }
        }
    }

    pub(in crate::lifecycle) fn retire(&mut self, device: Device, at: UnixMillis) -> &'static str {
        match self.known(device) {
            Err(unknown) => unknown,
            Ok(life) if life.stage == StageName::Retired => "AlreadyDone",
            Ok(life) => {
                life.stage = StageName::Retired;
                (life.overlap, life.sealed) = (None, None);
                self.ends_all(device);
                self.happens(device, EventKind::Retired, at);
                "Done"
            }
        }
    }

    /// `until` is `None` without an overlap.
    pub(in crate::lifecycle) fn reactivate(
        &mut self,
        device: Device,
        seen: u32,
        until: Option<UnixMillis>,
        at: UnixMillis,
    ) -> &'static str {
        let life = match self.known(device) {
            Ok(life) => life,
            Err(unknown) => return unknown,
        };
        match not_raised(life, Raise::Reactivate, seen) {
            // Whoever asks for no overlap is not told that it is done while one runs.
            Some("AlreadyDone") if until.is_none() && life.running(at).is_some() => {
                return "epoch-moved";
            }
            Some(answer) => return answer,
            None => {}
        }
        let former = match life.stage {
            StageName::Activated => Some(life.epoch),
            StageName::Registered | StageName::Enrolled | StageName::Retired => {
                life.running(at).map(|(former, _)| former)
            }
        };
        if life.stage == StageName::Registered && former.is_none() {
            return "not-enrolled";
        }
        life.overlap = former.zip(until.filter(|until| at < *until));
        life.raises(Raise::Reactivate);
        self.happens(device, EventKind::Reactivated, at);
        "Done"
    }

    pub(in crate::lifecycle) fn unenroll(
        &mut self,
        device: Device,
        seen: u32,
        at: UnixMillis,
    ) -> &'static str {
        let life = match self.known(device) {
            Ok(life) => life,
            Err(unknown) => return unknown,
        };
        match (not_raised(life, Raise::Unenroll, seen), life.stage) {
            (Some(answer), _) => answer,
            (None, StageName::Registered) => "not-enrolled",
            (None, _) => {
                life.unenrolls();
                self.ends_all(device);
                self.happens(device, EventKind::Unenrolled, at);
                "Done"
            }
        }
    }

    pub(in crate::lifecycle) fn replace_passwords(
        &mut self,
        device: Device,
        (password, control): (usize, usize),
        seen: u32,
        at: UnixMillis,
    ) -> &'static str {
        if let Err(refused) = self.takes(device, password, control) {
            return refused;
        }
        let new = self.passwords(device.template, password, control);
        let Ok(life) = self.known(device) else { return "unknown-serial" };
        match not_raised(life, Raise::Replace, seen) {
            Some("AlreadyDone") if (life.password, life.control) != (password, control) => {
                return "epoch-moved";
            }
            Some(answer) => return answer,
            None => {}
        }
        if life.stage != StageName::Registered || life.plug_id.is_some() {
            return "has-enrolled";
        }
        if life.password == password || has_control(life, control) {
            return "unchanged-password";
        }
        life.renews(Raise::Replace, new);
        self.ends_all(device);
        self.happens(device, EventKind::PasswordsReplaced, at);
        "Done"
    }

    pub(in crate::lifecycle) fn transfer(
        &mut self,
        device: Device,
        (password, control): (usize, usize),
        seen: u32,
        at: UnixMillis,
    ) -> &'static str {
        if let Err(shut) = self.open_template(device.template) {
            return shut;
        }
        if let Err(refused) = self.takes(device, password, control) {
            return refused;
        }
        let new = self.passwords(device.template, password, control);
        let Ok(life) = self.known(device) else { return "unknown-serial" };
        match not_raised(life, Raise::Transfer, seen) {
            Some("AlreadyDone") if (life.password, life.control) != (password, control) => {
                return "epoch-moved";
            }
            Some(answer) => return answer,
            None => {}
        }
        let repeats = life.password == password
            || has_control(life, control)
            || life.password == control
            || has_control(life, password);
        if repeats {
            return "repeated-password";
        }
        let ended = life.plug_id;
        life.renews(Raise::Transfer, new);
        self.keeps_nothing_under(ended);
        self.ends_all(device);
        self.happens(device, EventKind::Transferred, at);
        "Done"
    }

    pub(in crate::lifecycle) fn replace_control(
        &mut self,
        device: Device,
        password: usize,
        grants_stay: bool,
        at: UnixMillis,
    ) -> &'static str {
        let template = self.templates.get(device.template).copied();
        let life = match self.known(device) {
            Ok(life) => life,
            Err(unknown) => return unknown,
        };
        match life {
            _ if template.is_some_and(|of| !of.takes_control(password)) => {
                "wrong-control-password-class"
            }
            life if life.stage == StageName::Retired => "retired",
            life if life.password == password => "same-passwords",
            Life { control, control_replaced: Some(stayed), .. }
                if *control == password && (!*stayed || grants_stay) =>
            {
                "AlreadyDone"
            }
            Life { control, control_replaced: None, .. } if *control == password => {
                "unchanged-password"
            }
            life => {
                (life.control, life.control_replaced) = (password, Some(grants_stay));
                if !grants_stay {
                    self.ends_on(device);
                }
                self.happens(device, EventKind::ControlPasswordReplaced, at);
                "Done"
            }
        }
    }

    /// What stands before the rules of a serial where it is given new passwords.
    fn takes(
        &mut self,
        device: Device,
        password: usize,
        control: usize,
    ) -> Result<(), &'static str> {
        self.known(device)?;
        match self.templates[device.template].refuses(password, control) {
            Some(wrong) => Err(wrong),
            None => Ok(()),
        }
    }

    pub(super) fn open_template(&self, template: usize) -> Result<&super::Template, &'static str> {
        let template = self.templates.get(template).ok_or("unknown-template")?;
        match template.state {
            State::Open => Ok(template),
            State::Closed => Err("template-closed"),
            State::Deleted => Err("unknown-template"),
        }
    }
}

/// One that is there: two that are none are not the same.
fn has_control(life: &Life, password: usize) -> bool {
    life.control == password && password < crate::lifecycle::command::PASSWORDS.len()
}

/// What is answered to a verb that raises the epoch, unless it rises.
fn not_raised(life: &Life, by: Raise, seen: u32) -> Option<&'static str> {
    if life.stage == StageName::Retired {
        Some("retired")
    } else if seen == life.epoch {
        None
    } else if seen + 1 == life.epoch && life.raised_by == Some(by) {
        Some("AlreadyDone")
    } else {
        Some("epoch-moved")
    }
}
