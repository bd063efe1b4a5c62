//! Controllers: who enrolls with the control password of a Thing, and what happens to them.

mod connect;
mod control;
mod enroll;
mod error;
mod look_up;
mod verbs;

pub(super) use control::NotTried;
pub use error::EnrollControllerError;
pub use look_up::ControllerPage;
pub use verbs::{MarkControllerError, ReactivateControllerError};
