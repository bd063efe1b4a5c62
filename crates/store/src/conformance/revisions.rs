//! C3: what a revision is.

use std::collections::HashSet;

use crate::{Effect, Guard, Revision, Store};

use super::{BoxError, Clause, Trial, Violation};

/// C3: no revision is given twice, whatever was put, deleted or refused between.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c3_a_revision_is_never_given_twice<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C3, &open)?;
    let mut seen = Seen::default();
    for round in 0_u8..20 {
        for name in ["a", "b", "c"] {
            let first = trial.put_new(name, &[round])?;
            seen.add(&trial, first)?;
            trial.conflicts(&[(name, Guard::Absent, put(round))], "the key is taken")?;
            let second = trial.commit(&[(name, Guard::At(first), put(round))])?;
            seen.add(&trial, second)?;
            trial.commit(&[(name, Guard::At(second), Effect::Delete)])?;
            trial.conflicts(
                &[(name, Guard::At(second), put(round))],
                "the record of that revision was deleted",
            )?;
        }
    }

    // The same bytes put again are not the same record again.
    let old = trial.put_new("again", b"same")?;
    trial.commit(&[("again", Guard::At(old), Effect::Delete)])?;
    trial.put_new("again", b"same")?;
    trial.conflicts(&[("again", Guard::At(old), Effect::Delete)], "the record was made anew")
}

/// C3, of a durable backend: no revision is given twice across reopens.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c3_a_revision_is_never_given_twice_across_reopens<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let mut seen = Seen::default();
    for _ in 0..5 {
        let trial = Trial::begin(Clause::C3, &open)?;
        for name in ["a", "b"] {
            let revision = trial.put_new(name, b"same")?;
            seen.add(&trial, revision)?;
            trial.commit(&[(name, Guard::At(revision), Effect::Delete)])?;
        }
        // What writes no record has a revision too, and nothing is left to tell of it.
        let absent: &[(&str, Guard, Effect)] = &[("a", Guard::Absent, Effect::Keep)];
        for writes_nothing in [absent, &[]] {
            let revision = trial.commit(writes_nothing)?;
            seen.add(&trial, revision)?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Seen(HashSet<Revision>);

impl Seen {
    fn add<S: Store>(&mut self, trial: &Trial<S>, revision: Revision) -> Result<(), Violation> {
        trial.ensure(self.0.insert(revision), format!("{revision:?} is given once"))
    }
}

fn put(round: u8) -> Effect {
    Effect::Put(vec![round])
}
