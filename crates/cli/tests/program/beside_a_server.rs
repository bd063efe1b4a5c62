//! The same claims as without a server, and some more, while `plugmint serve` owns the store: a
//! verb that opened it itself would be refused.

#![cfg(test)]

mod backups;
mod changes;
mod controllers;
#[expect(dead_code, reason = "what is run without a server uses more of it")]
mod curl;
mod feed;
mod grants;
mod histories;
mod import;
mod keys;
mod lists;
mod operators;
mod pipes;
#[expect(dead_code, reason = "what is run with and without a server uses each a part of it")]
mod program;
mod secrets;
mod serials;
#[expect(dead_code, reason = "what is run without a server uses more of it")]
mod server;
mod show;
mod templates;

/// A server owns the store, and each verb asks it.
const SERVED: bool = true;
