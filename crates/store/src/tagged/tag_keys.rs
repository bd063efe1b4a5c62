//! The keys that records are tagged under, and were.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::Key;

use super::tag_key::{TAG_LEN, TagKey};

/// The current key and older ones; a newer one can come in while they are read, without a lock.
pub(super) struct TagKeys(ArcSwap<Held>);

#[derive(Clone)]
struct Held {
    current: Arc<TagKey>,
    older: Vec<Arc<TagKey>>,
}

impl TagKeys {
    pub(super) fn new(current: TagKey) -> Self {
        Self(ArcSwap::from_pointee(Held { current: Arc::new(current), older: Vec::new() }))
    }

    /// Adds a key that nothing is tagged under, whatever its version is.
    pub(super) fn add_older(&self, key: TagKey) {
        let key = Arc::new(key);
        self.0.rcu(|held| {
            let mut held = Held::clone(held);
            held.older.push(Arc::clone(&key));
            held
        });
    }

    /// Adds a key, which is the current one when its version is the highest.
    pub(super) fn add(&self, key: TagKey) {
        let key = Arc::new(key);
        self.0.rcu(|held| {
            let mut held = Held::clone(held);
            if held.current.version() < key.version() {
                let before = std::mem::replace(&mut held.current, Arc::clone(&key));
                held.older.push(before);
            } else if held.all().all(|other| other.version() != key.version()) {
                held.older.push(Arc::clone(&key));
            }
            held
        });
    }

    pub(super) fn current(&self) -> Arc<TagKey> {
        Arc::clone(&self.0.load().current)
    }

    /// Whether a tag is the one of that value under that key; `None` when its version is not known.
    pub(super) fn verify(&self, key: &Key, value: &[u8], tag: &[u8; TAG_LEN]) -> Option<bool> {
        let held = self.0.load();
        let tag_key = held.all().find(|tag_key| tag_key.made(tag))?;
        Some(tag_key.verifies(key, value, tag))
    }
}

impl Held {
    fn all(&self) -> impl Iterator<Item = &TagKey> {
        std::iter::once(&self.current).chain(&self.older).map(|key| &**key)
    }
}
