//! Controllers and grants: who may act on a Thing, and what ends that.

#![cfg(test)]

mod connecting;
mod enrolling;
mod granting;
mod home;
mod model;
mod nothing_comes_back;
mod places;
mod reactivating;
mod scene;
mod verbs;
