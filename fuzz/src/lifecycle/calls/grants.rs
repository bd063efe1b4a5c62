//! What happens to grants.

use plugmint::{
    AddThingError, AuthenticateError, ConnectionPassword, GrantError, MarkError, ReleaseError,
    UnixMillis,
};
use pollster::block_on;

use crate::lifecycle::command::{Device, LEVELS, OfGrants, SERIALS};
use crate::lifecycle::model::Told;
use crate::lifecycle::{Answers, World, ada, said};

use super::{control_password, nobody};

impl World {
    pub(super) fn of_grants(&mut self, command: OfGrants, now: UnixMillis) -> Answers {
        let (ada, told) = (&ada(), self.holding(command));
        let known = told.as_ref();
        let Told { plug_id: name, password, .. } = told.clone().unwrap_or_else(nobody);
        let password = &ConnectionPassword::parse(&password).unwrap();
        let registry = &self.registry;
        let (said, expected) = match command {
            OfGrants::AddThing { device, password: control, .. } => {
                let (id, right) = (self.id(device), control_password(control));
                let done = block_on(registry.add_thing(None, &name, password, &id, &right));
                let expected = self.model.add_thing(known, device, control, now);
                (said(done, AddThingError::code), expected)
            }
            OfGrants::ReleaseThings { device, all, .. } => {
                let devices = if all { all_of(device) } else { vec![device] };
                let ids: Vec<_> = devices.iter().map(|device| self.id(*device)).collect();
                let done = block_on(registry.release_things(&name, password, &ids));
                let expected = self.model.release_things(known, &devices, now);
                return (said(done, AuthenticateError::code), expected);
            }
            OfGrants::ReleaseAllThings { .. } => {
                let done = block_on(registry.release_all_things(&name, password));
                let expected = self.model.release_all_things(known, now);
                (done_or(done, AuthenticateError::code), expected)
            }
            OfGrants::Grant { device, .. } => {
                let done = block_on(registry.grant(&self.id(device), &name, ada));
                (said(done, GrantError::code), self.model.grant(device, known, now))
            }
            OfGrants::Release { device, .. } => {
                let done = block_on(registry.release(&self.id(device), &name, ada));
                (said(done, ReleaseError::code), self.model.release(device, known, now))
            }
            OfGrants::ReleaseAll { .. } => {
                let done = block_on(registry.release_all(&name, ada));
                (done_or(done, ReleaseError::code), self.model.release_all(known, now))
            }
            OfGrants::SetAccess { device, level } => {
                let done = block_on(registry.set_access(&self.id(device), LEVELS[level], ada));
                let expected = self.model.set_access(device, LEVELS[level], now);
                (said(done, MarkError::code), expected)
            }
        };
        (said, expected.to_owned())
    }

    fn holding(&self, command: OfGrants) -> Option<Told> {
        match command {
            OfGrants::SetAccess { .. } => None,
            OfGrants::AddThing { pick, .. }
            | OfGrants::ReleaseThings { pick, .. }
            | OfGrants::ReleaseAllThings { pick }
            | OfGrants::Grant { pick, .. }
            | OfGrants::Release { pick, .. }
            | OfGrants::ReleaseAll { pick } => self.model.picked(pick).cloned(),
        }
    }
}

fn all_of(Device { template, .. }: Device) -> Vec<Device> {
    (0..SERIALS.len()).map(|serial| Device { template, serial }).collect()
}

fn done_or<E>(done: Result<(), E>, code: impl Fn(&E) -> &'static str) -> String {
    done.map_or_else(|error| code(&error), |()| "Done").to_owned()
}
