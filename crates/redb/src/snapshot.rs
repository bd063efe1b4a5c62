//! One state of the store, to read from.

use std::num::NonZeroUsize;

use plugmint_store::{Key, Record, Revision, scan_range};
use redb::{Database, Range, ReadOnlyTable, ReadableDatabase};

use crate::tables::{GENERATION, META, RECORDS, split};

/// Keys, and what is stored under them.
pub(crate) type Stored = Range<'static, &'static [u8], &'static [u8]>;

/// The records as one commit left them. While it lives, what later commits free stays occupied.
pub(crate) struct Snapshot {
    records: ReadOnlyTable<&'static [u8], &'static [u8]>,
    generation: u64,
}

impl Snapshot {
    /// The last state that was committed.
    pub(crate) fn last(database: &Database) -> Result<Self, redb::Error> {
        let txn = database.begin_read()?;
        let generation = txn.open_table(META)?.get(GENERATION)?.map_or(0, |found| found.value());
        Ok(Self { records: txn.open_table(RECORDS)?, generation })
    }

    /// In which generation it was written.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn get(&self, key: &Key) -> Result<Option<Record>, redb::Error> {
        let stored = self.records.get(key.as_bytes())?;
        stored.map(|stored| record(stored.value())).transpose()
    }

    /// At which revision a record is.
    pub(crate) fn revision(&self, key: &Key) -> Result<Option<Revision>, redb::Error> {
        let stored = self.records.get(key.as_bytes())?;
        stored.map(|stored| Ok(split(stored.value())?.0)).transpose()
    }

    /// The first records behind `after`, at most `limit`.
    pub(crate) fn page(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, redb::Error> {
        let mut page = Vec::new();
        for entry in self.records.range::<&[u8]>(scan_range(prefix, after))?.take(limit.get()) {
            let (key, stored) = entry?;
            if !key.value().starts_with(prefix) {
                break;
            }
            let key = Key::new(key.value())
                .map_err(|invalid| redb::Error::Corrupted(invalid.to_string()))?;
            page.push((key, record(stored.value())?));
        }
        Ok(page)
    }

    /// Everything as it is stored, in the order of its keys.
    pub(crate) fn stored(&self) -> Result<Stored, redb::Error> {
        Ok(self.records.range::<&[u8]>(..)?)
    }
}

fn record(stored: &[u8]) -> Result<Record, redb::Error> {
    split(stored).map(|(revision, value)| Record::new(revision, value))
}
