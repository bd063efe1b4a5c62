//! Backups, and commits that wait for room.

use std::fs;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;

use plugmint::{StageName, Store};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key};
use plugmint_tests::{Scene, SimDisk, design, generated_password, polled};
use pollster::block_on;

use crate::is_whole;

#[test]
fn a_backup_that_is_dropped_anywhere_is_whole_or_not_there() {
    for polls in 0..100 {
        let (directory, disk) = (tempfile::tempdir().unwrap(), SimDisk::new(Vec::new()));
        let path = directory.path().join("backup");
        let options = RedbOptions::default().with_cache_mib(4);
        let store = RedbStore::create_on(Arc::clone(&disk) as _, &options).unwrap();
        let new = Batch::new().put(Key::new(b"a").unwrap(), Guard::Absent, vec![1]).unwrap();
        block_on(store.commit(new)).unwrap();
        let done = polled(store.snapshot(&path), polls).is_some();
        drop(store);
        // The thread that writes it reads the disk until it ends.
        while Arc::strong_count(&disk) > 1 {
            thread::yield_now();
        }
        let is_there = path.exists();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), usize::from(is_there));
        if is_there {
            let restored = directory.path().join("restored");
            let store = RedbStore::restore(&path, restored, &options).unwrap();
            assert!(block_on(store.get(&Key::new(b"a").unwrap())).unwrap().is_some());
        }
        if done {
            assert!(is_there && polls > 1, "it waits for no thread");
            return;
        }
    }
    panic!("the backup does not come to its end");
}

#[test]
fn a_call_that_is_dropped_while_its_commit_waits_for_room_did_not_happen() {
    fn begun<'a, T>(call: impl Future<Output = T> + 'a) -> Pin<Box<dyn Future<Output = T> + 'a>> {
        let mut call = Box::pin(call);
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        call
    }
    let disk = SimDisk::new(Vec::new());
    let options = RedbOptions::default().with_most_waiting(NonZeroUsize::MIN);
    let store = RedbStore::create_on(Arc::clone(&disk) as _, &options).unwrap();
    let scene = block_on(Scene::new(Arc::new(store), design()));
    let id = block_on(scene.register("SN-1", &generated_password(1)));
    disk.shut_gate();
    let passwords = [1, 2, 3].map(generated_password);
    let written = begun(scene.register("SN-2", &passwords[1]));
    disk.wait_for_sync();
    let waiting = begun(scene.register("SN-3", &passwords[2]));
    drop(begun(scene.enroll(&id, &passwords[0])));
    disk.open_gate();
    let others = [block_on(written), block_on(waiting)];
    for id in &others {
        is_whole(&scene, id);
    }
    is_whole(&scene, &id);
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Registered);
}
