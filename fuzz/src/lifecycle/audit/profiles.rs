//! What a registry shows of profiles.

use plugmint::{DeviceName, OpaqueText};
use pollster::block_on;

use crate::lifecycle::command::TEXTS;
use crate::lifecycle::{ALL, World};

impl World {
    /// With everybody that ever was that is kept which the model says, and of what is empty there
    /// is no record.
    pub(super) fn check_profiles(&self) {
        for told in self.model.all_told() {
            let profile = block_on(self.registry.profile(&told.plug_id)).unwrap();
            let expected = self.model.kept(&told.plug_id).map(|kept| kept.map(|kept| TEXTS[kept]));
            let shown = [
                profile.name().map(DeviceName::as_str),
                profile.perm().map(OpaqueText::as_str),
                profile.props().map(OpaqueText::as_str),
            ];
            assert_eq!(shown, expected, "{told:?}");
        }
        let records = block_on(self.store.scan(b"d", None, ALL)).unwrap();
        assert_eq!(records.len(), self.model.how_many_kept());
    }
}
