//! Panics of every thread of this process: one of a thread of the store's own is seen by no caller.

use std::collections::BTreeMap;
use std::panic;
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

/// Counts panics from now on, by the names of their threads.
pub fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let name = thread::current().name().unwrap_or("without a name").to_owned();
            *PANICS.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
            others(panic);
        }));
    });
}

/// Panics of the threads of stores so far, in any test of this process, by the threads' names.
#[must_use]
pub fn panics_of_stores() -> BTreeMap<String, usize> {
    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    panics.retain(|name, _| name.starts_with(STORE_THREADS));
    panics
}

/// How the names of a store's threads begin.
pub const STORE_THREADS: &str = "plugmint-redb-";

static PANICS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
