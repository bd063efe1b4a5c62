//! Controllers and grants while their Things come to an end: in races, in crashes, and in calls
//! that nobody waits for.

#![cfg(test)]

mod crashing;
mod disturbed;
mod meanwhile;
mod racing;
mod story;
