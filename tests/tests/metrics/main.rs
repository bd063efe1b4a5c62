//! What a registry and its store count and time, where somebody counts.

#![cfg(test)]

mod calls;
mod commits;
mod documentation;
mod hashing;
mod outcomes;
mod scene;
