//! Records are tagged, and read back.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key, Store, TagKey, Tagged};

use crate::memcheck::{is_public, is_secret, public_bytes, secret};
use crate::verdict::Compared::Secrets;
use crate::verdict::published;

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("tag/is-made", tag_is_made),
    Case::path("tag/is-read", tag_is_read),
    Case::path("tag/of-a-changed-record", tag_of_a_changed_record),
    Case::path("tag/of-a-changed-tag", tag_of_a_changed_tag),
    Case::path("tag/is-scanned", tag_is_scanned),
];

fn tag_is_made() {
    let stored = stored();
    let (value, tag) = stored.split_at(VALUE.len());
    assert!(is_public(value) && is_public(&tag[..4]) && is_secret(&tag[4..]));
}

fn tag_is_read() {
    assert_eq!(read(stored()).unwrap(), VALUE);
}

fn tag_of_a_changed_record() {
    let mut stored = stored();
    stored[0] ^= 1;
    assert!(read(stored).is_none());
}

fn tag_of_a_changed_tag() {
    let mut stored = stored();
    *stored.last_mut().unwrap() ^= 1;
    assert!(read(stored).is_none());
}

fn tag_is_scanned() {
    let page = holding(stored());
    let scanned = || pollster::block_on(page.scan(b"", None, NonZeroUsize::MIN)).unwrap().len();
    assert_eq!(published(&[Secrets], scanned), 1);
}

/// The value, where its tag is right: one comparison says so.
fn read(stored: Vec<u8>) -> Option<Vec<u8>> {
    let store = holding(stored);
    let read = published(&[Secrets], || pollster::block_on(store.get(&key())));
    read.ok().map(|record| record.unwrap().value().to_vec())
}

/// What the store below is given for the value.
fn stored() -> Vec<u8> {
    let below = Arc::new(MemoryStore::new());
    put(&tagged(Arc::clone(&below)), VALUE.to_vec());
    pollster::block_on(below.get(&key())).unwrap().unwrap().into_value()
}

/// A store that has these bytes. They lie in a file, so all of them are public, tags too.
fn holding(bytes: Vec<u8>) -> Tagged<Arc<MemoryStore>> {
    let below = Arc::new(MemoryStore::new());
    put(&below, public_bytes(bytes));
    tagged(below)
}

fn put(store: &dyn Store, value: Vec<u8>) {
    let batch = Batch::new().put(key(), Guard::Absent, value).unwrap();
    pollster::block_on(store.commit(batch)).unwrap();
}

fn tagged(below: Arc<MemoryStore>) -> Tagged<Arc<MemoryStore>> {
    Tagged::new(below, TagKey::new(1, &secret([0x77; 32])))
}

fn key() -> Key {
    Key::new(b"serial/1").unwrap()
}

const VALUE: &[u8] = b"a record, which holds no secret in clear";
