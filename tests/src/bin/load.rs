//! What the tests of durability kill: a process that lets devices live in a store, and tells of
//! every step once it is acknowledged.
//!
//! * `load lives STORE FIRST COUNT` prints `DEVICE STEPS` for each step
//! * `load create STORE` makes an empty store and prints `done`, or the code of the error
//! * `load open STORE` opens it, `load backup STORE BACKUP` writes a backup of it, and
//!   `load restore BACKUP STORE` makes a store of one; they print the same
//! * `load golden NUMBER` makes the golden stores of that number, where there are none

#![expect(clippy::panic, reason = "where the harness fails, the test shall fail")]
#![expect(clippy::unwrap_used, reason = "where the harness fails, the test shall fail")]

use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use plugmint_redb::{BackupError, RedbOptions, RedbStore, RestoreError};
use plugmint_store::{CreateStoreError, OpenStoreError};
use plugmint_tests::{
    LIFE, Lives, Scene, TOGETHER, begin_lives, golden_directory, make_golden, register_together,
};
use pollster::block_on;

const THREADS: u32 = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["lives", store, first, count] => {
            lives(Path::new(store), first.parse().unwrap(), count.parse().unwrap());
        }
        ["create", store] => end(RedbStore::create(store, &options()), CreateStoreError::code),
        ["open", store] => end(RedbStore::open(store, &options()), OpenStoreError::code),
        ["backup", store, backup] => {
            let store = RedbStore::open(store, &options()).unwrap();
            end(block_on(store.snapshot(backup)), BackupError::code);
        }
        ["restore", backup, store] => {
            end(RedbStore::restore(backup, store, &options()), RestoreError::code);
        }
        ["golden", number] => make_golden(&golden_directory(number.parse().unwrap())).unwrap(),
        words => panic!("{words:?}: expected a command"),
    }
}

/// Tells what came of it, and ends with 1 where that is an error.
fn end<T, E>(result: Result<T, E>, code: fn(&E) -> &'static str) {
    match result {
        Ok(_) => tell("done"),
        Err(error) => {
            tell(code(&error));
            std::process::exit(1);
        }
    }
}

fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(16)
}

fn lives(path: &Path, first: u32, count: u32) {
    let scene = if path.exists() {
        let store = RedbStore::open(path, &options()).unwrap();
        block_on(Lives::of(0).open(Arc::new(store))).unwrap()
    } else {
        let store = RedbStore::create(path, &options()).unwrap();
        block_on(begin_lives(Arc::new(store)))
    };
    tell("begun");
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let scene = &scene;
            let parts = (first..first + count).step_by(TOGETHER as usize);
            let parts = parts.skip(thread as usize).step_by(THREADS as usize);
            scope.spawn(move || parts.for_each(|first| live(scene, first..first + TOGETHER)));
        }
    });
    tell("done");
}

/// Whole lives, registered together and told step by step.
fn live(scene: &Scene, devices: Range<u32>) {
    for (step, verb) in LIFE.into_iter().enumerate() {
        if step == 0 {
            block_on(register_together(scene, devices.clone())).unwrap();
        }
        for device in devices.clone() {
            if step > 0 {
                block_on(verb.take(scene, device)).unwrap();
            }
            tell(&format!("{device} {}", step + 1));
        }
    }
}

/// One write for each line, so that a kill cuts none in two.
fn tell(line: &str) {
    let line = format!("{line}\n");
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}
