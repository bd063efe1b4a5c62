//! Where a host has its say, and what it is told.
//!
//! All of it is called on the caller's thread, inside the operation: be quick, do not block, and do
//! not call the registry back.

mod decider;
mod observer;
mod telling;

pub use decider::{Decider, EnrollRequest, Verdict};
pub use observer::{
    Attempt, CloneSuspicion, Ending, Observer, RefusedAttempt, RepeatedEnrollment, Revocation,
};
pub(crate) use telling::{News, Suspicion, Telling};
