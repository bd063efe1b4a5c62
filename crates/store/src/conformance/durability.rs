//! C6 and C7: what outlives a handle.

use std::pin::pin;
use std::task::{Context, Waker};

use crate::{Effect, Guard, Store};

use super::{BoxError, Clause, Trial, Violation};

/// C6, as far as a process can show it of itself: what was acknowledged, deletes included, is there
/// when the store is opened again. What survives a crash needs a harness around the backend.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c6_what_was_acknowledged_is_there_after_a_reopen<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C6, &open)?;
    trial.put_new("kept", b"kept")?;
    let deleted = trial.put_new("deleted", b"old")?;
    let changed = trial.put_new("changed", b"old")?;
    let revision = trial.commit(&[
        ("deleted", Guard::At(deleted), Effect::Delete),
        ("changed", Guard::At(changed), Effect::Put(b"new".to_vec())),
        ("added", Guard::Absent, Effect::Put(b"added".to_vec())),
    ])?;
    drop(trial);

    for _ in 0..2 {
        let trial = Trial::begin(Clause::C6, &open)?;
        trial.holds("kept", Some(b"kept"), "a record is there after a reopen")?;
        trial.holds("deleted", None, "a deleted record is gone after a reopen")?;
        trial.holds("changed", Some(b"new"), "a changed record is changed after a reopen")?;
        trial.holds("added", Some(b"added"), "a batch is there whole after a reopen")?;
        let found = trial.get("changed")?.as_ref().map(crate::Record::revision);
        trial.ensure(found == Some(revision), "a record is at the same revision after a reopen")?;
    }
    let trial = Trial::begin(Clause::C6, &open)?;
    trial.commit(&[("changed", Guard::At(revision), Effect::Delete)]).map(drop)
}

/// C7: when the last handle is dropped the data can be opened again at once, also when a commit was
/// begun and its future dropped.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c7_the_last_handle_releases_the_data<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    for round in 0..10 {
        let trial = Trial::begin(Clause::C7, &open)?;
        trial.put_new(&format!("record-{round}"), b"x")?;
        let batch = trial.batch(&[
            (&format!("left-{round}"), Guard::Absent, Effect::Put(b"x".to_vec())),
            (&format!("right-{round}"), Guard::Absent, Effect::Put(b"x".to_vec())),
        ])?;
        {
            let mut abandoned = pin!(trial.store().commit(batch));
            // Whether it is done already or never will be: it is not waited for.
            drop(abandoned.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        }
        drop(trial);

        let trial = Trial::begin(Clause::C7, &open)?;
        let left = trial.get(&format!("left-{round}"))?.is_some();
        let right = trial.get(&format!("right-{round}"))?.is_some();
        trial.ensure(left == right, "an abandoned commit happened whole or not at all")?;
    }
    Ok(())
}
