//! Where callers leave work for a thread: a bounded queue between any executor and threads of ours.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::task::{Poll, Waker};

use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue that callers wait for without blocking, and threads by blocking.
pub(crate) struct HandOver<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    room: usize,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// Callers that found no room, each under a number of its own. All of them are woken when there
    /// is some again: a caller that was dropped meanwhile takes no other's place.
    outside: BTreeMap<u64, Waker>,
    /// How many callers there were outside.
    numbers: u64,
    /// Threads that sleep: who finds none needs no system call to wake one.
    asleep: usize,
    closed: bool,
}

/// Nobody takes what is left here any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Closed;

impl<T> HandOver<T> {
    pub(crate) fn new(room: NonZeroUsize) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            outside: BTreeMap::new(),
            numbers: 0,
            asleep: 0,
            closed: false,
        };
        Self { state: Mutex::new(state), arrived: Condvar::new(), room: room.get() }
    }

    /// Leaves an item as soon as there is room. While it waits it can be dropped, and nothing was
    /// left.
    pub(crate) async fn leave(&self, item: T) -> Result<(), Closed> {
        let mut item = Some(item);
        let mut place = Place { queue: self, number: None };
        poll_fn(|context| {
            let mut state = self.lock();
            if state.closed {
                return Poll::Ready(Err(Closed));
            }
            if state.waiting.len() < self.room {
                state.waiting.extend(item.take());
                let sleeps = state.asleep > 0;
                drop(state);
                if sleeps {
                    self.arrived.notify_one();
                }
                return Poll::Ready(Ok(()));
            }
            let number = *place.number.get_or_insert_with(|| {
                state.numbers += 1;
                state.numbers
            });
            let waker = context.waker();
            if !state.outside.get(&number).is_some_and(|known| known.will_wake(waker)) {
                let replaced = state.outside.insert(number, waker.clone());
                // Outside the lock: what a waker does when it is dropped is its executor's.
                drop(state);
                drop(replaced);
            }
            Poll::Pending
        })
        .await
    }

    /// Lets this thread do what is left, all that waits at a time, until the queue is closed and
    /// empty. When it ends early, by a panic, nobody waits for it any more.
    pub(crate) fn serve_all(&self, mut work: impl FnMut(VecDeque<T>)) {
        let _end = Abandon(self);
        while let Some(waiting) = self.take(std::mem::take) {
            work(waiting);
        }
    }

    /// The same for one of several threads, one item at a time.
    pub(crate) fn serve_each(&self, mut work: impl FnMut(T)) {
        let _end = Abandon(self);
        while let Some(item) = self.take(VecDeque::pop_front).flatten() {
            work(item);
        }
    }

    /// From now on nothing more is left. What waits is still done.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        admit(state);
        self.arrived.notify_all();
    }

    /// Takes of what waits; blocks while nothing does. `None` at the end.
    fn take<A>(&self, of: impl FnOnce(&mut VecDeque<T>) -> A) -> Option<A> {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return None;
            }
            state.asleep += 1;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
        let taken = of(&mut state.waiting);
        admit(state);
        Some(taken)
    }

    /// Nothing that runs under this lock can leave the state half changed.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes all that found no room.
fn admit<T>(mut state: MutexGuard<'_, State<T>>) {
    let outside = std::mem::take(&mut state.outside);
    drop(state);
    outside.into_values().for_each(Waker::wake);
}

/// A caller that found no room; when it is dropped nothing of it is left.
struct Place<'a, T> {
    queue: &'a HandOver<T>,
    number: Option<u64>,
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = self.queue.lock().outside.remove(&number);
            drop(waker);
        }
    }
}

/// The end of a thread that serves a queue: nobody waits for it longer.
struct Abandon<'a, T>(&'a HandOver<T>);

impl<T> Drop for Abandon<'_, T> {
    fn drop(&mut self) {
        self.0.close();
        let waiting = std::mem::take(&mut self.0.lock().waiting);
        // Outside the lock: whoever waits for an item learns that it is gone.
        drop(waiting);
    }
}
