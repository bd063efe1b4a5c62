//! A call that is dropped at any of its awaits leaves nothing half done.

#![cfg(test)]

mod registries;
mod stores;

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use plugmint::SerialId;
use plugmint_tests::Scene;
use pollster::block_on;

/// Polls a future `polls` times, each time but the first when it was woken, and drops it; whether it
/// came to its end before.
pub(crate) fn polled<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    struct Unpark(Thread, AtomicBool);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.1.store(true, Ordering::SeqCst);
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let woken = Arc::new(Unpark(thread::current(), AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    (0..polls).find_map(|_| {
        while !woken.1.swap(false, Ordering::SeqCst) {
            thread::park();
        }
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    })
}

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
