//! Devices over HTTP, as they are: what they send byte by byte, and what they are answered.

#![cfg(test)]

mod anything;
mod changing;
mod client;
mod controlling;
mod curl;
mod document;
mod enrolling;
mod home;
mod lengthless;
mod lists;
mod malformed;
mod nowhere;
mod overlapping;
mod overriding;
mod own_reads;
mod reading;
mod removing;
mod restarting;
mod sitting;
mod waiting;
mod weather;
