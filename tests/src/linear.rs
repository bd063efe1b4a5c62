//! Whether what several threads saw could have come of one doing after the other: the search of
//! Wing and Gong, with Lowe's memory of what was tried.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

/// What must hold if calls come one after the other.
pub trait Sequential {
    /// Everything that later answers depend on.
    type State: Clone + Eq + Hash;
    /// A call and what it was answered.
    type Call: Debug;

    /// The state behind a call, if that is what it is answered in `state`.
    fn step(&self, state: &Self::State, call: &Self::Call) -> Option<Self::State>;
}

/// A call, and when it was begun and answered.
#[derive(Clone, Debug)]
pub struct Timed<C> {
    /// The call and its answer.
    pub call: C,
    begun: u64,
    ended: u64,
}

impl<C> Timed<C> {
    /// Whether both were under way at one moment.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.begun < other.ended && other.begun < self.ended
    }
}

/// What gives every beginning and every end its place.
#[derive(Debug, Default)]
pub struct Ticker(AtomicU64);

impl Ticker {
    /// Notes when a call is begun and when it is answered.
    pub fn time<C>(&self, call: impl FnOnce() -> C) -> Timed<C> {
        let begun = self.0.fetch_add(1, Ordering::SeqCst);
        let call = call();
        let ended = self.0.fetch_add(1, Ordering::SeqCst);
        Timed { call, begun, ended }
    }
}

/// Whether the calls of a history, at most 64, could have come one after the other.
pub fn is_linearizable<M: Sequential>(
    model: &M,
    begin: &M::State,
    history: &[Timed<M::Call>],
) -> bool {
    assert!(history.len() <= 64, "the calls of a history are bits of a word");
    search(model, begin, history, 0, &mut HashSet::new())
}

/// Whether the calls that are not in `done` can follow.
fn search<M: Sequential>(
    model: &M,
    state: &M::State,
    history: &[Timed<M::Call>],
    done: u64,
    tried: &mut HashSet<(u64, M::State)>,
) -> bool {
    let left = || history.iter().enumerate().filter(|(at, _)| done & (1 << at) == 0);
    // Whatever ended before another began must come before it.
    let Some(first_end) = left().map(|(_, timed)| timed.ended).min() else {
        return true;
    };
    for (at, timed) in left().filter(|(_, timed)| timed.begun < first_end) {
        let Some(next) = model.step(state, &timed.call) else {
            continue;
        };
        let with = done | (1 << at);
        if tried.insert((with, next.clone())) && search(model, &next, history, with, tried) {
            return true;
        }
    }
    false
}
