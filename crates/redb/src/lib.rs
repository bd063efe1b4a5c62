//! A plugmint store in one file: embedded, durable, without a server.
//!
//! [`RedbStore`] keeps the whole contract of [`plugmint_store::Store`] over the database redb. A
//! commit is on disk before it answers; a crash at any point leaves every acknowledged commit
//! whole, and one that was under way whole or not at all. Nothing of redb shows in this API.
//!
//! * [`create`](RedbStore::create) makes a store where there is none and never touches what is
//!   there; [`open`](RedbStore::open) opens one and never makes one. A crash while creating leaves
//!   nothing under the name, at most a file `.plugmint-*.new` beside it that may be deleted.
//! * Opening verifies the checksum of every page. That reads the whole file: about a second for a
//!   million records.
//! * One process owns the file; a second one is told so.
//! * Reads and commits run on the thread that polls them, and a commit blocks it until the disk has
//!   answered. Commits run one after another.
//!
//! ```
//! use plugmint_redb::{RedbOptions, RedbStore};
//! use plugmint_store::{Batch, Guard, Key, Store};
//!
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("store.redb");
//! # pollster::block_on(async {
//! let store = RedbStore::create(&path, &RedbOptions::default())?;
//! let key = Key::new(b"greeting")?;
//! store.commit(Batch::new().put(key.clone(), Guard::Absent, b"hello".to_vec())?).await?;
//! drop(store);
//!
//! let store = RedbStore::open(&path, &RedbOptions::default())?;
//! assert_eq!(store.get(&key).await?.unwrap().value(), b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod file;
mod header;
mod redb_store;
mod tables;
mod writer;

pub use file::RedbOptions;
pub use redb_store::RedbStore;
