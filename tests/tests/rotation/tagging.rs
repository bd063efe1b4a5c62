//! A store with tags whose key changes while it is in use.

use std::error::Error;

use plugmint_store::{
    Batch, CommitError, Guard, Key, Record, StoreError, TagError, TagKey, Tagged, tag_version,
};

use crate::prelude::*;

fn tag_key(number: u32) -> TagKey {
    let byte = u8::try_from(number).unwrap();
    TagKey::new(number, &[byte; 32]).ended_by(key(&format!("end-{number}")))
}

fn key(name: &str) -> Key {
    Key::new(name.as_bytes()).unwrap()
}

fn put(store: &dyn Store, name: &str) -> Result<(), CommitError> {
    let before = block_on(store.get(&key(name))).unwrap().map(|record| record.revision());
    let guard = before.map_or(Guard::Absent, Guard::At);
    block_on(store.commit(Batch::new().put(key(name), guard, b"value".to_vec()).unwrap())).map(drop)
}

fn under(store: &Arc<MemoryStore>, name: &str) -> Record {
    block_on(store.get(&key(name))).unwrap().unwrap()
}

fn tag_error(error: &StoreError) -> &TagError {
    error.source().unwrap().downcast_ref().unwrap()
}

#[test]
fn a_newer_key_is_taken_in_while_the_store_is_in_use() {
    let store = Arc::new(MemoryStore::new());
    let tagged = Tagged::new(Arc::clone(&store), tag_key(2));
    put(&tagged, "a").unwrap();
    assert_eq!(tag_version(&under(&store, "a")), Some(2));
    tagged.add_key(tag_key(3));
    put(&tagged, "b").unwrap();
    assert_eq!(tag_version(&under(&store, "b")), Some(3));
    // Neither an older one nor one that is known changes what is current.
    tagged.add_key(tag_key(1));
    tagged.add_key(tag_key(3));
    put(&Tagged::new(Arc::clone(&store), tag_key(1)), "c").unwrap();
    for name in ["a", "b", "c"] {
        let record = block_on(tagged.get(&key(name))).unwrap().unwrap();
        assert_eq!(record.value(), b"value");
        assert_eq!(tagged.verified(&key(name), under(&store, name)).unwrap(), record);
    }
    put(&tagged, "a").unwrap();
    assert_eq!(tag_version(&under(&store, "a")), Some(3));
}

#[test]
fn nothing_is_tagged_under_a_key_that_has_ended() {
    let store = Arc::new(MemoryStore::new());
    let tagged = Tagged::new(Arc::clone(&store), tag_key(1)).with_plain(b"end-").with_plain(b"x");
    put(&tagged, "a").unwrap();
    put(&tagged, "end-1").unwrap();
    assert_eq!(under(&store, "end-1").value(), b"value");
    let Err(CommitError::Store(refused)) = put(&tagged, "a") else { panic!("it was put") };
    assert_eq!(*tag_error(&refused), TagError::KeyEnded { version: 1 });
    // Who guards the same is told of the conflict.
    let batch = Batch::new().keep(key("end-1"), Guard::Absent).unwrap();
    let conflict = block_on(tagged.commit(batch));
    assert!(matches!(conflict, Err(CommitError::Conflict(of)) if *of == key("end-1")));
    assert_eq!(block_on(tagged.get(&key("a"))).unwrap().unwrap().value(), b"value");
    tagged.add_key(tag_key(2));
    put(&tagged, "a").unwrap();
    assert_eq!(tag_version(&under(&store, "a")), Some(2));
}

#[test]
fn a_record_that_is_too_short_names_no_version() {
    let record = |len| Record::new(plugmint_store::Revision::from_parts([0; 16]), vec![0; len]);
    assert_eq!(tag_version(&record(19)), None);
    assert_eq!(tag_version(&record(20)), Some(0));
}
