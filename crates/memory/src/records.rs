//! Records found by their hash, and their keys in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashTable;
use plugmint_store::{Key, Record, Revision, scan_range};

/// Records by their keys. A look-up takes one probe of a table, not a walk down a tree; the tree is
/// there for scans.
#[derive(Default)]
pub(crate) struct Records {
    /// With the hash of each, so that growing looks at no key.
    by_hash: HashTable<(u64, Kept)>,
    in_order: BTreeSet<Box<[u8]>>,
}

impl Records {
    pub(crate) fn get(&self, hash: u64, key: &[u8]) -> Option<Record> {
        self.find(hash, key).map(|kept| kept.record(key.len()))
    }

    pub(crate) fn revision(&self, hash: u64, key: &[u8]) -> Option<Revision> {
        self.find(hash, key).map(Kept::revision)
    }

    fn find(&self, hash: u64, key: &[u8]) -> Option<&Kept> {
        self.by_hash.find(hash, |(_, kept)| kept.is_of(key)).map(|(_, kept)| kept)
    }

    pub(crate) fn put(&mut self, hash: u64, key: &[u8], revision: Revision, value: &[u8]) {
        let kept = Kept::new(revision, key, value);
        if let Some((_, found)) = self.by_hash.find_mut(hash, |(_, kept)| kept.is_of(key)) {
            *found = kept;
            return;
        }
        self.in_order.insert(key.into());
        self.by_hash.insert_unique(hash, (hash, kept), |(hash, _)| *hash);
    }

    pub(crate) fn delete(&mut self, hash: u64, key: &[u8]) {
        if let Ok(found) = self.by_hash.find_entry(hash, |(_, kept)| kept.is_of(key)) {
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

/// A record in one place: its revision, the length of its key as a byte, its key, its value. The
/// table holds a pointer to it, so that a look-up goes through little memory.
struct Kept(Arc<[u8]>);

impl Kept {
    fn new(revision: Revision, key: &[u8], value: &[u8]) -> Self {
        // INVARIANT: the contract's longest key has 200 bytes.
        let len = [u8::try_from(key.len()).unwrap_or(u8::MAX)];
        Self([revision.as_bytes(), &len[..], key, value].concat().into())
    }

    fn is_of(&self, key: &[u8]) -> bool {
        self.0.get(Revision::LEN).is_some_and(|len| usize::from(*len) == key.len())
            && self.0.get(BEFORE_KEY..BEFORE_KEY + key.len()) == Some(key)
    }

    fn revision(&self) -> Revision {
        Revision::from_parts(self.0.first_chunk().copied().unwrap_or_default())
    }

    /// The record, whose key has so many bytes.
    fn record(&self, key_len: usize) -> Record {
        Record::behind(self.revision(), Arc::clone(&self.0), BEFORE_KEY + key_len)
    }
}

/// What lies before the key: the revision, and the key's length.
const BEFORE_KEY: usize = Revision::LEN + 1;
