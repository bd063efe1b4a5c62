//! C1 and C2: what a commit is.

use std::sync::Barrier;
use std::thread;

use crate::{Effect, Guard, Record, Revision, Store};

use super::{BoxError, Clause, Trial, Violation};

/// C1: after `Ok` every step happened, after `Conflict` none did.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c1_a_batch_happens_whole_or_not_at_all<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C1, &open)?;
    let old = trial.put_new("delete", b"old")?;
    let kept = trial.put_new("keep", b"kept")?;
    let revision = trial.commit(&[
        ("put", Guard::Absent, put(b"new")),
        ("delete", Guard::At(old), Effect::Delete),
        ("keep", Guard::At(kept), Effect::Keep),
    ])?;
    trial.holds("put", Some(b"new"), "a put of a committed batch is there")?;
    trial.holds("delete", None, "what a committed batch deleted is gone")?;
    trial.holds("keep", Some(b"kept"), "what a batch keeps stays as it was")?;
    let revision_of = |name: &str| Ok(trial.get(name)?.as_ref().map(Record::revision));
    trial.ensure(
        revision_of("put")? == Some(revision) && revision_of("keep")? == Some(kept),
        "a put is at the commit's revision and a keep at the one it had",
    )?;
    trial.commit(&[])?;
    trial.commit(&[("put", Guard::At(revision), put(b""))])?;
    trial.holds("put", Some(b""), "an empty value is a value")?;

    // The guard that fails stands before, between and after what must not happen.
    for failing in ["a", "m", "z"] {
        let steps = ["a", "m", "z"].map(|name| {
            let guard = if name == failing { Guard::At(NOBODY) } else { Guard::Absent };
            (name, guard, put(b"half"))
        });
        trial.conflicts(&steps, "one of its guards does not hold")?;
        for name in ["a", "m", "z"] {
            trial.holds(name, None, "a refused batch changed nothing")?;
        }
    }
    trial.conflicts(
        &[("keep", Guard::At(kept), Effect::Delete), ("z", Guard::At(NOBODY), Effect::Keep)],
        "one of its guards does not hold",
    )?;
    trial.holds("keep", Some(b"kept"), "a refused batch deleted nothing")
}

/// C2: every guard, also on `Keep`, held at the instant of the write.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c2_every_guard_holds_at_the_instant_of_the_write<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C2, &open)?;
    let first = trial.put_new("guarded", b"1")?;
    trial
        .conflicts(&[("guarded", Guard::Absent, put(b"2"))], "a key that must be absent is not")?;
    let second = trial.commit(&[("guarded", Guard::At(first), put(b"2"))])?;
    trial.conflicts(&[("guarded", Guard::At(first), put(b"3"))], "a revision has passed")?;
    trial.conflicts(&[("guarded", Guard::At(first), Effect::Delete)], "a revision has passed")?;
    trial.conflicts(&[("absent", Guard::At(second), put(b"3"))], "a record is not there")?;

    // The same for a step that is there for its guard alone, beside a write that is in order.
    for (name, guard, why) in [
        ("guarded", Guard::Absent, "a key that must be absent is not"),
        ("guarded", Guard::At(first), "a kept record has changed"),
        ("absent", Guard::At(second), "a kept record is not there"),
    ] {
        trial
            .conflicts(&[(name, guard, Effect::Keep), ("other", Guard::Absent, put(b"x"))], why)?;
    }
    trial.holds("guarded", Some(b"2"), "a refused batch changed nothing")?;
    trial.holds("other", None, "a refused batch changed nothing")?;

    no_update_is_lost(&trial)?;
    no_two_writers_pass_each_others_guard(&trial)
}

/// Racers count in one record; each counts only on what it read.
fn no_update_is_lost<S: Store>(trial: &Trial<S>) -> Result<(), Violation> {
    trial.put_new("counter", &0_u32.to_be_bytes())?;
    race(|_| {
        let mut counted = 0;
        // Somebody always comes through, so nobody needs longer than all of them together.
        for _ in 0..=RACERS * ROUNDS {
            if counted == ROUNDS {
                return Ok(());
            }
            let Some(record) = trial.get("counter")? else {
                return trial.ensure(false, "a record that nobody deletes stays");
            };
            let next = count(&record).wrapping_add(1).to_be_bytes();
            thread::yield_now();
            let step = ("counter", Guard::At(record.revision()), put(&next));
            if trial.try_commit(&[step])?.is_ok() {
                counted += 1;
            }
        }
        trial.ensure(false, "of several that race for a record one comes through each time")
    })?;
    let counted = trial.get("counter")?.as_ref().map(count);
    trial.ensure(
        counted == Some(RACERS * ROUNDS),
        format!("{} increments under guard are all there, not {counted:?}", RACERS * ROUNDS),
    )
}

/// Two writers each claim a place while the other's is free: whoever is second is refused.
fn no_two_writers_pass_each_others_guard<S: Store>(trial: &Trial<S>) -> Result<(), Violation> {
    for round in 0..ROUNDS {
        let (left, right) = (format!("left-{round}"), format!("right-{round}"));
        race(|racer| {
            let (mine, theirs) = if racer % 2 == 0 { (&left, &right) } else { (&right, &left) };
            trial
                .try_commit(&[
                    (mine, Guard::Absent, put(b"claimed")),
                    (theirs, Guard::Absent, Effect::Keep),
                ])
                .map(drop)
        })?;
        let both = trial.get(&left)?.is_some() && trial.get(&right)?.is_some();
        trial.ensure(!both, "of two that each need the other absent, one is refused")?;
    }
    Ok(())
}

/// Runs the same on all racers, begun together.
fn race(run: impl Fn(u32) -> Result<(), Violation> + Sync) -> Result<(), Violation> {
    let start = Barrier::new(usize::try_from(RACERS).unwrap_or(1));
    thread::scope(|scope| {
        let racers: Vec<_> = (0..RACERS)
            .map(|racer| {
                let (start, run) = (&start, &run);
                scope.spawn(move || {
                    start.wait();
                    run(racer)
                })
            })
            .collect();
        racers.into_iter().try_for_each(|racer| match racer.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn count(record: &Record) -> u32 {
    record.value().first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn put(value: &[u8]) -> Effect {
    Effect::Put(value.to_vec())
}

/// Threads that race in one test.
const RACERS: u32 = 4;

/// What each of them gets done before it stops.
const ROUNDS: u32 = 50;

const NOBODY: Revision = Revision::from_parts([0xee; Revision::LEN]);
