//! The suite that every backend must pass: one function for each clause of
//! [`Store`](crate::Store).
//!
//! [`conformance!`](crate::conformance!) turns the functions into named tests; no async runtime is
//! needed. `open` makes or opens the store: each test evaluates the expression anew, and a durable
//! one must open the same data again each time it is called.
//!
//! ```
//! # use std::num::NonZeroUsize;
//! # use plugmint_store::{Batch, CommitError, Key, Record, Revision, Store, StoreError};
//! # pub struct MyStore;
//! # impl MyStore {
//! #     pub fn new() -> Result<Self, std::io::Error> { Ok(Self) }
//! # }
//! # #[async_trait::async_trait]
//! # impl Store for MyStore {
//! #     async fn get(&self, _: &Key) -> Result<Option<Record>, StoreError> { Ok(None) }
//! #     async fn scan(&self, _: &[u8], _: Option<&Key>, _: NonZeroUsize)
//! #         -> Result<Vec<(Key, Record)>, StoreError> { Ok(vec![]) }
//! #     async fn commit(&self, _: Batch) -> Result<Revision, CommitError> {
//! #         Ok(Revision::from_parts([0; 16]))
//! #     }
//! # }
//! mod my_store_keeps_the_contract {
//!     use super::MyStore;
//!
//!     plugmint_store::conformance!(volatile: || MyStore::new());
//! }
//! # fn main() {}
//! ```
//!
//! A test that fails prints the clause and what was seen. The suite may gain tests in any release:
//! a failure is a finding about the backend.

mod atomicity;
mod durability;
mod reading;
mod revisions;
mod trial;
mod violation;

use trial::{BoxError, Trial};

pub use atomicity::{
    c1_a_batch_happens_whole_or_not_at_all, c2_every_guard_holds_at_the_instant_of_the_write,
};
pub use durability::{
    c6_what_was_acknowledged_is_there_after_a_reopen, c7_the_last_handle_releases_the_data,
};
pub use reading::{c4_a_read_after_a_commit_sees_it, c5_a_scan_is_ordered_and_resumes};
pub use revisions::{
    c3_a_revision_is_never_given_twice, c3_a_revision_is_never_given_twice_across_reopens,
};
pub use violation::{Clause, Violation};

/// Names a test for each clause of the contract.
///
/// `volatile:` takes an expression of type `Fn() -> Result<impl Store, E>` that gives a new, empty
/// store, and checks C1 to C5. `durable:` takes one that opens the same data at each call, and
/// checks C1 to C7. The expression is evaluated once for each test, so a directory that it makes is
/// that test's own.
#[macro_export]
macro_rules! conformance {
    (volatile: $open:expr) => {
        $crate::conformance!(@ $open;
            c1_a_batch_happens_whole_or_not_at_all
            c2_every_guard_holds_at_the_instant_of_the_write
            c3_a_revision_is_never_given_twice
            c4_a_read_after_a_commit_sees_it
            c5_a_scan_is_ordered_and_resumes
        );
    };
    (durable: $open:expr) => {
        $crate::conformance!(volatile: $open);
        $crate::conformance!(@ $open;
            c3_a_revision_is_never_given_twice_across_reopens
            c6_what_was_acknowledged_is_there_after_a_reopen
            c7_the_last_handle_releases_the_data
        );
    };
    (@ $open:expr; $($clause:ident)+) => {
        $(
            #[test]
            fn $clause() -> Result<(), $crate::conformance::Violation> {
                $crate::conformance::$clause($open)
            }
        )+
    };
}
