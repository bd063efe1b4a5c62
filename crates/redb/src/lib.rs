//! A plugmint store in one file: embedded, durable, without a server.
//!
//! [`RedbStore`] keeps the whole contract of [`plugmint_store::Store`] over the database redb. A
//! commit is on disk before it answers; a crash at any point leaves every acknowledged commit
//! whole, and one that was under way whole or not at all. Nothing of redb shows in this API.
//!
//! * [`create`](RedbStore::create) makes a store where there is none and never touches what is
//!   there; [`open`](RedbStore::open) opens one and never makes one. A crash while creating leaves
//!   nothing under the name or a whole store, and perhaps a file `.plugmint-*.new` beside it, which
//!   the next one that is made there a day later deletes.
//! * Opening verifies the checksum of every page. That reads the whole file: about a second for a
//!   million records.
//! * One process owns the file; a second one is told so.
//! * [`snapshot`](RedbStore::snapshot) writes a backup while the store serves,
//!   [`restore`](RedbStore::restore) makes a store of it.
//!
//! # Commits
//! One thread writes. It takes all batches that wait, settles them one after the other, each with
//! its own verdict, in one transaction, and answers when the disk has it: under load one sync
//! serves hundreds of callers. Nobody waits for a timer; alone, a caller pays its own sync and two
//! changes of threads. A commit that was handed over is finished, also when its future is dropped.
//! It needs no async runtime.
//!
//! When the disk fails a read, a write or a sync, everybody whose batch was in that commit is told,
//! and from then on every commit fails: what a disk did not take once it may have lost before. So
//! does every read of a page that is not in the cache; what is read is what was acknowledged, or an
//! error. Dropping the last handle and calling [`open`](RedbStore::open) shows what was kept, and
//! serves again.
//!
//! [`with_metrics`](RedbOptions::with_metrics) tells how many share a sync, and how long it takes.
//!
//! # Reads
//! A read sees the last commit that was acknowledged, and never waits for a writer or for a disk
//! that others wait for.
//! It runs on the thread that polls it: half a microsecond to two where the pages are in the cache,
//! and up to one read of the disk for each level of the tree, three or four, where they are not,
//! for which an executor's thread then waits. Where a store outgrows
//! [`with_cache_mib`](RedbOptions::with_cache_mib),
//! [`with_read_threads`](RedbOptions::with_read_threads) moves reads to threads of the store's own.
//!
//! # Features
//! * `testing`: stores on a `Disk` of a test's own, which can fail, tear and forget.
//!
//! # Example
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

mod backup;
mod database;
#[cfg(feature = "testing")]
mod disk;
mod file;
mod group;
mod hand_over;
mod header;
mod join;
mod metrics;
mod options;
mod read_threads;
mod reader;
mod redb_store;
mod revisions;
mod snapshot;
mod sync;
mod tables;
mod thrice;
mod unsettled;
mod writer;

pub use backup::{Backup, BackupError, RestoreError};
#[cfg(feature = "testing")]
pub use disk::Disk;
pub use options::RedbOptions;
pub use redb_store::RedbStore;
