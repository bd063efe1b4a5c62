//! The life of a serial: Registered, Enrolled, Activated, and Retired at the end.
//!
//! Each stage is a struct of its own with the transitions that lead out of it; [`Stage`] is the one
//! value that a record holds. [`SerialRecord`] takes the decisions: each verb consumes the record
//! and answers with a [`Decision`], which says what must be committed before the answer may be
//! given. Nothing here reads a clock or a store.

mod activated;
mod change;
mod connecting;
mod enrolled;
mod enrolling;
mod marking;
mod overlap;
mod record;
mod refusal;
mod registered;
mod registration;
mod renewal;
mod resealing;
mod retired;
mod revoking;
mod serial_record;
mod stage;
mod table;

pub use activated::Activated;
pub use change::{Change, Decision, Outcome};
pub use enrolled::{Enrolled, Identity};
pub use enrolling::{EnrollOutcome, EnrollRefusal, Enrollment, Stranger};
pub use overlap::Overlap;
pub use refusal::{
    EpochRefusal, OperatorEnrollRefusal, ReplaceControlRefusal, ReplaceRefusal, RetiredSerial,
    RevokeRefusal, TransferRefusal,
};
pub use registered::{Former, Registered};
pub use registration::{ControlOrigin, Mark, Registration};
pub use renewal::{Offered, Raise, Renewal, Which};
pub use retired::Retired;
pub use revoking::GrantsThen;
pub use serial_record::SerialRecord;
pub use stage::{Stage, StageName};
pub use table::{
    Answer, EpochRank, InTemplate, Living, Place, Point, Rule, Situation, UnknownVerb, Verb, rule,
};
