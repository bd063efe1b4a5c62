//! No secret is left in memory that was freed.

#![cfg(test)]

mod controlling;
mod derivation;
mod device_stream;
mod later;
mod planted;
mod registry;
mod root_keys;
mod secrets;
