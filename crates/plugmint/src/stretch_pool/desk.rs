//! Where callers leave passwords and threads take them.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use plugmint_core::TemplateId;
use plugmint_core::derivation::{StretchFailed, StretchJob, StretchMemory, Stretched};

use super::NotStretched;
use super::fair_queue::FairQueue;
use super::limits::StretchLimits;
use super::load::{Mean, StretchLoad};
use crate::Fault;
use crate::metrics::Stretches;

/// What a caller is told.
pub(super) type Answer = Result<Stretched, NotStretched>;

/// One bounded queue, and what is known of those who serve it.
#[derive(Debug)]
pub(super) struct Desk {
    limits: StretchLimits,
    metrics: Option<Stretches>,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug)]
struct State {
    waiting: FairQueue<TemplateId, Waiting>,
    /// How many threads hash.
    busy: usize,
    closed: bool,
    /// How many calls have found no room since the last look at who waits.
    refused: usize,
    wait: Mean,
    hash: Mean,
    hashed: u64,
    overloaded: u64,
}

#[derive(Debug)]
struct Waiting {
    job: StretchJob,
    answer: oneshot::Sender<Answer>,
    since: Instant,
}

impl Waiting {
    /// Tells whoever still listens.
    fn tell(self, answer: Answer) {
        drop(self.answer.send(answer));
    }
}

impl Desk {
    pub(super) fn new(limits: StretchLimits) -> Self {
        let state = State {
            waiting: FairQueue::new(),
            busy: 0,
            closed: false,
            refused: 0,
            wait: Mean::default(),
            hash: Mean::default(),
            hashed: 0,
            overloaded: 0,
        };
        Self { limits, metrics: None, state: Mutex::new(state), wake: Condvar::new() }
    }

    pub(super) fn with_metrics(self, metrics: Option<Stretches>) -> Self {
        Self { metrics, ..self }
    }

    /// Leaves a job; the answer comes from a thread, or from whoever takes its place.
    pub(super) fn leave(
        &self,
        template: TemplateId,
        job: StretchJob,
    ) -> Result<oneshot::Receiver<Answer>, NotStretched> {
        let mut state = self.lock();
        if state.closed {
            return Err(NotStretched::Fault(Fault::Closed));
        }
        // A thread that is free takes one at once, so it does not wait.
        let free = self.limits.workers().get().saturating_sub(state.busy);
        let most = self.limits.queue().saturating_add(free);
        let mut sent_away = Vec::new();
        state.refused += usize::from(state.waiting.len() >= most);
        if state.refused > state.waiting.len() / LOOKED_AT_EACH {
            // Who has gone, or has waited in vain, does not take the place of who waits. Looking at
            // all of them takes the lock for long, so many calls share one look.
            state.refused = 0;
            let deadline = self.limits.deadline();
            let is_late = |waiting: &Waiting| waiting.since.elapsed() >= deadline;
            let gone = |waiting: &Waiting| waiting.answer.is_canceled() || is_late(waiting);
            sent_away = state.waiting.take_out(gone);
        }
        let mut has_room = state.waiting.len() < most;
        if !has_room && let Some(last) = state.waiting.make_room(template) {
            sent_away.push(last);
            has_room = true;
        }
        let told = sent_away.iter().filter(|waiting| !waiting.answer.is_canceled()).count();
        state.overloaded += told as u64 + u64::from(!has_room);
        let retry_after = self.retry_after(&state);
        let left = has_room.then(|| {
            let (answer, receiver) = oneshot::channel();
            state.waiting.push(template, Waiting { job, answer, since: now() });
            receiver
        });
        self.tell(&state);
        drop(state);
        for waiting in sent_away {
            waiting.tell(Err(NotStretched::Overloaded { retry_after }));
        }
        let receiver = left.ok_or(NotStretched::Overloaded { retry_after })?;
        self.wake.notify_one();
        Ok(receiver)
    }

    /// What each thread does until the desk is closed.
    pub(super) fn work(&self) {
        let mut memory = StretchMemory::new();
        while let Some(waiting) = self.next() {
            let begun = now();
            let Waiting { job, answer, .. } = waiting;
            let stretched = (!answer.is_canceled()).then(|| job.run(&mut memory));
            let took = begun.elapsed();
            // Before the answer: who hears it may come with the next one.
            let mut state = self.lock();
            state.busy -= 1;
            if stretched.is_some() {
                state.hashed += 1;
                state.hash.add(took);
                if let Some(metrics) = &self.metrics {
                    metrics.hashed(took);
                }
            }
            self.tell(&state);
            drop(state);
            if let Some(stretched) = stretched {
                // Whoever left meanwhile does not miss the answer.
                drop(answer.send(stretched.map_err(NotStretched::from)));
            }
        }
    }

    /// From now on everybody is told that the desk is closed, and the threads end.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        // Nobody to be told stands in this: dropping what waits is the answer `Closed`, and wipes
        // the passwords.
        let waiting = state.waiting.take_out(|_| true);
        self.tell(&state);
        drop(state);
        drop(waiting);
        self.wake.notify_all();
    }

    pub(super) fn load(&self) -> StretchLoad {
        let state = self.lock();
        StretchLoad {
            busy: state.busy,
            waiting: state.waiting.len(),
            longest_wait: state
                .waiting
                .firsts()
                .map(|waiting| waiting.since.elapsed())
                .max()
                .unwrap_or_default(),
            mean_wait: state.wait.value(),
            mean_hash: state.hash.value(),
            hashed: state.hashed,
            overloaded: state.overloaded,
        }
    }

    /// Takes one that has not waited in vain; the thread is busy from then on.
    fn next(&self) -> Option<Waiting> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            let Some(waiting) = state.waiting.pop() else {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = waiting.since.elapsed();
            state.wait.add(waited);
            if let Some(metrics) = &self.metrics {
                metrics.waited(waited);
            }
            if waited < self.limits.deadline() {
                state.busy += 1;
                self.tell(&state);
                return Some(waiting);
            }
            state.overloaded += 1;
            let retry_after = self.retry_after(&state);
            self.tell(&state);
            drop(state);
            waiting.tell(Err(NotStretched::Overloaded { retry_after }));
            state = self.lock();
        }
    }

    /// Tells whoever measures what the pool is at.
    fn tell(&self, state: &State) {
        if let Some(metrics) = &self.metrics {
            metrics.is_at(state.waiting.len(), state.busy);
        }
    }

    /// When those who are here now will be done.
    fn retry_after(&self, state: &State) -> Duration {
        let here = state.waiting.len() + state.busy;
        time_for(here, state.hash.value(), self.limits.workers())
    }

    /// Nothing that runs under this lock can leave the queue half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<StretchFailed> for NotStretched {
    fn from(failed: StretchFailed) -> Self {
        Self::Fault(match failed {
            StretchFailed::OutOfMemory { memory_kib } => Fault::OutOfMemory { memory_kib },
            failed => Fault::Defect(failed.into()),
        })
    }
}

/// How long so many hashes take that many threads: whole seconds, one to sixty.
fn time_for(hashes: usize, each: Duration, workers: NonZeroUsize) -> Duration {
    let hashes = u32::try_from(hashes).unwrap_or(u32::MAX);
    let workers = u32::try_from(workers.get()).unwrap_or(u32::MAX);
    let work = each.saturating_mul(hashes) / workers;
    Duration::from_secs(work.as_secs().saturating_add(1).min(LONGEST_RETRY))
}

#[expect(clippy::disallowed_methods, reason = "waits are measured, nobody is told a time")]
fn now() -> Instant {
    Instant::now()
}

/// In seconds: no queue is told to be longer than a device waits patiently.
const LONGEST_RETRY: u64 = 60;

/// So many who wait are looked at for each call that finds no room.
const LOOKED_AT_EACH: usize = 16;

#[cfg(test)]
mod tests {
    use plugmint_core::derivation::Stretching;
    use plugmint_core::{Argon2Cost, EnrollPassword, PasswordClass, SerialId};

    use super::*;

    const ONE: TemplateId = TemplateId::from_parts([1; 12]);
    const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

    fn job() -> StretchJob {
        let id = SerialId::new(ONE, "A".parse().unwrap());
        let password = EnrollPassword::parse("correct horse").unwrap();
        let cost = Argon2Cost::new(64, 1, 1).unwrap();
        let stretching = PasswordClass::Chosen.stretching(cost, &id, password.expose_text());
        let Stretching::Slow(job) = stretching else { panic!("chosen takes a job") };
        job
    }

    #[test]
    fn who_is_sent_away_is_told_when_those_who_are_here_will_be_done() {
        let seconds = Duration::from_secs;
        assert_eq!(time_for(0, seconds(3), TWO), seconds(1));
        assert_eq!(time_for(4, seconds(3), TWO), seconds(7));
        assert_eq!(time_for(4, seconds(3), NonZeroUsize::MIN), seconds(13));
        assert_eq!(time_for(1_000, seconds(3), TWO), seconds(60));
        assert_eq!(time_for(usize::MAX, Duration::MAX, TWO), seconds(60));
    }

    #[test]
    fn both_who_waits_and_who_is_hashed_are_waited_for() {
        let desk = Desk::new(StretchLimits::new(NonZeroUsize::MIN, 8));
        let _receivers: Vec<_> = (0..3).map(|_| desk.leave(ONE, job()).unwrap()).collect();
        let _hashed = desk.next().unwrap();
        let load = desk.load();
        assert_eq!((load.busy(), load.waiting()), (1, 2));
        let mut state = desk.lock();
        state.hash.add(Duration::from_secs(10));
        assert_eq!(desk.retry_after(&state), Duration::from_secs(31));
    }
}
