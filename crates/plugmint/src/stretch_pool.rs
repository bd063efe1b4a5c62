//! Threads of their own for Argon2id, with memory that does not grow with the load.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{self, BoxFuture};
use plugmint_core::derivation::{StretchFailed, StretchJob, StretchMemory, Stretched, Stretching};

use crate::Fault;

/// How much slow hashing a registry does at once and lets wait.
///
/// Memory is `workers` times the `memory_kib` of the costliest template, whatever the load.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StretchLimits {
    workers: NonZeroUsize,
    queue: usize,
}

impl StretchLimits {
    /// `workers` threads, and at most `queue` passwords that wait for one. What comes on top is
    /// answered `Overloaded` at once.
    #[must_use]
    pub const fn new(workers: NonZeroUsize, queue: usize) -> Self {
        Self { workers, queue }
    }

    /// How many threads hash.
    #[must_use]
    pub const fn workers(&self) -> NonZeroUsize {
        self.workers
    }

    /// How many passwords may wait.
    #[must_use]
    pub const fn queue(&self) -> usize {
        self.queue
    }
}

/// A thread for each core, and 64 passwords that wait for each thread: a second or two of work.
impl Default for StretchLimits {
    fn default() -> Self {
        let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { workers, queue: workers.get().saturating_mul(64) }
    }
}

/// Why a password was not stretched.
#[derive(Debug)]
pub(crate) enum NotStretched {
    /// The queue is full.
    Overloaded { retry_after: Duration },
    /// The pool is closed, or the cost is beyond this machine or its memory.
    Fault(Fault),
}

/// A fixed number of threads, each with one reused buffer, behind one bounded queue. Dropping it
/// tells the threads to end and does not wait for them.
pub(crate) struct StretchPool {
    limits: StretchLimits,
    started: Closing,
    /// Ready when every thread has ended.
    ended: future::Shared<BoxFuture<'static, ()>>,
}

impl StretchPool {
    /// Starts the threads.
    pub(crate) fn new(limits: StretchLimits) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        // What is not handed on is dropped, and ends the threads that did start.
        let started = Closing(Arc::clone(&shared));
        let mut ends = Vec::new();
        for _ in 0..limits.workers.get() {
            let (ending, end) = oneshot::channel::<()>();
            let shared = Arc::clone(&shared);
            let thread = thread::Builder::new().name("plugmint-stretch".to_owned());
            thread.spawn(move || {
                shared.work();
                drop(ending);
            })?;
            ends.push(end);
        }
        // A thread ends by dropping its side, so `Canceled` is the answer.
        let ended = future::join_all(ends).map(drop).boxed().shared();
        Ok(Self { limits, started, ended })
    }

    pub(crate) const fn limits(&self) -> StretchLimits {
        self.limits
    }

    /// Finishes what was begun: at once, or on a thread of the pool. A caller that is dropped
    /// while it waits costs no hash.
    pub(crate) async fn finish(&self, stretching: Stretching) -> Result<Stretched, NotStretched> {
        let job = match stretching {
            Stretching::Done(stretched) => return Ok(stretched),
            Stretching::Slow(job) => job,
        };
        let answer = self.started.0.enqueue(job, self.limits)?;
        match answer.await {
            Ok(Ok(stretched)) => Ok(stretched),
            Ok(Err(StretchFailed::OutOfMemory { memory_kib })) => {
                Err(NotStretched::Fault(Fault::OutOfMemory { memory_kib }))
            }
            Ok(Err(failed)) => Err(NotStretched::Fault(Fault::Defect(failed.into()))),
            Err(oneshot::Canceled) => Err(NotStretched::Fault(Fault::Closed)),
        }
    }

    /// Answers all that wait with `Closed`, and returns when every thread has ended: each finishes
    /// the hash that it is at. May be called again, also beside another call.
    pub(crate) async fn close(&self) {
        self.started.0.close();
        self.ended.clone().await;
    }
}

/// The threads that were started, told to end when this is dropped.
struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What callers and threads share.
#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// How many threads hash.
    busy: usize,
    closed: bool,
}

#[derive(Debug)]
struct Waiting {
    job: StretchJob,
    answer: oneshot::Sender<Result<Stretched, StretchFailed>>,
}

impl Shared {
    fn enqueue(
        &self,
        job: StretchJob,
        limits: StretchLimits,
    ) -> Result<oneshot::Receiver<Result<Stretched, StretchFailed>>, NotStretched> {
        let mut queue = self.lock();
        if queue.closed {
            return Err(NotStretched::Fault(Fault::Closed));
        }
        // A thread that is free takes one at once, so it does not wait.
        let free = limits.workers.get().saturating_sub(queue.busy);
        let most = limits.queue.saturating_add(free);
        // Who has been dropped does not take the place of who waits.
        if queue.waiting.len() >= most {
            queue.waiting.retain(|waiting| !waiting.answer.is_canceled());
        }
        if queue.waiting.len() >= most {
            return Err(overloaded());
        }
        let (answer, receiver) = oneshot::channel();
        queue.waiting.push_back(Waiting { job, answer });
        drop(queue);
        self.wake.notify_one();
        Ok(receiver)
    }

    /// What each thread does until the pool is closed.
    fn work(&self) {
        let mut memory = StretchMemory::new();
        while let Some(Waiting { job, answer }) = self.next() {
            let stretched = (!answer.is_canceled()).then(|| job.run(&mut memory));
            // Before the answer: who hears it may come with the next one.
            self.lock().busy -= 1;
            if let Some(stretched) = stretched {
                // Whoever left meanwhile does not miss the answer.
                answer.send(stretched).unwrap_or_default();
            }
        }
    }

    /// Takes what waits; the thread is busy from then on.
    fn next(&self) -> Option<Waiting> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(waiting) = queue.waiting.pop_front() {
                queue.busy += 1;
                return Some(waiting);
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        // Dropping what waits is the answer `Closed`, and wipes the passwords.
        queue.waiting.clear();
        drop(queue);
        self.wake.notify_all();
    }

    /// Nothing that runs under this lock can leave the queue half changed.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue of the default length is worked off in about this time.
const fn overloaded() -> NotStretched {
    NotStretched::Overloaded { retry_after: Duration::from_secs(1) }
}

#[cfg(test)]
mod tests {
    use plugmint_core::{Argon2Cost, EnrollPassword, PasswordClass, SerialId};
    use pollster::block_on;

    use super::*;

    fn slow(serial: &str) -> Stretching {
        let id =
            SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), serial.parse().unwrap());
        let password = EnrollPassword::parse("correct horse").unwrap();
        let cost = Argon2Cost::new(256, 1, 1).unwrap();
        PasswordClass::Chosen.stretching(cost, &id, password.expose_text())
    }

    fn limits(workers: usize, queue: usize) -> StretchLimits {
        StretchLimits::new(NonZeroUsize::new(workers).unwrap(), queue)
    }

    fn pool(workers: usize, queue: usize) -> StretchPool {
        StretchPool::new(limits(workers, queue)).unwrap()
    }

    #[test]
    fn the_pool_gives_what_the_same_hash_gives_here() {
        let here = slow("A").run(&mut StretchMemory::new()).unwrap();
        let there = block_on(pool(2, 8).finish(slow("A"))).unwrap();
        assert_eq!(here.expose_bytes(), there.expose_bytes());
    }

    #[test]
    fn what_is_done_already_needs_no_thread() {
        let pool = pool(1, 0);
        block_on(pool.close());
        let id =
            SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), "A".parse().unwrap());
        let password = EnrollPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA").unwrap();
        let done =
            PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, &id, password.expose_text());
        assert!(block_on(pool.finish(done)).is_ok());
    }

    #[test]
    fn a_pool_without_a_queue_serves_as_many_as_it_has_threads() {
        let pool = pool(1, 0);
        for _ in 0..10 {
            assert!(block_on(pool.finish(slow("A"))).is_ok());
        }
        let ten = (0..10).map(|number| pool.finish(slow(&format!("S{number}"))));
        let answers = block_on(future::join_all(ten));
        assert!(answers.iter().any(Result::is_ok));
        assert!(
            answers.iter().any(|answer| { matches!(answer, Err(NotStretched::Overloaded { .. })) })
        );
    }

    #[test]
    fn past_the_queue_the_answer_is_overloaded_at_once() {
        let shared = Shared::default();
        let jobs = ["A", "B", "C"].map(|serial| match slow(serial) {
            Stretching::Slow(job) => job,
            Stretching::Done(_) => panic!("chosen takes a job"),
        });
        let [a, b, c] = jobs;
        // Nobody works at this queue: what one free thread would take is all that may wait.
        let one = limits(1, 0);
        let first = shared.enqueue(a, one).unwrap();
        assert!(matches!(shared.enqueue(b, one), Err(NotStretched::Overloaded { .. })));
        drop(first);
        assert!(shared.enqueue(c, one).is_ok(), "a place that was left is free");
    }

    #[test]
    fn many_more_callers_than_threads_are_all_answered() {
        let pool = pool(2, 100);
        let stretched = block_on(future::join_all(
            (0..50).map(|number| pool.finish(slow(&format!("S{number}")))),
        ));
        let distinct: std::collections::BTreeSet<_> =
            stretched.into_iter().map(|stretched| *stretched.unwrap().expose_bytes()).collect();
        assert_eq!(distinct.len(), 50);
    }

    #[test]
    fn a_closed_pool_answers_closed_to_who_waits_and_to_who_comes() {
        let shared = Shared::default();
        let Stretching::Slow(job) = slow("A") else { panic!("chosen takes a job") };
        let waiting = shared.enqueue(job, limits(1, 8)).unwrap();
        shared.close();
        assert_eq!(block_on(waiting).unwrap_err(), oneshot::Canceled);

        let pool = pool(1, 8);
        block_on(future::join(pool.close(), pool.close()));
        assert!(matches!(
            block_on(pool.finish(slow("A"))),
            Err(NotStretched::Fault(Fault::Closed))
        ));
        block_on(pool.close());
    }
}
