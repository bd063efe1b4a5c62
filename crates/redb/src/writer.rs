//! The one writer of a file: settles a batch in a transaction of its own.
//!
//! Settling many callers' batches in one transaction belongs here, and nowhere else.

use plugmint_store::{Batch, Effect, Key, Revision};
use redb::{Database, ReadableTable, WriteTransaction};

use crate::tables::{GENERATION, META, RECORDS};

/// Where revisions come from: the generation of this handle, kept in the file by its first commit,
/// and the number of the commit within it. No two commits share both.
#[derive(Default)]
pub(crate) struct Writer {
    generation: Option<u64>,
    commits: u64,
}

impl Writer {
    /// Commits a batch durably, or names the key whose guard does not hold.
    pub(crate) fn settle(
        &mut self,
        database: &Database,
        batch: Batch,
    ) -> Result<Result<Revision, Box<Key>>, redb::Error> {
        let mut txn = database.begin_write()?;
        // Opening after a crash then takes no walk over the whole file.
        txn.set_quick_repair(true);
        let mut records = txn.open_table(RECORDS)?;
        if let Some(key) = batch.violated(|key| revision_of(&records, key))? {
            let conflict = Box::new(key.clone());
            drop(records);
            txn.abort()?;
            return Ok(Err(conflict));
        }
        let generation = match self.generation {
            Some(generation) => generation,
            None => next_generation(&txn)?,
        };
        let revision = revision(generation, self.commits);
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
        drop(records);
        // A commit that fails may have happened all the same, so its number is not used again.
        self.commits += 1;
        txn.commit()?;
        self.generation = Some(generation);
        Ok(Ok(revision))
    }
}

/// Counts this handle among those that have written to the file.
fn next_generation(txn: &WriteTransaction) -> Result<u64, redb::Error> {
    let mut meta = txn.open_table(META)?;
    let generation = meta.get(GENERATION)?.map_or(0, |number| number.value()) + 1;
    meta.insert(GENERATION, generation)?;
    Ok(generation)
}

fn revision(generation: u64, commit: u64) -> Revision {
    let number = (u128::from(generation) << 64) | u128::from(commit);
    Revision::from_parts(number.to_be_bytes())
}

fn revision_of(
    records: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &Key,
) -> Result<Option<Revision>, redb::Error> {
    match records.get(key.as_bytes())? {
        None => Ok(None),
        Some(stored) => Ok(Some(split(stored.value())?.0)),
    }
}

/// Revision and value of what is stored.
pub(crate) fn split(stored: &[u8]) -> Result<(Revision, &[u8]), redb::Error> {
    match stored.split_first_chunk() {
        Some((revision, value)) => Ok((Revision::from_parts(*revision), value)),
        None => Err(redb::Error::Corrupted("a record is shorter than its revision".to_owned())),
    }
}
