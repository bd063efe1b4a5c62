//! The program, as operators and factories run it: real processes over real files.

#![cfg(test)]

mod backups;
mod changes;
mod controllers;
mod curl;
mod derive;
mod feed;
mod grants;
mod histories;
mod home;
mod import;
mod keys;
mod keys_alone;
mod killed;
mod lists;
mod metrics;
mod pipes;
#[expect(dead_code, reason = "what is run with and without a server uses each a part of it")]
mod program;
mod secrets;
mod serials;
mod server;
mod serving;
mod show;
mod templates;

/// Each verb opens the store itself.
const SERVED: bool = false;
