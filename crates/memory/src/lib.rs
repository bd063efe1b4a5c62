//! A plugmint store in memory.
//!
//! [`MemoryStore`] keeps the contract of [`plugmint_store::Store`] but for durability: what it
//! holds is gone with it. It is for tests, demonstrations and platforms that keep their truth
//! elsewhere.
//!
//! Records lie in 64 shards, each a hash table and its keys in order behind a lock of its own. A
//! `get` locks one shard for reading; a commit locks the shards of its keys, in one order, those
//! that it only guards for reading; a scan merges all shards. No call waits for another one but for
//! these locks, so calls are answered at their first poll.
//!
//! ```
//! use plugmint_memory::MemoryStore;
//! use plugmint_store::{Batch, Guard, Key, Store};
//!
//! # pollster::block_on(async {
//! let store = MemoryStore::new();
//! let key = Key::new(b"greeting")?;
//! store.commit(Batch::new().put(key.clone(), Guard::Absent, b"hello".to_vec())?).await?;
//! assert_eq!(store.get(&key).await?.unwrap().value(), b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod memory_store;
mod records;
mod shard;

pub use memory_store::MemoryStore;
