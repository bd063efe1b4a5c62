//! No secret stands in anything that plugmint says or writes.
//!
//! A story uses secrets that are all known, the derived ones too, and everything that comes of it
//! is kept: traces at TRACE, values as `{:?}` and as JSON, errors, and every file. Traces and
//! panics of all other tests of this package are watched while they run; the program has a test of
//! its own, over real processes.

#![cfg(test)]

mod controlling;
mod host;
mod keeping;
mod kept;
mod later;
mod looking;
mod planted;
mod rotating;
mod secrets;
mod spans;
mod story;
mod traits;
