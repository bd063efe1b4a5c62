//! Threads of their own for Argon2id, with memory that does not grow with the load.

mod desk;
mod fair_queue;
mod limits;
mod load;

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{self, BoxFuture};
use plugmint_core::derivation::{Stretched, Stretching};
use plugmint_core::{Argon2Cost, TemplateId};

use crate::Fault;
use crate::metrics::Stretches;

use desk::Desk;
pub use limits::StretchLimits;
pub use load::StretchLoad;

/// Why a password was not stretched.
#[derive(Debug)]
pub(crate) enum NotStretched {
    /// Too many wait, or it waited too long.
    Overloaded { retry_after: Duration },
    /// The pool is closed, or the cost is beyond this machine or its memory.
    Fault(Fault),
}

/// A fixed number of threads, each with one reused buffer, behind one bounded queue that is fair
/// between templates. Dropping it tells the threads to end and does not wait for them.
pub(crate) struct StretchPool {
    limits: StretchLimits,
    most: Argon2Cost,
    started: Closing,
    /// Ready when every thread has ended.
    ended: future::Shared<BoxFuture<'static, ()>>,
}

impl StretchPool {
    /// Starts the threads. They run no hash that takes more of anything than `most`.
    pub(crate) fn new(
        limits: StretchLimits,
        most: Argon2Cost,
        metrics: Option<Stretches>,
    ) -> io::Result<Self> {
        let desk = Arc::new(Desk::new(limits).with_metrics(metrics));
        // What is not handed on is dropped, and ends the threads that did start.
        let started = Closing(Arc::clone(&desk));
        let mut ends = Vec::new();
        for _ in 0..limits.workers().get() {
            let (ending, end) = oneshot::channel::<()>();
            let desk = Arc::clone(&desk);
            let thread = thread::Builder::new().name("plugmint-stretch".to_owned());
            thread.spawn(move || {
                desk.work();
                drop(ending);
            })?;
            ends.push(end);
        }
        // A thread ends by dropping its side, so `Canceled` is the answer.
        let ended = future::join_all(ends).map(drop).boxed().shared();
        Ok(Self { limits, most, started, ended })
    }

    pub(crate) const fn limits(&self) -> StretchLimits {
        self.limits
    }

    /// What the pool is at.
    pub(crate) fn load(&self) -> StretchLoad {
        self.started.0.load()
    }

    /// Finishes what was begun for a template: at once, or on a thread of the pool. A caller that
    /// is dropped while it waits costs no hash.
    pub(crate) async fn finish(
        &self,
        template: &TemplateId,
        stretching: Stretching,
    ) -> Result<Stretched, NotStretched> {
        let job = match stretching {
            Stretching::Done(stretched) => return Ok(stretched),
            Stretching::Slow(job) => job,
        };
        let (found, most) = (job.cost(), self.most);
        if !found.is_within(most) {
            return Err(NotStretched::Fault(Fault::TooCostly { found, most }));
        }
        let answer = self.started.0.leave(*template, job)?;
        // Whoever is not answered waited at a desk that was closed.
        answer.await.unwrap_or(Err(NotStretched::Fault(Fault::Closed)))
    }

    /// Answers all that wait with `Closed`, and returns when every thread has ended: each finishes
    /// the hash that it is at. May be called again, also beside another call.
    pub(crate) async fn close(&self) {
        self.started.0.close();
        self.ended.clone().await;
    }
}

/// The threads that were started, told to end when this is dropped.
struct Closing(Arc<Desk>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use plugmint_core::derivation::{StretchJob, StretchMemory};
    use plugmint_core::{EnrollPassword, PasswordClass, SerialId};
    use pollster::block_on;

    use super::*;

    const ONE: TemplateId = TemplateId::from_parts([1; 12]);
    const OTHER: TemplateId = TemplateId::from_parts([2; 12]);

    fn slow(serial: &str) -> Stretching {
        let id = SerialId::new(ONE, serial.parse().unwrap());
        let password = EnrollPassword::parse("correct horse").unwrap();
        let cost = Argon2Cost::new(256, 1, 1).unwrap();
        PasswordClass::Chosen.stretching(cost, &id, password.expose_text())
    }

    fn job() -> StretchJob {
        let Stretching::Slow(job) = slow("A") else { panic!("chosen takes a job") };
        job
    }

    fn limits(workers: usize, queue: usize) -> StretchLimits {
        StretchLimits::new(NonZeroUsize::new(workers).unwrap(), queue)
    }

    fn pool(workers: usize, queue: usize) -> StretchPool {
        StretchPool::new(limits(workers, queue), Argon2Cost::DEFAULT, None).unwrap()
    }

    fn is_overloaded<A>(answer: &Result<A, NotStretched>) -> bool {
        matches!(answer, Err(NotStretched::Overloaded { .. }))
    }

    #[test]
    fn the_pool_gives_what_the_same_hash_gives_here() {
        let here = slow("A").run(&mut StretchMemory::new()).unwrap();
        let there = block_on(pool(2, 8).finish(&ONE, slow("A"))).unwrap();
        assert_eq!(here.expose_bytes(), there.expose_bytes());
    }

    #[test]
    fn what_is_done_already_needs_no_thread() {
        let pool = pool(1, 0);
        block_on(pool.close());
        let id = SerialId::new(ONE, "A".parse().unwrap());
        let password = EnrollPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA").unwrap();
        let done =
            PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, &id, password.expose_text());
        assert!(block_on(pool.finish(&ONE, done)).is_ok());
    }

    #[test]
    fn a_hash_that_costs_more_than_the_most_is_not_run() {
        let most = Argon2Cost::new(128, 1, 1).unwrap();
        let pool = StretchPool::new(limits(1, 8), most, None).unwrap();
        let refused = block_on(pool.finish(&ONE, slow("A")));
        assert!(matches!(refused, Err(NotStretched::Fault(Fault::TooCostly { .. }))));
        assert_eq!(pool.load().hashed(), 0);
    }

    #[test]
    fn a_pool_without_a_queue_serves_as_many_as_it_has_threads() {
        let pool = pool(1, 0);
        for _ in 0..10 {
            assert!(block_on(pool.finish(&ONE, slow("A"))).is_ok());
        }
        let ten = (0..10).map(|number| pool.finish(&ONE, slow(&format!("S{number}"))));
        let answers = block_on(future::join_all(ten));
        assert!(answers.iter().any(Result::is_ok));
        assert!(answers.iter().any(is_overloaded));
        let load = pool.load();
        assert_eq!(load.hashed() + load.overloaded(), 20);
        assert_eq!((load.busy(), load.waiting()), (0, 0));
        assert!(load.mean_hash() > Duration::ZERO);
    }

    #[test]
    fn past_the_queue_the_answer_is_overloaded_at_once() {
        // Nobody works at this desk: what one free thread would take is all that may wait.
        let desk = Desk::new(limits(1, 0));
        let first = desk.leave(ONE, job()).unwrap();
        assert!(is_overloaded(&desk.leave(ONE, job())));
        drop(first);
        assert!(desk.leave(ONE, job()).is_ok(), "a place that was left is free");
    }

    #[test]
    fn the_last_of_a_template_that_has_many_makes_room_for_one_that_has_none() {
        let desk = Desk::new(limits(1, 2));
        let mut many: Vec<_> = (0..3).map(|_| desk.leave(ONE, job()).unwrap()).collect();
        let few = desk.leave(OTHER, job());
        assert!(few.is_ok());
        assert!(is_overloaded(&block_on(many.pop().unwrap()).unwrap()));
        assert!(is_overloaded(&desk.leave(ONE, job())));
        assert_eq!(desk.load().waiting(), 3);
        assert_eq!(desk.load().overloaded(), 2);
    }

    #[test]
    fn one_that_waited_too_long_is_overloaded_and_not_hashed() {
        let desk = Desk::new(limits(1, 8).with_deadline(Duration::ZERO));
        let late = desk.leave(ONE, job()).unwrap();
        thread::scope(|scope| {
            let working = scope.spawn(|| desk.work());
            assert!(is_overloaded(&block_on(late).unwrap()));
            desk.close();
            working.join().unwrap();
        });
        assert_eq!((desk.load().hashed(), desk.load().overloaded()), (0, 1));
    }

    #[test]
    fn one_that_waited_too_long_makes_room() {
        let desk = Desk::new(limits(1, 0).with_deadline(Duration::ZERO));
        let late = desk.leave(ONE, job()).unwrap();
        let next = desk.leave(ONE, job());
        assert!(next.is_ok());
        assert!(is_overloaded(&block_on(late).unwrap()));
    }

    #[test]
    fn many_more_callers_than_threads_are_all_answered() {
        let pool = pool(2, 100);
        let stretched = block_on(future::join_all(
            (0..50).map(|number| pool.finish(&ONE, slow(&format!("S{number}")))),
        ));
        let distinct: std::collections::BTreeSet<_> =
            stretched.into_iter().map(|stretched| *stretched.unwrap().expose_bytes()).collect();
        assert_eq!(distinct.len(), 50);
    }

    #[test]
    fn a_closed_pool_answers_closed_to_who_waits_and_to_who_comes() {
        let desk = Desk::new(limits(1, 8));
        let waiting = desk.leave(ONE, job()).unwrap();
        desk.close();
        assert!(block_on(waiting).is_err());

        let pool = pool(1, 8);
        block_on(future::join(pool.close(), pool.close()));
        let closed = block_on(pool.finish(&ONE, slow("A")));
        assert!(matches!(closed, Err(NotStretched::Fault(Fault::Closed))));
        block_on(pool.close());
    }
}
