//! Stores that a version of plugmint wrote, which every later one must read.

mod asking;
mod difference;
mod making;
mod reading;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder};
use plugmint::{Registry, SerialFilter, SerialScope, TemplateId};
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Keys, Lives, Scene, to_hex};

pub use asking::answer;
pub use difference::difference;
pub use making::{make_golden, store_of_today};
pub use reading::everything;

/// A store file and what is written down beside it, none of which ever changes.
#[derive(Debug)]
pub struct Golden {
    /// Its place among all: a later one is of a later version, that writes something else.
    pub number: u32,
    /// How it came to be.
    pub story: GoldenStory,
    /// Each file with its SHA-256: the store, what reading it gives, what is asked and answered.
    pub files: [(&'static str, &'static str); 3],
}

/// How a golden store came to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GoldenStory {
    /// With tags: everything that its version can write, put away and brought back.
    Whole,
    /// As a library's user begins: without tags, under one root key, the file as it was made.
    Plain,
}

/// All there are, oldest first.
pub const GOLDEN: [Golden; 2] = [
    Golden {
        number: 1,
        story: GoldenStory::Whole,
        files: [
            ("store.redb", "3fb1793caa4865a19c872101b804d7597c87041d1044036c17cc783f1422086d"),
            ("holds.jsonl", "0c447e065c8fd13a5236338a32a9b736ae20d539e4409b718412c893de40290a"),
            ("asks.jsonl", "3c8f430ba923dc5adf5b1321d6deda6b74415b88dd7a5cefc891eb6cd8aaef9e"),
        ],
    },
    Golden {
        number: 1,
        story: GoldenStory::Plain,
        files: [
            ("plain.redb", "207328adaeee04a62e01dc31400fc1b7e4d69970cd46f0a202012565557a063a"),
            (
                "plain-holds.jsonl",
                "53d1a5ee95df408caf30b0f0495e197d4f47a1a84bed62b99c44f859fc395423",
            ),
            (
                "plain-asks.jsonl",
                "c924a9a0062064b0d35b3f272818d63322388494e15b8ec2825680904f19c636",
            ),
        ],
    },
];

impl Golden {
    /// Where it lies.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        golden_directory(self.number)
    }

    /// The SHA-256 of one of its files as it is now.
    #[must_use]
    pub fn hash(&self, file: &str) -> String {
        to_hex(&Sha256::digest(fs::read(self.directory().join(file)).unwrap()))
    }

    /// What reading all of it must give.
    #[must_use]
    pub fn holds(&self) -> Vec<Value> {
        self.lines(self.files[1].0)
    }

    /// What is asked of it, one after the other, each with the answer that must be given.
    #[must_use]
    pub fn asks(&self) -> Vec<Value> {
        self.lines(self.files[2].0)
    }

    fn lines(&self, file: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.directory().join(file)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A copy of the store, opened; the file itself is never opened, as that may write.
    #[must_use]
    pub fn store(&self, directory: &Path) -> RedbStore {
        let store = self.files[0].0;
        let copy = directory.join(store);
        fs::copy(self.directory().join(store), &copy).unwrap();
        RedbStore::open(copy, &RedbOptions::default()).unwrap()
    }
}

/// Where the golden store of that number lies.
#[must_use]
pub fn golden_directory(number: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/golden-{number}"))
}

/// The registry of a golden store, or of a copy, and the template of its [lives](Lives).
#[must_use]
pub fn open_golden(of: GoldenStory, store: RedbStore) -> Scene {
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::new(store), Arc::clone(&clock), 2);
    let (settings, keys) = match of {
        // The root of the key version that was dropped is gone.
        GoldenStory::Whole => (settings.with_tagged_records(), Keys::of(&[2, 3, 4])),
        GoldenStory::Plain => (settings, Keys::of(&[1])),
    };
    let registry: Registry = block_on(settings.open(&keys)).unwrap();
    let template = block_on(registry.template(&Lives::of(0).template())).unwrap();
    Scene { registry, clock, template, ada: "ada".parse().unwrap() }
}

/// All serials of a template.
#[must_use]
pub const fn of_template(id: &TemplateId) -> SerialFilter {
    SerialFilter::of(SerialScope::Template(*id))
}
