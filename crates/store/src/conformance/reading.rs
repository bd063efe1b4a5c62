//! C4 and C5: what a reader sees.

use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::{Batch, Effect, Guard, Key, Record, Store};

use super::{BoxError, Clause, Trial, Violation};

/// C4: a `get` or `scan` that starts after `commit` returned sees it, also on another thread.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c4_a_read_after_a_commit_sees_it<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C4, &open)?;
    let (trial, (told, heard)) = (&trial, mpsc::channel());
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            heard.iter().try_for_each(|round| {
                let seen = trial.get("counter")?.as_ref().and_then(count);
                let claim = format!("a get on another thread sees commit {round} or a later one");
                trial.ensure(seen >= Some(round), claim)?;
                let scanned = trial.scan(b"counter", None, 2)?;
                let seen = scanned.first().and_then(|(_, record)| count(record));
                let claim = format!("a scan on another thread sees commit {round} or a later one");
                trial.ensure(seen >= Some(round), claim)
            })
        });
        let written = write_and_read(trial, &told);
        drop(told);
        match reader.join() {
            Ok(read) => written.and(read),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Puts, changes and deletes, reads each back, and tells how far it got.
fn write_and_read<S: Store>(trial: &Trial<S>, told: &Sender<u32>) -> Result<(), Violation> {
    let mut guard = Guard::Absent;
    for round in 0_u32..200 {
        let value = round.to_be_bytes();
        let revision = trial.commit(&[
            ("counter", guard, Effect::Put(value.to_vec())),
            ("passing", Guard::Absent, Effect::Put(value.to_vec())),
        ])?;
        guard = Guard::At(revision);
        trial.holds("counter", Some(&value), "a get sees the last commit")?;
        trial.holds("passing", Some(&value), "a get sees what was just put")?;
        trial.commit(&[("passing", Guard::At(revision), Effect::Delete)])?;
        trial.holds("passing", None, "a get sees that a record was just deleted")?;
        // Nobody listens any more once the reader has found a violation.
        if told.send(round).is_err() {
            break;
        }
    }
    Ok(())
}

fn count(record: &Record) -> Option<u32> {
    record.value().first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// C5: `scan` gives byte order, each key once, and resumes by `after`.
///
/// # Errors
/// The first [`Violation`] that is seen.
pub fn c5_a_scan_is_ordered_and_resumes<S: Store, E: Into<BoxError>>(
    open: impl Fn() -> Result<S, E>,
) -> Result<(), Violation> {
    let trial = Trial::begin(Clause::C5, &open)?;
    let mut keys: Vec<Vec<u8>> = vec![
        b"a".to_vec(),
        b"a\0".to_vec(),
        b"a\0\xff".to_vec(),
        b"a\xff".to_vec(),
        b"ab".to_vec(),
        b"b".to_vec(),
        b"\0".to_vec(),
        b"\xff".to_vec(),
        b"\xff\xff".to_vec(),
        b"\xff\xff\x01".to_vec(),
        vec![b'k'; Key::MAX_LEN],
    ];
    keys.extend((0_u8..60).map(|number| vec![b'n', number.wrapping_mul(37)]));
    for key in &keys {
        let batch = Batch::new().put(trial.key(key)?, Guard::Absent, key.clone());
        let committed = match batch {
            Ok(batch) => pollster::block_on(trial.store().commit(batch)).is_ok(),
            Err(_) => false,
        };
        trial.ensure(committed, format!("a record is put under `{}`", key.escape_ascii()))?;
    }
    keys.sort();

    for prefix in
        [&b""[..], b"a", b"a\0", b"\xff", b"\xff\xff", b"n", b"k", b"nothing", b"a\xff\xff"]
    {
        let expected: Vec<_> = keys.iter().filter(|key| key.starts_with(prefix)).collect();
        for limit in [1, 2, 3, 7, keys.len(), keys.len() + 1] {
            pages_are(&trial, prefix, limit, &expected)?;
        }
    }

    // `after` need not be there, and may lie before, inside or behind the prefix.
    for (after, prefix) in
        [(&b"a\0\x01"[..], &b"a"[..]), (b"\x01", b"a"), (b"b", b"a"), (b"a", b"b"), (b"m", b"")]
    {
        let expected: Vec<_> =
            keys.iter().filter(|key| key.starts_with(prefix) && key.as_slice() > after).collect();
        let found = trial.scan(prefix, Some(&trial.key(after)?), keys.len())?;
        trial.ensure(
            found.iter().map(|(key, _)| key.as_bytes()).eq(expected.iter().map(|key| &key[..])),
            format!(
                "a scan of `{}` after `{}` begins behind it",
                prefix.escape_ascii(),
                after.escape_ascii()
            ),
        )?;
    }
    Ok(())
}

/// Pages of `limit` under `prefix` are together `expected`, and only the last is short.
fn pages_are<S: Store>(
    trial: &Trial<S>,
    prefix: &[u8],
    limit: usize,
    expected: &[&Vec<u8>],
) -> Result<(), Violation> {
    let shown = prefix.escape_ascii();
    let mut found = Vec::new();
    loop {
        let after = found.last().map(|(key, _): &(Key, Record)| key.clone());
        let page = trial.scan(prefix, after.as_ref(), limit)?;
        trial.ensure(page.len() <= limit, format!("a page of `{shown}` has at most {limit}"))?;
        let last = page.len() < limit;
        found.extend(page);
        // One page too many is a page that does not move on.
        if last || found.len() > expected.len() {
            break;
        }
    }
    trial.ensure(
        found.iter().map(|(key, _)| key.as_bytes()).eq(expected.iter().map(|key| &key[..])),
        format!("pages of {limit} under `{shown}` give every key once, in byte order"),
    )?;
    trial.ensure(
        found.iter().all(|(key, record)| key.as_bytes() == record.value()),
        "a scan gives each key its own record",
    )
}
