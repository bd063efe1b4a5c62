//! Records are tagged, and read back.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key, Store, TagKey, Tagged};

use crate::memcheck::{is_public, is_secret, public_bytes, secret};

use super::Case;

pub(super) const CASES: &[Case] = &[
    Case::path("tag/is-made", tag_is_made),
    Case::tag_path("tag/is-read", TAG, tag_is_read),
    Case::tag_path("tag/of-a-changed-record", TAG, tag_of_a_changed_record),
    Case::tag_path("tag/of-a-changed-tag", TAG, tag_of_a_changed_tag),
    Case::tag_path("tag/is-scanned", TAG, tag_is_scanned),
];

const TAG: &[&str] = &["record-tag-checked"];

fn tag_is_made() {
    let stored = stored();
    let (value, tag) = stored.split_at(VALUE.len());
    assert!(is_public(value) && is_public(&tag[..4]) && is_secret(&tag[4..]));
}

fn tag_is_read() {
    let record = pollster::block_on(holding(stored()).get(&key())).unwrap().unwrap();
    assert_eq!(record.value(), VALUE);
}

fn tag_of_a_changed_record() {
    let mut stored = stored();
    stored[0] ^= 1;
    assert!(pollster::block_on(holding(stored).get(&key())).is_err());
}

fn tag_of_a_changed_tag() {
    let mut stored = stored();
    *stored.last_mut().unwrap() ^= 1;
    assert!(pollster::block_on(holding(stored).get(&key())).is_err());
}

fn tag_is_scanned() {
    let page = holding(stored());
    let page = pollster::block_on(page.scan(b"", None, NonZeroUsize::MIN)).unwrap();
    assert_eq!(page.len(), 1);
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
    Tagged::new(below, TagKey::take(1, &mut secret([0x77; 32])))
}

fn key() -> Key {
    Key::new(b"serial/1").unwrap()
}

const VALUE: &[u8] = b"a record, which holds no secret in clear";
