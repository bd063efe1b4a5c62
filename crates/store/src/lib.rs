//! The storage contract of plugmint.
//!
//! A backend implements three methods over opaque keys and bytes: [`get`](Store::get),
//! [`scan`](Store::scan) and [`commit`](Store::commit). All meaning (key layout, encoding, rules)
//! lives above it, so a backend never changes when the domain grows. What it owes is numbered on
//! the trait, C1 to C7, and the suite behind the feature `conformance` checks each clause by name.
//!
//! A [`Batch`] maps each key to one guard and one effect:
//!
//! ```
//! use plugmint_store::{Batch, Guard, Key};
//!
//! let key = Key::new(b"s/SN-0001")?;
//! let batch = Batch::new().put(key.clone(), Guard::Absent, b"record".to_vec())?;
//! assert!(batch.keep(key, Guard::Absent).is_err()); // one step for each key
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! * `tagged`: [`Tagged`], a store over a store whose records cannot be changed unseen.
//! * `conformance`: the suite and the macro `conformance!`. It may gain tests in any release: a
//!   failure is a finding about the backend, not a breaking change.

mod batch;
mod error;
mod key;
mod opening;
mod record;
mod store;
#[cfg(feature = "tagged")]
mod tagged;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use batch::{Batch, DoubledKey, Effect, Guard, Step};
pub use error::{CommitError, Operation, StoreError};
pub use key::{InvalidKey, Key};
pub use opening::{CreateStoreError, OpenStoreError};
pub use record::{Record, Revision};
pub use store::{Store, scan_range};
#[cfg(feature = "tagged")]
pub use tagged::{TAG_LEN, TagError, TagKey, Tagged, tag_version};
