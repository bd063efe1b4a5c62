//! Versions of the root key: a new one comes, everything goes under it, an old one goes.

#![cfg(test)]

mod controllers_meanwhile;
mod controlling;
mod crashing;
mod dropping;
mod files;
mod fleet;
mod prelude;
mod racing;
mod rotating;
mod sweeping;
mod tagging;
