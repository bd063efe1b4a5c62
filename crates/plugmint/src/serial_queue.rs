//! Calls on one serial wait here for each other, instead of colliding in the store.

use std::hash::{BuildHasher, RandomState};

use async_lock::{Mutex, MutexGuard};
use plugmint_core::SerialId;

/// More than any machine has callers that work at once; two serials that share a place only wait
/// for each other.
const PLACES: usize = 1024;

/// A fixed number of async locks, whatever the number of serials.
pub(crate) struct SerialQueue {
    places: Box<[Mutex<()>]>,
    hasher: RandomState,
}

impl SerialQueue {
    pub(crate) fn new() -> Self {
        let places = (0..PLACES).map(|_| Mutex::new(())).collect();
        Self { places, hasher: RandomState::new() }
    }

    /// Waits until the calls that came first are done. A caller that is dropped leaves the queue.
    pub(crate) async fn wait(&self, id: &SerialId) -> Option<MutexGuard<'_, ()>> {
        let place = usize::try_from(self.hasher.hash_one(id) % PLACES as u64).unwrap_or(0);
        match self.places.get(place) {
            Some(place) => Some(place.lock().await),
            None => None,
        }
    }
}
