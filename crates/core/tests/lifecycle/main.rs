//! The life of a serial, verb by verb and stage by stage.

#![cfg(test)]

mod ask;
mod credentials;
mod documentation;
mod enrolling;
mod labels_and_sources;
mod marking;
mod nothing_comes_back;
mod overlaps;
mod passwords;
mod scene;
mod seen_epochs;
mod table;
mod transfers;
