//! What a registry shows of Controllers and of root keys.

use plugmint::{ControllerStatus, DeviceName, FindError, KeyStanding, Mark, SerialId};
use pollster::block_on;

use crate::lifecycle::command::{Device, OWN_SERIALS, TEXTS};
use crate::lifecycle::model::Who;
use crate::lifecycle::roots::version;
use crate::lifecycle::{FEW, World};

impl World {
    /// All that ever came, in the order of their ordinals, page by page, and each by its name.
    pub(super) fn check_controllers(&self, device: Device) {
        let id = self.id(device);
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = block_on(self.registry.controllers(&id, after, FEW)).unwrap();
            listed.extend(page.controllers);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed.len(), self.model.life(device).controllers.len());
        for (ordinal, status) in (0..).zip(&listed) {
            self.check_controller(device, ordinal, &id, status);
            assert_eq!(&block_on(self.registry.controller(&status.plug_id)).unwrap(), status);
        }
    }

    fn check_controller(
        &self,
        device: Device,
        ordinal: u32,
        id: &SerialId,
        status: &ControllerStatus,
    ) {
        let expected = &self.model.life(device).controllers[ordinal as usize];
        let mark = if expected.disabled { Mark::Disabled } else { Mark::Enabled };
        assert_eq!((status.thing, status.ordinal.number()), (*id, ordinal));
        assert_eq!(Some(status.plug_id), expected.plug_id);
        assert_eq!(status.stage, expected.stage);
        assert_eq!(status.mark, expected.retired_at.is_none().then_some(mark));
        assert_eq!(status.epoch.number(), expected.epoch);
        let name = expected.name.map(|name| TEXTS[name]);
        assert_eq!(status.name.as_ref().map(DeviceName::as_str), name);
        let own = expected.own.map(|own| OWN_SERIALS[own].parse().unwrap());
        assert_eq!(status.own_serial, own);
        assert_eq!(status.key_version.number(), expected.version);
        assert_eq!(status.enrolled_at, expected.enrolled_at);
        assert_eq!(status.connected_at, expected.connected_at);
        assert_eq!(status.retired_at, expected.retired_at);
    }

    /// A name that was told leads to a serial, or to a Controller.
    pub(super) fn check_names(&self) {
        for told in self.model.all_told() {
            let found = block_on(self.registry.serial_of(&told.plug_id));
            match (told.who, found) {
                (Who::Thing(device), found) => assert_eq!(found.unwrap(), self.id(device)),
                (Who::Controller(..), Err(FindError::UnknownPlugId { .. })) => {}
                (Who::Controller(..), found) => panic!("{told:?} is a serial's: {found:?}"),
            }
        }
    }

    /// Which versions there are, and what lies under each.
    pub(super) fn check_root_keys(&self) {
        let versions = &self.model.versions;
        assert_eq!(self.registry.key_version().number(), versions.current);
        let standing = |number| versions.dropped.contains(&number).then_some(KeyStanding::Dropped);
        let all = (1..=versions.current).map(|number| (version(number), standing(number)));
        let known = block_on(self.registry.key_versions()).unwrap();
        assert_eq!(known, all.collect::<Vec<_>>());
        let (progress, next) = block_on(self.registry.key_progress(None)).unwrap();
        assert_eq!(next, None);
        let tags = self.tags();
        for number in 1..=versions.current {
            let uses = progress.of(version(number));
            // What is kept of older versions is sealed under the current one.
            let kept = if number == versions.current { number as usize - 1 } else { 0 };
            let sealed = self.model.sealed_under(number).len() + kept;
            let tagged = tags.values().filter(|tag| **tag == number).count();
            let expected = (sealed, tagged, self.model.hanging_on(number));
            let [sealed, tagged, serials] = [uses.sealed_keys, uses.record_tags, uses.serials]
                .map(|uses| usize::try_from(uses).unwrap());
            assert_eq!((sealed, tagged, serials), expected, "version {number}");
        }
    }
}
