//! What a change of a serial means for what is kept with its device.

use plugmint_core::Profile;
use plugmint_core::lifecycle::Change;
use plugmint_store::Batch;

use crate::registry::Registry;
use crate::registry::reading::Reading;
use crate::{Fault, keys};

use super::Loaded;

impl Registry {
    /// Adds what a change keeps with a device, and takes away what was kept with an identity that
    /// it ends: the serial may come back to its Plug-ID, and then begins with nothing.
    pub(super) async fn put_profiles(
        &self,
        mut batch: Batch,
        loaded: &Loaded,
        change: &Change,
    ) -> Result<Batch, Fault> {
        let mut reading = Reading::new(self);
        let old = loaded.serial.as_ref().and_then(|record| record.stage().plug_id());
        let new = change.record().stage().plug_id();
        if let Some(ended) = old.filter(|old| new != Some(*old)) {
            let key = keys::profile(ended)?;
            reading.claim(key.clone()).await?;
            batch = reading.put_profile(batch, key, &Profile::default())?;
        }
        if let Some((kept, plug_id)) = change.profile().zip(new) {
            let profile = reading.profile(plug_id).await?.changed(kept);
            batch = reading.put_profile(batch, keys::profile(plug_id)?, &profile)?;
        }
        Ok(batch)
    }
}
