//! What a registry answers, operation by operation.

#![cfg(test)]

mod attempts;
mod authenticating;
mod enrolling;
mod key_files;
mod looking_up;
mod opening;
mod operating;
mod prelude;
mod registering;
mod root_keys;
mod troubles;
