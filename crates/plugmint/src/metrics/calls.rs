//! The calls of one verb.

use std::marker::PhantomData;
use std::time::Instant;

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};

use crate::Fault;

/// An answer that is counted by its outcome.
pub(crate) trait Counted {
    /// What it comes to when nothing is wrong.
    const DONE: &'static [&'static str];
    /// What it comes to otherwise, whatever is not a fault.
    const REFUSED: &'static [&'static str];

    fn outcome(&self) -> &'static str;
}

/// How many calls of a verb came to what, and how long they took.
pub(crate) struct Calls<A> {
    /// All outcomes that there are, so that each is a series from the first moment on.
    totals: Vec<(&'static str, Counter)>,
    seconds: Histogram,
    answer: PhantomData<fn(A)>,
}

/// A metric's name, and what it is.
type Described = (&'static str, &'static str);

impl<A: Counted> Calls<A> {
    pub(super) fn register((total, calls): Described, (seconds, times): Described) -> Self {
        describe_counter!(total, Unit::Count, calls);
        describe_histogram!(seconds, Unit::Seconds, times);
        let outcomes = [A::DONE, A::REFUSED, Fault::CODES].concat();
        let totals = outcomes.into_iter().map(|code| (code, counter!(total, "outcome" => code)));
        Self { totals: totals.collect(), seconds: histogram!(seconds), answer: PhantomData }
    }
}

/// A call that is under way, where somebody counts. One that is dropped before its answer is not
/// counted.
#[must_use = "a call is counted when it `ends`"]
pub(crate) struct Begun<'a, A>(Option<(&'a Calls<A>, Instant)>);

impl<'a, A: Counted> Begun<'a, A> {
    /// A call begins.
    pub(crate) fn of(calls: Option<&'a Calls<A>>) -> Self {
        Self(calls.map(|calls| (calls, now())))
    }

    /// Counts what it came to.
    pub(crate) fn ends(self, answer: &A) {
        let Some((Calls { totals, seconds, .. }, at)) = self.0 else { return };
        seconds.record(at.elapsed());
        let outcome = answer.outcome();
        if let Some((_, total)) = totals.iter().find(|(code, _)| *code == outcome) {
            total.increment(1);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "calls are timed, nobody is told a time")]
fn now() -> Instant {
    Instant::now()
}
