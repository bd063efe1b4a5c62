//! How a batch is settled: one durable transaction for each, one after another.
//!
//! Settling the batches of many callers in one transaction belongs here, and nowhere else.

use plugmint_store::{Batch, Effect, Key, Revision};
use redb::{Database, ReadableTable, WriteTransaction};

use crate::tables::{COMMITS, META, RECORDS};

/// The revision of a batch that was committed, or the key whose guard did not hold.
type Verdict = Result<Revision, Box<Key>>;

/// Commits a batch, or names the key whose guard does not hold.
pub(crate) fn settle(database: &Database, batch: Batch) -> Result<Verdict, redb::Error> {
    // Waits until the transaction before this one has ended.
    let mut txn = database.begin_write()?;
    // Quick-repair commits in two phases: which commit is the last is then known without doubt, so
    // that damage is an error and never a silent step back to the commit before it.
    txn.set_quick_repair(true);
    let verdict = apply(&txn, batch)?;
    match verdict {
        Ok(_) => txn.commit()?,
        Err(_) => txn.abort()?,
    }
    Ok(verdict)
}

fn apply(txn: &WriteTransaction, batch: Batch) -> Result<Verdict, redb::Error> {
    let mut records = txn.open_table(RECORDS)?;
    let revision_of = |key: &Key| -> Result<_, redb::Error> {
        let stored = records.get(key.as_bytes())?;
        stored.map(|stored| Ok(split(stored.value())?.0)).transpose()
    };
    if let Some(key) = batch.violated(revision_of)? {
        return Ok(Err(Box::new(key.clone())));
    }
    let revision = next_revision(txn)?;
    for (key, step) in batch.into_steps() {
        match step.into_effect() {
            Effect::Keep => {}
            Effect::Put(value) => {
                let stored = [revision.as_bytes().as_slice(), &value].concat();
                records.insert(key.as_bytes(), stored.as_slice())?;
            }
            Effect::Delete => {
                records.remove(key.as_bytes())?;
            }
        }
    }
    Ok(Ok(revision))
}

/// Counts in the transaction that uses the number: what was not committed was not counted either.
fn next_revision(txn: &WriteTransaction) -> Result<Revision, redb::Error> {
    let mut meta = txn.open_table(META)?;
    let number = meta.get(COMMITS)?.map_or(0, |number| number.value()) + 1;
    meta.insert(COMMITS, number)?;
    Ok(Revision::from_parts(u128::from(number).to_be_bytes()))
}

/// Revision and value of what is stored.
pub(crate) fn split(stored: &[u8]) -> Result<(Revision, &[u8]), redb::Error> {
    let cut = || redb::Error::Corrupted("a record is shorter than its revision".to_owned());
    let (revision, value) = stored.split_first_chunk().ok_or_else(cut)?;
    Ok((Revision::from_parts(*revision), value))
}
