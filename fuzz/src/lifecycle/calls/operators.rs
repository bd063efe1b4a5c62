//! What operators do to one serial, and to templates.

use plugmint::{
    ChangeTemplateError, ControllerCap, DeleteTemplateError, Epoch, GrantsThen, Living, MarkError,
    NewPasswords, ReplaceControlError, ReplaceError, RetireError, RevokeError, TemplateChange,
    TransferError, UnixMillis,
};
use plugmint_tests::enroll_password;
use pollster::block_on;

use crate::lifecycle::command::{Command, Device, LEVELS, PASSWORDS, REPEATS, Seen};
use crate::lifecycle::{Answers, World, ada, said};

use super::control_password;

impl World {
    pub(super) fn of_operator(&mut self, command: Command, now: UnixMillis) -> Answers {
        let ada = &ada();
        let (said, expected) = match command {
            Command::Disable { device } => {
                let done = block_on(self.registry.disable(&self.id(device), ada));
                (said(done, MarkError::code), self.model.disable(device, now))
            }
            Command::Enable { device } => {
                let done = block_on(self.registry.enable(&self.id(device), ada));
                (said(done, MarkError::code), self.model.enable(device, now))
            }
            Command::Retire { device } => {
                let done = block_on(self.registry.retire(&self.id(device), ada));
                (said(done, RetireError::code), self.model.retire(device, now))
            }
            Command::Reactivate { device, overlap, seen } => {
                let (id, seen) = (self.id(device), self.epoch(device, seen));
                let until = (overlap > 0).then(|| self.later(4 * u32::from(overlap)));
                let done = match until {
                    None => block_on(self.registry.reactivate(&id, seen, ada)),
                    Some(until) => {
                        block_on(self.registry.reactivate_with_overlap(&id, seen, until, ada))
                    }
                };
                let expected = self.model.reactivate(device, seen.number(), until, now);
                (said(done, RevokeError::code), expected)
            }
            Command::Unenroll { device, seen } => {
                let seen = self.epoch(device, seen);
                let done = block_on(self.registry.unenroll(&self.id(device), seen, ada));
                (said(done, RevokeError::code), self.model.unenroll(device, seen.number(), now))
            }
            Command::ReplacePasswords { device, password, control, seen } => {
                let (id, seen) = (self.id(device), self.epoch(device, seen));
                let new = new_passwords(password, control);
                let done = block_on(self.registry.replace_passwords(&id, &new, seen, ada));
                let pair = (password, control);
                let expected = self.model.replace_passwords(device, pair, seen.number(), now);
                (said(done, ReplaceError::code), expected)
            }
            Command::Transfer { device, password, control, seen } => {
                let (id, seen) = (self.id(device), self.epoch(device, seen));
                let new = new_passwords(password, control);
                let done = block_on(self.registry.transfer(&id, &new, seen, ada));
                let pair = (password, control);
                let expected = self.model.transfer(device, pair, seen.number(), now);
                (said(done, TransferError::code), expected)
            }
            Command::ReplaceControl { device, password, stay } => {
                let (id, new) = (self.id(device), control_password(password));
                let grants = if stay { GrantsThen::Stay } else { GrantsThen::End };
                let replaced = self.registry.replace_control_password(&id, &new, grants, ada);
                let done = block_on(replaced);
                let expected = self.model.replace_control(device, password, stay, now);
                (said(done, ReplaceControlError::code), expected)
            }
            command => panic!("{command:?} is no operator's"),
        };
        (said, expected.to_owned())
    }

    pub(super) fn of_template(&mut self, command: Command, now: UnixMillis) -> Answers {
        let (said, expected) = match command {
            Command::Close { template } => {
                let done = block_on(self.registry.close_template(&self.templates[template]));
                (said(done, ChangeTemplateError::code), self.model.close(template))
            }
            Command::Open { template } => {
                let done = block_on(self.registry.open_template(&self.templates[template]));
                (said(done, ChangeTemplateError::code), self.model.open(template))
            }
            Command::Change { template, repeat, cap, level } => {
                let (id, repeat) = (&self.templates[template], REPEATS[repeat]);
                let (cap, access) = (ControllerCap::new(cap).ok(), LEVELS[level]);
                let mut change = TemplateChange::new().repeat(repeat);
                change = cap.into_iter().fold(change, TemplateChange::controllers);
                change = access.into_iter().fold(change, TemplateChange::access);
                let done = block_on(self.registry.change_template(id, &change));
                let expected = self.model.change(template, repeat, cap, access);
                (said(done, ChangeTemplateError::code), expected)
            }
            Command::Delete { template, retire } => {
                let living = if retire { Living::Retire } else { Living::Refuse };
                let (id, ada) = (&self.templates[template], &ada());
                let done = block_on(self.registry.delete_template(id, living, ada));
                (said(done, DeleteTemplateError::code), self.model.delete(template, retire, now))
            }
            command => panic!("{command:?} is about no template"),
        };
        (said, expected.to_owned())
    }

    fn epoch(&self, device: Device, seen: Seen) -> Epoch {
        Epoch::new(seen.of(self.model.epoch(device)))
    }
}

fn new_passwords(password: usize, control: usize) -> NewPasswords {
    let new = NewPasswords::new(enroll_password(PASSWORDS[password]));
    if control < PASSWORDS.len() { new.with_control(control_password(control)) } else { new }
}
