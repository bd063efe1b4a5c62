//! Changes of one serial wait here for each other, instead of colliding in the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_lock::{Mutex as AsyncMutex, MutexGuardArc};
use plugmint_core::SerialId;

/// A place for each serial that is being changed, and for no other.
#[derive(Default)]
pub(crate) struct SerialQueue(Mutex<HashMap<SerialId, Arc<AsyncMutex<()>>>>);

impl SerialQueue {
    /// Waits until the changes that came first are done. A caller that is dropped leaves the queue.
    pub(crate) async fn turn(&self, id: &SerialId) -> Turn<'_> {
        // Dropped last, also when this future is: whoever leaves has given up the place by then.
        let ticket = Ticket { queue: self, id: *id };
        let place = Arc::clone(self.places().entry(*id).or_default());
        let turn = place.lock_arc().await;
        Turn { _turn: turn, _ticket: ticket }
    }

    /// Nothing that runs under this lock can leave the places half changed.
    fn places(&self) -> MutexGuard<'_, HashMap<SerialId, Arc<AsyncMutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to change a serial, until it is dropped. The turn is given up first, the place after.
pub(crate) struct Turn<'a> {
    _turn: MutexGuardArc<()>,
    _ticket: Ticket<'a>,
}

/// A stay at a serial's place; who leaves last takes the place away.
struct Ticket<'a> {
    queue: &'a SerialQueue,
    id: SerialId,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut places = self.queue.places();
        // INVARIANT: a place is shared under this lock only, and who leaves gives it up before: of
        // those who leave, the last finds the one count that is the queue's.
        if places.get(&self.id).is_some_and(|place| Arc::strong_count(place) == 1) {
            places.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use pollster::block_on;

    use super::*;

    fn id(serial: &str) -> SerialId {
        SerialId::new(plugmint_core::TemplateId::from_parts([1; 12]), serial.parse().unwrap())
    }

    fn is_ready<F: Future>(future: F) -> bool {
        pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn one_serial_is_changed_by_one_and_another_beside_it() {
        let queue = SerialQueue::default();
        let first = block_on(queue.turn(&id("A")));
        assert!(!is_ready(queue.turn(&id("A"))));
        assert!(is_ready(queue.turn(&id("B"))));
        drop(first);
        assert!(is_ready(queue.turn(&id("A"))));
    }

    #[test]
    fn a_place_is_there_while_somebody_is_at_it() {
        let queue = SerialQueue::default();
        let first = block_on(queue.turn(&id("A")));
        {
            let id = id("A");
            let waiting = queue.turn(&id);
            assert!(!is_ready(waiting));
        }
        assert_eq!(queue.places().len(), 1);
        drop(first);
        assert_eq!(queue.places().len(), 0);
    }
}
