//! A call that is dropped at any of its awaits leaves nothing half done.

#![cfg(test)]

mod lives;
mod lost_answers;
mod meanwhile;
mod profiles;
mod registries;
mod stores;
mod templates;

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::{SerialId, Store};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{Scene, SimDisk, YieldingStore};
use pollster::block_on;

/// The records agree with each other: the history is whole, and the credential follows the stage.
pub(crate) fn is_whole(scene: &Scene, id: &SerialId) {
    let status = block_on(scene.status(id));
    let events = block_on(scene.registry.history(id, None, NonZeroUsize::MAX)).unwrap();
    assert_eq!(events.len() as u64, status.events);
    assert!(events.windows(2).all(|pair| pair[1].previous() == pair[0].head().last()));
    if let Some(plug_id) = status.plug_id {
        assert_eq!(block_on(scene.registry.serial_of(&plug_id)).unwrap(), *id);
    }
}

/// Stores on which every call is a place to be dropped at: in memory, and on redb with threads for
/// reading and writing.
pub(crate) fn yielding_stores() -> [Arc<dyn Store>; 2] {
    let options = RedbOptions::default().with_cache_mib(4).with_read_threads(1);
    let redb = RedbStore::create_on(SimDisk::new(Vec::new()) as _, &options).unwrap();
    let yielding =
        |store: Arc<dyn Store>| -> Arc<dyn Store> { Arc::new(YieldingStore::new(store)) };
    [yielding(Arc::new(MemoryStore::new())), yielding(Arc::new(redb))]
}
