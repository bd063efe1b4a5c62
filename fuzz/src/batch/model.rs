//! What a store holds, as a map.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZeroUsize;

use plugmint_store::{Batch, CommitError, Effect, Guard, Key, Record, Revision, Store};
use pollster::block_on;

use super::command::{Effected, Guarded, KEYS, Step, key_of};

/// Every record, and every revision that was ever given.
#[derive(Default)]
pub(super) struct Model {
    records: BTreeMap<Key, (Revision, Vec<u8>)>,
    /// For each key the revision that its record was at before its last change.
    before: BTreeMap<Key, Revision>,
    given: HashSet<Revision>,
    latest: Option<Revision>,
    puts: u8,
}

/// A page of records.
pub(super) type Page = Vec<(Key, Revision, Vec<u8>)>;

impl Model {
    /// The batch that these steps come to now. A second step for a key is refused.
    pub(super) fn batch(&mut self, steps: &[Step]) -> Batch {
        let mut batch = Batch::new();
        let mut keys = HashSet::new();
        for step in steps {
            let key = key_of(step.key);
            let added = self.add(batch.clone(), step, key.clone());
            assert_eq!(added.is_some(), keys.insert(key), "one step for each key");
            batch = added.unwrap_or(batch);
        }
        batch
    }

    /// A batch that is settled, on a key that no command has.
    pub(super) fn batch_before(&self) -> Batch {
        let key = Key::new(b"before").unwrap();
        let guard = self.now(&key);
        Batch::new().put(key, guard, b"x".to_vec()).unwrap()
    }

    fn add(&mut self, batch: Batch, step: &Step, key: Key) -> Option<Batch> {
        let invented = Revision::from_parts([0xee; 16]);
        let guard = match step.guard {
            Guarded::Now => self.now(&key),
            Guarded::Absent => Guard::Absent,
            Guarded::Before => Guard::At(self.before.get(&key).copied().unwrap_or(invented)),
            Guarded::Latest => Guard::At(self.latest.unwrap_or(invented)),
            Guarded::Invented => Guard::At(invented),
        };
        let added = match (step.effect, guard) {
            (Effected::Keep, guard) => batch.keep(key, guard),
            (Effected::Put, guard) => {
                self.puts = self.puts.wrapping_add(1);
                batch.put(key, guard, vec![self.puts; step.len])
            }
            (Effected::Delete, Guard::At(revision)) => batch.delete(key, revision),
            (Effected::Delete, Guard::Absent) => batch.delete(key, invented),
        };
        added.ok()
    }

    fn now(&self, key: &Key) -> Guard {
        self.records.get(key).map_or(Guard::Absent, |(revision, _)| Guard::At(*revision))
    }

    /// Holds a verdict against the guards, and does what the batch does.
    pub(super) fn settle(&mut self, batch: &Batch, verdict: Result<Revision, CommitError>) {
        let holds = |(key, guard): (&Key, Guard)| match (self.records.get(key), guard) {
            (None, Guard::Absent) => true,
            (Some((revision, _)), Guard::At(expected)) => *revision == expected,
            (Some(_), Guard::Absent) | (None, Guard::At(_)) => false,
        };
        let mut guards = batch.steps().map(|(key, step)| (key, step.guard()));
        match verdict {
            Ok(revision) => {
                assert!(guards.all(holds), "every guard holds: {batch:?}");
                assert!(self.given.insert(revision), "{revision:?} is given once");
                self.latest = Some(revision);
                for (key, step) in batch.steps() {
                    self.change(key, step.effect(), revision);
                }
            }
            Err(CommitError::Conflict(key)) => {
                let guard = guards.find(|(of, _)| **of == *key).expect("a key of the batch");
                assert!(!holds(guard), "{key} is as the batch expects it: {batch:?}");
            }
            Err(CommitError::Store(error)) => panic!("the store is sound: {error:?}"),
        }
    }

    fn change(&mut self, key: &Key, effect: &Effect, revision: Revision) {
        let before = match effect {
            Effect::Keep => None,
            Effect::Put(value) => self.records.insert(key.clone(), (revision, value.clone())),
            Effect::Delete => self.records.remove(key),
        };
        if let Some((before, _)) = before {
            self.before.insert(key.clone(), before);
        }
    }

    /// The records behind `after` that begin with `prefix`, at most `limit`.
    pub(super) fn page(&self, prefix: &[u8], after: Option<&Key>, limit: NonZeroUsize) -> Page {
        let records = self.records.iter().filter(|(key, _)| key.as_bytes().starts_with(prefix));
        let behind = records.filter(|(key, _)| after.is_none_or(|after| *key > after));
        let owned = behind.map(|(key, (revision, value))| (key.clone(), *revision, value.clone()));
        owned.take(limit.get()).collect()
    }

    /// Every key gives its record.
    pub(super) fn check_records(&self, store: &dyn Store) {
        for key in (0..KEYS).map(key_of) {
            let found = block_on(store.get(&key)).unwrap();
            let found = found.map(|record| (record.revision(), record.into_value()));
            assert!(found.as_ref() == self.records.get(&key), "{key}: {found:?}");
        }
    }

    /// The same, and pages of every size up to all.
    pub(super) fn check_all(&self, store: &dyn Store) {
        self.check_records(store);
        for limit in [1, 3, usize::from(KEYS) + 2] {
            let limit = NonZeroUsize::new(limit).unwrap_or(NonZeroUsize::MIN);
            let mut all = Page::new();
            loop {
                let after = all.last().map(|(key, _, _)| key.clone());
                let page = page_of(block_on(store.scan(b"", after.as_ref(), limit)).unwrap());
                let is_last = page.len() < limit.get();
                all.extend(page);
                if is_last {
                    break;
                }
            }
            assert_eq!(all, self.page(b"", None, NonZeroUsize::MAX), "in pages of {limit}");
        }
    }
}

/// A page with its values.
pub(super) fn page_of(page: Vec<(Key, Record)>) -> Page {
    page.into_iter().map(|(key, record)| (key, record.revision(), record.into_value())).collect()
}
