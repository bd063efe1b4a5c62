//! A barrier that does not wait for a thread that panicked.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Where threads wait for each other, again and again.
#[derive(Debug)]
pub struct Together {
    threads: usize,
    state: Mutex<State>,
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
        Self { threads, state: Mutex::default(), changed: Condvar::new() }
    }

    /// This thread's place.
    #[must_use]
    pub const fn member(&self) -> Member<'_> {
        Member(self)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.0.changed.notify_all();
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
        if std::thread::panicking() {
            self.0.lock().broken = true;
            self.0.changed.notify_all();
        }
    }
}
