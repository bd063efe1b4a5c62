//! What is told to whoever enrolls.

use plugmint::PlugId;

use crate::lifecycle::command::Device;

use super::Model;

/// Whoever enrolls and connects: a device, or a Controller of one by its ordinal.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    /// A device.
    Thing(Device),
    /// A Controller.
    Controller(Device, usize),
}

impl Who {
    /// The device in whose history it stands.
    #[must_use]
    pub const fn device(self) -> Device {
        match self {
            Self::Thing(device) | Self::Controller(device, _) => device,
        }
    }
}

/// What somebody is told that enrolls: the password that it enrolled with, the version of the root
/// key and the epoch, its Plug-ID, and its connection password.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// Who.
    pub who: Who,
    /// Which of all passwords.
    pub with: usize,
    /// The version of the root key.
    pub version: u32,
    /// The epoch.
    pub epoch: u32,
    /// Its Plug-ID.
    pub plug_id: PlugId,
    /// Its connection password.
    pub password: String,
}

impl Model {
    /// Somebody was told credentials: for each password and root key that it enrolled with one
    /// Plug-ID, for each epoch of it one connection password, and nothing that anybody else has.
    pub(in crate::lifecycle) fn tell(&mut self, who: Who, plug_id: PlugId, password: String) {
        let Some(life) = self.lives.get_mut(&who.device()) else { return };
        let (with, version, epoch) = match who {
            Who::Thing(_) => {
                life.plug_id = Some(plug_id);
                (life.password, life.version, life.epoch)
            }
            Who::Controller(_, ordinal) => {
                let controller = &mut life.controllers[ordinal];
                controller.plug_id = Some(plug_id);
                (controller.with, controller.version, controller.epoch)
            }
        };
        let told = Told { who, with, version, epoch, plug_id, password };
        for known in &self.told {
            let same_name = known.who == who && (known.with, known.version) == (with, version);
            assert_eq!(known.plug_id == told.plug_id, same_name, "{known:?} and {told:?}");
            let same = same_name && known.epoch == told.epoch;
            assert_eq!(known.password == told.password, same, "{known:?} and {told:?}");
        }
        if !self.told.contains(&told) {
            self.told.push(told);
        }
    }

    /// All that anybody was ever told.
    pub(in crate::lifecycle) fn all_told(&self) -> &[Told] {
        &self.told
    }

    /// What a device was told, counted from the last.
    pub(in crate::lifecycle) fn told(&self, device: Device, pick: usize) -> Option<&Told> {
        let told: Vec<_> = self.told.iter().filter(|of| of.who == Who::Thing(device)).collect();
        told.iter().nth_back(pick % told.len().max(1)).copied()
    }

    /// What anybody was told, counted from the last.
    pub(in crate::lifecycle) fn picked(&self, pick: usize) -> Option<&Told> {
        self.told.iter().nth_back(pick % self.told.len().max(1))
    }
}
