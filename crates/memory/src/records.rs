//! Records found by their hash, and their keys in order.

use std::collections::BTreeSet;

use hashbrown::HashTable;
use plugmint_store::{Key, Record, Revision, scan_range};

/// Records by their keys. A look-up takes one probe of a table, not a walk down a tree; the tree is
/// there for scans.
#[derive(Default)]
pub(crate) struct Records {
    /// Each with its key before its value, so that a look-up goes to one place for both.
    by_hash: HashTable<(u64, Record)>,
    in_order: BTreeSet<Box<[u8]>>,
}

impl Records {
    pub(crate) fn get(&self, hash: u64, key: &[u8]) -> Option<&Record> {
        self.by_hash.find(hash, |(_, record)| record.before() == key).map(|(_, record)| record)
    }

    pub(crate) fn put(&mut self, hash: u64, key: &[u8], revision: Revision, value: &[u8]) {
        let record = Record::behind(revision, [key, value].concat().into(), key.len());
        if let Some((_, found)) = self.by_hash.find_mut(hash, |(_, record)| record.before() == key)
        {
            *found = record;
            return;
        }
        self.in_order.insert(key.into());
        self.by_hash.insert_unique(hash, (hash, record), |(hash, _)| *hash);
    }

    pub(crate) fn delete(&mut self, hash: u64, key: &[u8]) {
        if let Ok(found) = self.by_hash.find_entry(hash, |(_, record)| record.before() == key) {
            found.remove();
            self.in_order.remove(key);
        }
    }

    /// The keys under `prefix` and behind `after`, in order.
    pub(crate) fn keys<'a>(
        &'a self,
        prefix: &'a [u8],
        after: Option<&'a Key>,
    ) -> impl Iterator<Item = &'a [u8]> {
        self.in_order
            .range::<[u8], _>(scan_range(prefix, after))
            .map(|key| &**key)
            .take_while(move |key| key.starts_with(prefix))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_hash.len()
    }
}
