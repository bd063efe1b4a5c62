//! The life of a serial: Registered, Enrolled, Activated, and Retired at the end.
//!
//! Each stage is a struct of its own with the transitions that lead out of it; [`Stage`] is the one
//! value that a record holds. [`SerialRecord`] takes the decisions: each verb consumes the record
//! and answers with a [`Decision`], which says what must be committed before the answer may be
//! given. Nothing here reads a clock or a store.

mod activated;
mod change;
mod enrolled;
mod record;
mod registered;
mod registration;
mod retired;
mod serial_record;
mod stage;

pub use activated::Activated;
pub use change::{Change, Decision, Outcome};
pub use enrolled::{Enrolled, Identity};
pub use registered::Registered;
pub use registration::{Mark, Registration};
pub use retired::Retired;
pub use serial_record::{
    EnrollOutcome, EnrollRefusal, Enrollment, RetiredSerial, SerialRecord, Stranger,
};
pub use stage::{Stage, StageName};
