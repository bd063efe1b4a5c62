//! The locks of the hand-over. Its test puts others in their place, which try every order of
//! threads.

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
