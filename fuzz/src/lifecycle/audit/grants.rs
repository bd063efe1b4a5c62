//! What a registry shows of grants, both ways, and what each is worth.

use std::collections::BTreeSet;

use plugmint::{AccessLevel, LookUpError, MarkError, PlugId, SerialId, UnixMillis};
use pollster::block_on;

use crate::lifecycle::command::Device;
use crate::lifecycle::model::{Told, Who};
use crate::lifecycle::{FEW, World, ada, designs, said};

impl World {
    pub(super) fn check_grants(&self) {
        let devices: Vec<_> =
            (0..designs().len()).flat_map(|of| self.model.devices_of(of)).collect();
        for device in &devices {
            assert_eq!(self.grants_on(*device), self.expected_on(*device), "{device:?}");
        }
        let mut seen = BTreeSet::new();
        for told in self.model.all_told() {
            if !seen.insert(*told.plug_id.body()) {
                continue;
            }
            let expected = self.model.holder(Some(told)).map(|(who, _)| self.expected_of(who));
            assert_eq!(self.grants_of(&told.plug_id), expected, "{told:?}");
            for device in &devices {
                self.check_access(told, *device);
            }
        }
    }

    fn check_access(&self, told: &Told, device: Device) {
        let access = block_on(self.registry.access(&told.plug_id, &self.id(device))).unwrap();
        let holder = self.model.holder(Some(told));
        let expected = holder.map_or(AccessLevel::None, |(who, _)| self.model.access(who, device));
        assert_eq!(access, expected, "{told:?} on {device:?}");
    }

    /// What a device says itself is not shown: setting it once more does nothing.
    pub(super) fn check_own_access(&mut self, device: Device) {
        let access = self.model.life(device).access;
        let done = block_on(self.registry.set_access(&self.id(device), access, &ada()));
        let expected = self.model.set_access(device, access, self.clock.time());
        assert_eq!(said(done, MarkError::code), expected, "{device:?}");
    }

    fn grants_on(&self, device: Device) -> Vec<(PlugId, AccessLevel, UnixMillis)> {
        let (id, mut listed, mut after) = (self.id(device), Vec::new(), None);
        loop {
            let page = block_on(self.registry.grants_on(&id, after.as_ref(), FEW)).unwrap();
            listed.extend(page.grants.iter().map(|of| (of.holder, of.access, of.at)));
            after = page.next;
            if after.is_none() {
                return listed;
            }
        }
    }

    fn expected_on(&self, device: Device) -> Vec<(PlugId, AccessLevel, UnixMillis)> {
        let holders = self.model.holders_of(device).into_iter();
        let named = holders.map(|(who, at)| {
            (self.model.name_of(who).unwrap(), self.model.access(who, device), at)
        });
        let mut expected: Vec<_> = named.collect();
        expected.sort_by_key(|(plug_id, ..)| *plug_id.body());
        expected
    }

    /// `None` for nobody.
    fn grants_of(&self, holder: &PlugId) -> Option<Vec<Held>> {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = match block_on(self.registry.grants_of(holder, after.as_ref(), FEW)) {
                Ok(page) => page,
                Err(LookUpError::Unknown(_)) => return None,
                Err(error) => panic!("{error}"),
            };
            listed.extend(page.grants.iter().map(|of| (of.thing, of.plug_id, of.access, of.at)));
            after = page.next;
            if after.is_none() {
                return Some(listed);
            }
        }
    }

    fn expected_of(&self, who: Who) -> Vec<Held> {
        let held = self.model.held_by(who).into_iter().map(|(device, at)| {
            let name = self.model.name_of(Who::Thing(device)).unwrap();
            (self.id(device), name, self.model.access(who, device), at)
        });
        let mut expected: Vec<_> = held.collect();
        let key = |id: &SerialId| (*id.template().body(), id.serial().as_str().to_owned());
        expected.sort_by_key(|(id, ..)| key(id));
        expected
    }
}

/// A Thing that somebody holds: its name, the level, and since when.
type Held = (SerialId, PlugId, AccessLevel, UnixMillis);
