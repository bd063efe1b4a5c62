//! The program, as operators and factories run it: real processes over real files.

#![cfg(test)]

mod backups;
mod derive;
mod home;
mod import;
mod program;
mod secrets;
mod serials;
