//! A barrier that threads leave at one instant, and that does not wait for a thread that panicked.

use std::hint;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Where threads wait for each other, again and again.
#[derive(Debug)]
pub struct Together {
    threads: usize,
    state: Mutex<State>,
    /// The round of the state, for those that spin.
    round: AtomicU64,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    arrived: usize,
    round: u64,
    broken: bool,
}

/// One of the threads: the others learn when it panics.
#[derive(Debug)]
pub struct Member<'a>(&'a Together);

impl Together {
    /// A barrier for so many threads.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { threads, state: Mutex::default(), round: AtomicU64::new(0), changed: Condvar::new() }
    }

    /// This thread's place.
    #[must_use]
    pub const fn member(&self) -> Member<'_> {
        Member(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for a while whether a round is over: a thread that sleeps is late when it is woken.
    fn spin(&self, round: u64) {
        for _ in 0..LOOKS {
            if self.round.load(Ordering::SeqCst) != round {
                return;
            }
            hint::spin_loop();
        }
    }
}

impl Member<'_> {
    /// Waits until all threads wait.
    pub fn wait(&self) {
        let mut state = self.0.lock();
        let round = state.round;
        state.arrived += 1;
        if state.arrived == self.0.threads {
            state.arrived = 0;
            state.round += 1;
            self.0.round.store(state.round, Ordering::SeqCst);
            self.0.changed.notify_all();
        } else {
            drop(state);
            self.0.spin(round);
            state = self.0.lock();
        }
        while state.round == round && !state.broken {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let broken = state.broken;
        drop(state);
        assert!(!broken, "another thread of this test panicked");
    }
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().broken = true;
            self.0.changed.notify_all();
        }
    }
}

/// Looks before a thread goes to sleep: who has not arrived may need its core.
const LOOKS: u32 = 500;
