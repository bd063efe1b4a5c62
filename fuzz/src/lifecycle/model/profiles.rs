//! What is kept with whom: which of two texts, for each of three things.

use plugmint::{EventKind, PlugId, StageName, UnixMillis};

use crate::lifecycle::command::{Device, LEVELS, Said, Word};

use super::{Model, Told, Who};

/// What is kept.
pub(in crate::lifecycle) type Kept = [Option<usize>; 3];

impl Model {
    pub(in crate::lifecycle) fn set_profile(
        &mut self,
        told: Option<&Told>,
        said: Said,
        at: UnixMillis,
    ) -> &'static str {
        let Some(Told { who, plug_id, .. }) = told else { return "unknown-holder" };
        match *who {
            Who::Thing(device) => {
                let life = self.life(device);
                if life.plug_id != Some(*plug_id) {
                    "unknown-holder"
                } else if life.stage == StageName::Retired {
                    "retired"
                } else {
                    self.keeps(device, *plug_id, said, at)
                }
            }
            Who::Controller(device, ordinal) => {
                if self.life(device).controllers[ordinal].is_retired() {
                    "retired"
                } else {
                    self.keeps_of_controller(device, ordinal, *plug_id, said)
                }
            }
        }
    }

    pub(in crate::lifecycle) fn set_own_profile(
        &mut self,
        told: Option<&Told>,
        said: Said,
        at: UnixMillis,
    ) -> &'static str {
        if self.proven(told).is_none() { "refused" } else { self.set_profile(told, said, at) }
    }

    /// What a device said that has just enrolled.
    pub(in crate::lifecycle) fn begins_with(&mut self, device: Device, said: Said, at: UnixMillis) {
        if let Some(plug_id) = self.life(device).plug_id {
            self.keeps(device, plug_id, said, at);
        }
    }

    /// A device has given up its identity.
    pub(super) fn keeps_nothing_under(&mut self, ended: Option<PlugId>) {
        if let Some(plug_id) = ended {
            self.profiles.remove(&plug_id);
        }
    }

    pub(in crate::lifecycle) fn kept(&self, plug_id: &PlugId) -> Kept {
        self.profiles.get(plug_id).copied().unwrap_or_default()
    }

    pub(in crate::lifecycle) fn how_many_kept(&self) -> usize {
        self.profiles.values().filter(|kept| kept.iter().any(Option::is_some)).count()
    }

    fn keeps(
        &mut self,
        device: Device,
        plug_id: PlugId,
        said: Said,
        at: UnixMillis,
    ) -> &'static str {
        let (was, now) = (self.kept(&plug_id), over(self.kept(&plug_id), said));
        let Some(life) = self.lives.get_mut(&device) else { return "unknown-holder" };
        let access = match said[1] {
            Word::Stays => life.access,
            Word::Is(which) => LEVELS[which + 1],
            Word::Goes => None,
        };
        let is_set = life.access != access;
        life.access = access;
        self.profiles.insert(plug_id, now);
        if is_set {
            self.happens(device, EventKind::AccessSet, at);
        }
        if is_set || was != now { "Done" } else { "AlreadyDone" }
    }

    /// Its name is in another place, and nobody holds it.
    fn keeps_of_controller(
        &mut self,
        device: Device,
        ordinal: usize,
        plug_id: PlugId,
        said: Said,
    ) -> &'static str {
        let Some(life) = self.lives.get_mut(&device) else { return "unknown-holder" };
        let controller = &mut life.controllers[ordinal];
        let was = (controller.name, self.profiles.get(&plug_id).copied().unwrap_or_default());
        let [name, ..] = over([was.0, None, None], said);
        controller.name = name;
        let [_, perm, props] = over(was.1, said);
        let now = (name, [None, perm, props]);
        self.profiles.insert(plug_id, now.1);
        if was == now { "AlreadyDone" } else { "Done" }
    }
}

fn over(kept: Kept, said: Said) -> Kept {
    let mut now = kept;
    for (now, word) in now.iter_mut().zip(said) {
        match word {
            Word::Stays => {}
            Word::Is(which) => *now = Some(which),
            Word::Goes => *now = None,
        }
    }
    now
}
