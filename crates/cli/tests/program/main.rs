//! The program, as operators and factories run it: real processes over real files.

#![cfg(test)]

mod backups;
mod changes;
mod derive;
mod feed;
mod histories;
mod home;
mod import;
mod lists;
mod program;
mod secrets;
mod serials;
mod show;
mod templates;
