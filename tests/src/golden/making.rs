//! How golden stores come to be, once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;
use serde_json::Value;

use super::story::Story;
use super::{GoldenStory, answer, everything, open_golden};

/// Makes the golden stores of what this version writes, in a new directory: of each story the
/// store, what reading it gives, and what whoever was told something is answered.
///
/// # Errors
/// When the directory is there: what a golden store is never changes.
pub fn make_golden(directory: &Path) -> io::Result<()> {
    fs::create_dir(directory)?;
    let (whole, plain) = (GoldenStory::Whole, GoldenStory::Plain);
    make(whole, directory, ["store.redb", "holds.jsonl", "asks.jsonl"])?;
    make(plain, directory, ["plain.redb", "plain-holds.jsonl", "plain-asks.jsonl"])
}

/// What this version writes where it can: the store that [`make_golden`] would make.
#[must_use]
pub fn store_of_today(of: GoldenStory, directory: &Path) -> Arc<RedbStore> {
    tell(of, directory.join("today.redb")).0
}

fn make(of: GoldenStory, directory: &Path, files: [&str; 3]) -> io::Result<()> {
    let apart = tempfile::tempdir()?;
    let [file, holds, asked] = files.map(|file| directory.join(file));
    let asks = match of {
        GoldenStory::Whole => {
            let (store, asks) = tell(of, apart.path().join("lived.redb"));
            let backup = apart.path().join("backup");
            // What is restored has no page that lies empty.
            block_on(store.snapshot(&backup)).unwrap();
            drop(RedbStore::restore(backup, &file, &RedbOptions::default()).unwrap());
            asks
        }
        GoldenStory::Plain => tell(of, file.clone()).1,
    };
    // Looking and asking happen to a copy, as whenever it is tried.
    let copy = apart.path().join("copy.redb");
    fs::copy(file, &copy)?;
    let scene = open_golden(of, RedbStore::open(copy, &RedbOptions::default()).unwrap());
    fs::write(holds, lines(everything(&scene.registry)))?;
    let answered = asks.into_iter().map(|mut ask| {
        ask["answer"] = answer(&scene.registry, &ask);
        ask
    });
    fs::write(asked, lines(answered))
}

/// Lets a story happen in a new file.
fn tell(of: GoldenStory, file: PathBuf) -> (Arc<RedbStore>, Vec<Value>) {
    let store = Arc::new(RedbStore::create(file, &RedbOptions::default()).unwrap());
    let asks = match of {
        GoldenStory::Whole => block_on(Story::tell(Arc::clone(&store))),
        GoldenStory::Plain => block_on(Story::tell_plain(Arc::clone(&store))),
    };
    (store, asks)
}

fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().flat_map(|value| [value.to_string(), "\n".to_owned()]).collect()
}
