//! How a golden store comes to be, once.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;
use serde_json::Value;

use super::story::Story;
use super::{ASKS, HOLDS, STORE, answer, everything, open_golden};

/// Makes a golden store of what this version writes, in a new directory: everything that it can
/// write, what reading it gives, and what whoever was told something is answered.
///
/// # Errors
/// When the directory is there: what a golden store is never changes.
pub fn make_golden(directory: &Path) -> io::Result<()> {
    fs::create_dir(directory)?;
    let apart = tempfile::tempdir()?;
    let (lived, backup) = (apart.path().join("lived.redb"), apart.path().join("backup"));
    let store = Arc::new(RedbStore::create(lived, &RedbOptions::default()).unwrap());
    let asks = block_on(Story::tell(Arc::clone(&store)));
    // What is restored has no page that lies empty.
    block_on(store.snapshot(&backup)).unwrap();
    drop(RedbStore::restore(backup, directory.join(STORE), &RedbOptions::default()).unwrap());
    // Looking and asking happen to a copy, as whenever it is tried.
    let copy = apart.path().join(STORE);
    fs::copy(directory.join(STORE), &copy)?;
    let scene = open_golden(RedbStore::open(copy, &RedbOptions::default()).unwrap());
    fs::write(directory.join(HOLDS), lines(everything(&scene.registry)))?;
    let answered = asks.into_iter().map(|mut ask| {
        ask["answer"] = answer(&scene.registry, &ask);
        ask
    });
    fs::write(directory.join(ASKS), lines(answered))
}

/// What this version writes where it can: the store that [`make_golden`] would make.
#[must_use]
pub fn store_of_today(directory: &Path) -> Arc<RedbStore> {
    let store = RedbStore::create(directory.join(STORE), &RedbOptions::default()).unwrap();
    let store = Arc::new(store);
    block_on(Story::tell(Arc::clone(&store)));
    store
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().flat_map(|value| [value.to_string(), "\n".to_owned()]).collect()
}
