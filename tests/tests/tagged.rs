//! Records with tags: the contract holds as without, and what was changed or moved is told.

#![cfg(test)]

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{AuthenticateError, Fault, FeedCursor, OpenError, RootKey};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key, Record, Store, StoreError, TagError, TagKey, Tagged};
use plugmint_tests::{Scene, design, generated_password};
use pollster::block_on;
use proptest::prelude::*;

fn tag_key(version: u32, byte: u8) -> TagKey {
    TagKey::new(version, &[byte; 32])
}

mod over_memory {
    plugmint_store::conformance!(volatile: || {
        Ok::<_, std::io::Error>(super::Tagged::new(super::MemoryStore::new(), super::tag_key(1, 7)))
    });
}

mod over_redb {
    use super::{RedbOptions, RedbStore, Tagged, tag_key};

    plugmint_store::conformance!(durable: {
        let directory = tempfile::tempdir().unwrap();
        move || {
            let path = directory.path().join("store.redb");
            let store = if path.exists() {
                RedbStore::open(path, &RedbOptions::default())?
            } else {
                RedbStore::create(path, &RedbOptions::default())?
            };
            Ok::<_, plugmint_store::CreateStoreError>(Tagged::new(store, tag_key(1, 7)))
        }
    });
}

fn key(name: &[u8]) -> Key {
    Key::new(name).unwrap()
}

fn put(store: &dyn Store, key: Key, value: &[u8]) {
    let guard =
        block_on(store.get(&key)).unwrap().map_or(Guard::Absent, |r| Guard::At(r.revision()));
    block_on(store.commit(Batch::new().put(key, guard, value.to_vec()).unwrap())).unwrap();
}

fn tag_error(error: &StoreError) -> TagError {
    error.source().unwrap().downcast_ref::<TagError>().unwrap().clone()
}

/// What a tagged store keeps of a value, and what reading gives when something else is kept.
fn read_instead(name: &[u8], kept: &[u8]) -> Result<Option<Record>, StoreError> {
    let store = Arc::new(MemoryStore::new());
    put(&store, key(name), kept);
    let tagged = Tagged::new(Arc::clone(&store), tag_key(1, 7)).with_older(tag_key(0, 8));
    let (got, scanned) =
        (block_on(tagged.get(&key(name))), block_on(tagged.scan(b"", None, NonZeroUsize::MAX)));
    assert_eq!(got.is_ok(), scanned.is_ok());
    got
}

fn kept_of(name: &[u8], value: &[u8]) -> Vec<u8> {
    let store = Arc::new(MemoryStore::new());
    put(&Tagged::new(Arc::clone(&store), tag_key(1, 7)), key(name), value);
    block_on(store.get(&key(name))).unwrap().unwrap().into_value()
}

proptest! {
    #[test]
    fn every_bit_that_changes_is_seen(
        name in proptest::collection::vec(any::<u8>(), 1..40),
        value in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let kept = kept_of(&name, &value);
        prop_assert_eq!(kept.len(), value.len() + 20);
        prop_assert_eq!(read_instead(&name, &kept).unwrap().unwrap().into_value(), value);
        for bit in 0..kept.len() * 8 {
            let mut changed = kept.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            tag_error(&read_instead(&name, &changed).unwrap_err());
        }
        for len in 0..kept.len() {
            tag_error(&read_instead(&name, &kept[..len]).unwrap_err());
        }
    }

    #[test]
    fn a_record_under_another_key_is_seen(
        name in proptest::collection::vec(any::<u8>(), 1..40),
        other in proptest::collection::vec(any::<u8>(), 1..40),
        value in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        prop_assume!(name != other);
        let moved = read_instead(&other, &kept_of(&name, &value)).unwrap_err();
        let expected = TagError::Mismatch { key: Box::new(key(&other)) };
        prop_assert_eq!(tag_error(&moved), expected);
    }
}

#[test]
fn bytes_that_move_between_key_and_value_are_seen() {
    let kept = kept_of(b"ab", b"c");
    let moved = [b"b".as_slice(), &kept].concat();
    tag_error(&read_instead(b"a", &moved).unwrap_err());
}

/// The tag as the page of `Tagged` writes it, made with another implementation of the message.
#[test]
fn the_tag_is_the_one_that_is_written_down() {
    use hmac::{Hmac, KeyInit, Mac};
    let mut message = Vec::new();
    for part in [&b"plugmint/v1/record-tag"[..], b"name", b"value"] {
        message.extend_from_slice(&u32::try_from(part.len()).unwrap().to_be_bytes());
        message.extend_from_slice(part);
    }
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[7; 32]).unwrap();
    mac.update(&message);
    let tag = mac.finalize().into_bytes();
    let expected = [b"value".as_slice(), &[0, 0, 0, 1], &tag[..16]].concat();
    assert_eq!(kept_of(b"name", b"value"), expected);
}

#[test]
fn what_an_older_key_tagged_is_read_and_what_an_unknown_one_did_is_not() {
    let store = Arc::new(MemoryStore::new());
    put(&Tagged::new(Arc::clone(&store), tag_key(1, 7)), key(b"a"), b"old");
    let both = Tagged::new(Arc::clone(&store), tag_key(2, 9)).with_older(tag_key(1, 7));
    assert_eq!(block_on(both.get(&key(b"a"))).unwrap().unwrap().value(), b"old");
    put(&both, key(b"b"), b"new");
    let new = Tagged::new(Arc::clone(&store), tag_key(2, 9));
    assert_eq!(block_on(new.get(&key(b"b"))).unwrap().unwrap().value(), b"new");
    let unknown = tag_error(&block_on(new.get(&key(b"a"))).unwrap_err());
    assert_eq!(unknown, TagError::UnknownVersion { key: Box::new(key(b"a")) });
    let wrong = Tagged::new(store, tag_key(2, 1));
    let mismatch = tag_error(&block_on(wrong.get(&key(b"b"))).unwrap_err());
    assert_eq!(mismatch, TagError::Mismatch { key: Box::new(key(b"b")) });
}

/// A registry with tags in memory, and the store behind the tags.
fn tagged_scene() -> (Scene, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::clone(&store) as _, Arc::clone(&clock), 1).with_tagged_records();
    (block_on(Scene::with(settings, clock, design())), store)
}

#[test]
fn a_registry_with_tags_tells_of_every_bit_of_every_record() {
    let (scene, store) = tagged_scene();
    let (id, enrollment) = block_on(scene.enrolled("SN-1", &generated_password(1)));
    scene.clock.advance(Duration::from_millis(1));
    let forgotten = block_on(scene.registry.forget_events(scene.clock.time(), None)).unwrap();
    assert_eq!(forgotten.events, 1);
    let everything = block_on(store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
    let mut tried = 0;
    for (key, record) in everything {
        if key.as_bytes()[0] == b'k' {
            continue;
        }
        for bit in 0..record.value().len() * 8 {
            let mut changed = record.value().to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            put(&store, key.clone(), &changed);
            let seen = match key.as_bytes()[0] {
                b'i' => !block_on(scene.registry.is_ready()),
                b't' | b's' => {
                    let status = block_on(scene.registry.serial(&id)).is_err();
                    status || block_on(scene.registry.template(id.template())).is_err()
                }
                b'c' => {
                    let (company, all) = (scene.registry.company(), NonZeroUsize::MAX);
                    block_on(scene.registry.templates(company, None, all)).is_err()
                }
                b'p' => {
                    let credentials = enrollment.credentials();
                    let (plug_id, password) =
                        (credentials.plug_id(), credentials.connection_password());
                    let connected = block_on(scene.registry.authenticate(plug_id, password));
                    matches!(connected, Err(AuthenticateError::Fault(Fault::Store(_))))
                }
                b'e' => block_on(scene.registry.history(&id, None, NonZeroUsize::MAX)).is_err(),
                b'f' => {
                    let mut feed = scene.registry.feed(FeedCursor::START);
                    block_on(feed.next_page(NonZeroUsize::MAX)).is_err()
                }
                b'h' => block_on(scene.registry.verify_history(&id, None)).is_err(),
                letter => panic!("a kind of record that nobody reads here: {letter}"),
            };
            assert!(seen, "bit {bit} of `{key}`");
            tried += 1;
        }
        put(&store, key.clone(), record.value());
    }
    assert!(tried > 2_000, "{tried} bits");
    block_on(scene.connect(&enrollment));
}

#[test]
fn with_tags_another_root_key_is_still_told_as_such() {
    let (_, store) = tagged_scene();
    let other = RootKey::from_random(&mut [1; 32]);
    let open = |keys: &RootKey| {
        let clock = Arc::new(FixedClock::default());
        block_on(builder(Arc::clone(&store) as _, clock, 1).with_tagged_records().open(keys))
    };
    assert!(matches!(open(&other).unwrap_err(), OpenError::WrongRootKey { .. }));
    open(&root_key()).unwrap();
}

#[test]
fn a_store_has_tags_from_its_first_record_or_none() {
    let (_, tagged) = tagged_scene();
    let clock = || Arc::new(FixedClock::default());
    let without = block_on(builder(tagged, clock(), 1).open(&root_key())).unwrap_err();
    assert!(matches!(without, OpenError::Tagged), "{without:?}");

    let plain = Arc::new(MemoryStore::new());
    block_on(builder(Arc::clone(&plain) as _, clock(), 1).create(&root_key())).unwrap();
    let settings = builder(plain, clock(), 1).with_tagged_records();
    let with = block_on(settings.open(&root_key())).unwrap_err();
    assert!(matches!(with, OpenError::Untagged), "{with:?}");
}
