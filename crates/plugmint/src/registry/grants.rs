//! Grants: who may act on which Thing.

mod access;
mod by_holder;
mod by_operator;
mod error;
mod list;

pub use by_operator::{GrantError, ReleaseError};
pub use error::AddThingError;
pub use list::{GrantOf, GrantOn, GrantsOfPage, GrantsOnPage};
