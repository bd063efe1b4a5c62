//! A store of one's own: three methods over a map. What makes it a store is that a batch lands
//! whole or not at all, and only while all that it was decided on still holds. `cargo run -p
//! plugmint --example custom_store`; `docs/backends.md` says the rest.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use plugmint::{Registry, RootKey, StoreError, TemplateDesign, TemplateName};
use plugmint_store::{Batch, CommitError, Effect, Key, Record, Revision, Store};

/// Records by their keys, and how many commits there were.
#[derive(Default)]
struct MapStore(Mutex<(BTreeMap<Key, Record>, u128)>);

impl MapStore {
    fn held(&self) -> MutexGuard<'_, (BTreeMap<Key, Record>, u128)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MapStore {
    async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        Ok(self.held().0.get(key).cloned())
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let held = self.held();
        let behind = held.0.iter().filter(|(key, _)| after.is_none_or(|after| *key > after));
        let found = behind.filter(|(key, _)| key.as_bytes().starts_with(prefix));
        Ok(found.take(limit.get()).map(|(key, record)| (key.clone(), record.clone())).collect())
    }

    async fn commit(&self, batch: Batch) -> Result<Revision, CommitError> {
        // Nobody else writes between the look at the guards and the last effect.
        let mut held = self.held();
        let revision_of = |key: &Key| Ok::<_, Infallible>(held.0.get(key).map(Record::revision));
        if let Ok(Some(key)) = batch.violated(revision_of) {
            return Err(CommitError::Conflict(Box::new(key.clone())));
        }
        // A revision is never given twice.
        held.1 += 1;
        let revision = Revision::from_parts(held.1.to_be_bytes());
        for (key, step) in batch.into_steps() {
            match step.into_effect() {
                Effect::Keep => {}
                Effect::Put(value) => drop(held.0.insert(key, Record::new(revision, value))),
                Effect::Delete => drop(held.0.remove(&key)),
            }
        }
        Ok(revision)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root_key = RootKey::parse(&"5a".repeat(32))?;
    pollster::block_on(async {
        let store = Arc::new(MapStore::default());
        let registry = Registry::create(Arc::clone(&store) as _, &root_key).await?;
        let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?);
        let template = registry.create_template(registry.company(), design).await?;
        println!("{}: {} records", template.design().name(), store.held().0.len());
        drop(registry);
        let again = Registry::open(store, &root_key).await?;
        println!("{}", again.template(template.id()).await?.design().name());
        Ok(())
    })
}
