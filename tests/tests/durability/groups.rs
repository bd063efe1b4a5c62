//! Commits of many callers under one sync.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, CommitError, Guard, Key, Record, Revision, Store};
use plugmint_tests::{Plan, SimDisk, panics_of_stores, watch_panics};
use pollster::block_on;

type Commit<'a> = Pin<Box<dyn Future<Output = Result<Revision, CommitError>> + Send + 'a>>;

fn store_with(options: &RedbOptions) -> (RedbStore, Arc<SimDisk>) {
    let disk = SimDisk::new(Vec::new());
    (RedbStore::create_on(Arc::clone(&disk) as _, options).unwrap(), disk)
}

fn store() -> (RedbStore, Arc<SimDisk>) {
    store_with(&RedbOptions::default())
}

fn key(name: &str) -> Key {
    Key::new(name.as_bytes()).unwrap()
}

fn put(name: &str) -> Batch {
    Batch::new().put(key(name), Guard::Absent, name.as_bytes().to_vec()).unwrap()
}

fn has(store: &RedbStore, name: &str) -> bool {
    let record = block_on(store.get(&key(name))).unwrap();
    assert!(record.as_ref().is_none_or(|record| record.value() == name.as_bytes()));
    record.is_some()
}

fn poll(commit: &mut Commit<'_>) -> Poll<Result<Revision, CommitError>> {
    commit.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A commit that was handed over and is not answered.
fn handed_over<'a>(store: &'a RedbStore, batch: Batch) -> Commit<'a> {
    let mut commit: Commit<'a> = Box::pin(store.commit(batch));
    assert!(poll(&mut commit).is_pending(), "a commit that the disk did not answer is answered");
    commit
}

/// Runs `next` while the writer waits for the disk with a batch of its own, so that all that it
/// hands over comes into the next group.
fn while_the_disk_is_busy<'a>(
    store: &'a RedbStore,
    disk: &SimDisk,
    next: impl FnOnce() -> Vec<Commit<'a>>,
) -> Vec<Result<Revision, CommitError>> {
    disk.shut_gate();
    let busy = handed_over(store, put("busy"));
    disk.wait_for_sync();
    let commits = next();
    disk.open_gate();
    block_on(busy).unwrap();
    commits.into_iter().map(block_on).collect()
}

#[test]
fn callers_that_wait_while_the_disk_is_busy_share_the_next_sync() {
    let (store, disk) = store();
    let before = store.groups();
    let names: Vec<_> = (0..256).map(|number| format!("record-{number}")).collect();
    let answers = while_the_disk_is_busy(&store, &disk, || {
        names.iter().map(|name| handed_over(&store, put(name))).collect()
    });
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(store.groups() - before, 2);
    assert!(names.iter().all(|name| has(&store, name)));
}

#[test]
fn each_batch_of_a_group_has_its_own_verdict_behind_those_before_it() {
    let (store, disk) = store();
    let old = block_on(store.commit(put("old"))).unwrap();
    let gone = block_on(store.commit(put("gone"))).unwrap();
    let answers = while_the_disk_is_busy(&store, &disk, || {
        let batches = [
            put("first"),
            // Somebody in this group was faster.
            put("first"),
            put("other").keep(key("first"), Guard::Absent).unwrap(),
            Batch::new().put(key("old"), Guard::At(old), b"old".to_vec()).unwrap(),
            Batch::new().delete(key("old"), old).unwrap(),
            Batch::new().delete(key("gone"), gone).unwrap(),
            // What a batch before it deleted is absent.
            put("gone"),
            Batch::new().keep(key("gone"), Guard::At(gone)).unwrap(),
            // What no batch before it touched is as it was on the disk.
            put("last").keep(key("busy-not"), Guard::Absent).unwrap(),
        ];
        batches.into_iter().map(|batch| handed_over(&store, batch)).collect()
    });
    let verdicts: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(_) => "done".to_owned(),
            Err(CommitError::Conflict(key)) => key.to_string(),
            Err(CommitError::Store(error)) => panic!("{error:?}"),
        })
        .collect();
    let expected = ["done", "first", "first", "done", "old", "done", "done", "gone", "done"];
    assert_eq!(verdicts, expected);
    assert!(has(&store, "first") && has(&store, "gone") && has(&store, "last"));
    assert!(!has(&store, "other"), "a refused batch of a group wrote something");
    let revisions: std::collections::HashSet<_> =
        answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(revisions.len(), 5, "each batch has a revision of its own");
    let at = block_on(store.get(&key("gone"))).unwrap().as_ref().map(Record::revision);
    assert_eq!(at, answers[6].as_ref().ok().copied());
}

#[test]
fn what_a_reader_sees_is_on_the_disk() {
    let (store, disk) = store();
    disk.shut_gate();
    let commit = handed_over(&store, put("new"));
    disk.wait_for_sync();
    assert!(!has(&store, "new"), "a read sees what the disk does not have");
    disk.open_gate();
    block_on(commit).unwrap();
    assert!(has(&store, "new"));
}

#[test]
fn a_group_in_which_nothing_is_to_be_done_needs_no_sync() {
    let (store, disk) = store();
    block_on(store.commit(put("taken"))).unwrap();
    let (groups, syncs) = (store.groups(), disk.syncs());
    assert!(matches!(block_on(store.commit(put("taken"))), Err(CommitError::Conflict(_))));
    assert_eq!((store.groups(), disk.syncs()), (groups, syncs));
}

#[test]
fn a_commit_that_was_handed_over_is_done_though_nobody_waits() {
    let (store, disk) = store();
    while_the_disk_is_busy(&store, &disk, || {
        drop(handed_over(&store, put("abandoned")));
        vec![]
    });
    drop(store);
    let store = RedbStore::open_on(disk as _, &RedbOptions::default()).unwrap();
    assert!(has(&store, "abandoned"), "the last handle waits for what was handed over");
}

#[test]
fn callers_that_find_no_room_wait_for_it_and_may_leave() {
    let (store, disk) = store_with(&RedbOptions::default().with_most_waiting(NonZeroUsize::MIN));
    let answers = while_the_disk_is_busy(&store, &disk, || {
        let mut commits: Vec<_> =
            ["a", "b", "c", "d"].iter().map(|name| handed_over(&store, put(name))).collect();
        // It never came in.
        drop(commits.remove(2));
        commits
    });
    assert!(answers.iter().all(Result::is_ok));
    assert!(has(&store, "a") && has(&store, "b") && has(&store, "d"));
    assert!(!has(&store, "c"), "a commit that was not handed over happened");
}

/// What the writer wakes and waits for: until it is let go, it takes no further batch.
struct Held {
    woken: Mutex<Sender<()>>,
    let_go: Mutex<Receiver<()>>,
}

impl Wake for Held {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap().send(()).unwrap();
        self.let_go.lock().unwrap().recv().unwrap();
    }
}

/// Runs `next` while the writer has answered a batch of its own and is held, so that all that is
/// handed over comes into one group.
fn in_one_group<'a>(
    store: &'a RedbStore,
    next: impl FnOnce() -> Vec<Commit<'a>>,
) -> Vec<Commit<'a>> {
    let ((woken, is_woken), (let_go, is_let_go)) = (channel(), channel());
    let waker = Held { woken: Mutex::new(woken), let_go: Mutex::new(is_let_go) };
    let mut first: Commit<'a> = Box::pin(store.commit(put("first")));
    let waker = Waker::from(Arc::new(waker));
    assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    is_woken.recv().unwrap();
    let commits = next();
    let_go.send(()).unwrap();
    block_on(first).unwrap();
    commits
}

fn is_told(commit: Commit<'_>) {
    let Err(CommitError::Store(error)) = block_on(commit) else {
        panic!("answered as if the disk had taken it");
    };
    assert!(!error.is_transient());
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_failed_sync_is_told_to_all_whom_it_serves_and_to_all_that_wait_behind_it() {
    let (store, disk) = store();
    let served = in_one_group(&store, || {
        disk.shut_gate();
        ["busy", "a", "b", "c"].iter().map(|name| handed_over(&store, put(name))).collect()
    });
    disk.wait_for_sync();
    let groups = store.groups();
    // The last would be refused: what it is refused for may not last.
    let behind: Vec<_> =
        ["d", "e", "busy"].iter().map(|name| handed_over(&store, put(name))).collect();
    disk.plan(Plan::FailsNextSync);
    disk.open_gate();
    served.into_iter().chain(behind).for_each(is_told);
    assert_eq!((store.groups(), disk.failures()), (groups, 1));
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_the_store_is_reopened() {
    let (store, disk) = store();
    block_on(store.commit(put("before"))).unwrap();
    disk.plan(Plan::FailsNextSync);
    is_told(Box::pin(store.commit(put("failed"))));
    // The disk is well again, and nobody knows what it lost.
    is_told(Box::pin(store.commit(put("later"))));
    assert_eq!(disk.failures(), 1);
    assert!(has(&store, "before"), "what was acknowledged is read");
    drop(store);
    let store = RedbStore::open_on(disk as _, &RedbOptions::default()).unwrap();
    assert!(has(&store, "before"));
    assert!(!has(&store, "later"));
    block_on(store.commit(put("later"))).unwrap();
}

#[test]
fn a_file_that_is_written_again_and_again_does_not_grow() {
    let (store, disk) = store();
    let rewrite = |round: usize| {
        let key = key(&format!("record-{}", round % 50));
        let record = block_on(store.get(&key)).unwrap();
        let guard = record.map_or(Guard::Absent, |record| Guard::At(record.revision()));
        block_on(store.commit(Batch::new().put(key, guard, vec![0; 200]).unwrap())).unwrap();
    };
    (0..200).for_each(rewrite);
    let before = disk.bytes().len();
    (0..3_000).for_each(rewrite);
    let after = disk.bytes().len();
    assert!(after <= before * 2, "from {before} to {after} bytes");
}

#[test]
fn a_scan_whose_snapshot_gets_too_old_goes_on_with_a_newer_one() {
    let (store, _) = store_with(&RedbOptions::default().with_snapshot_age(Duration::ZERO));
    let names: Vec<_> = (0..2_500).map(|number| format!("record-{number:05}")).collect();
    for some in names.chunks(500) {
        let batch = some.iter().fold(Batch::new(), |batch, name| {
            batch.put(key(name), Guard::Absent, name.as_bytes().to_vec()).unwrap()
        });
        block_on(store.commit(batch)).unwrap();
    }
    let all = block_on(store.scan(b"record-", None, NonZeroUsize::MAX)).unwrap();
    assert!(all.iter().map(|(key, _)| key.to_string()).eq(names.iter().cloned()));
}

/// A task that its executor drops as soon as it is woken.
struct DroppedWhenWoken(Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

impl Wake for DroppedWhenWoken {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn the_last_handle_may_be_dropped_by_the_thread_that_answers() {
    watch_panics();
    let (store, disk) = store();
    disk.shut_gate();
    let task = async move {
        drop(store.commit(put("a")).await);
    };
    let task = Arc::new(DroppedWhenWoken(Mutex::new(Some(Box::pin(task)))));
    let waker = Waker::from(Arc::clone(&task));
    let mut polled = task.0.lock().unwrap();
    let future = polled.as_mut().unwrap();
    assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(polled);
    disk.open_gate();
    // The thread of the store was the last to know its disk.
    while Arc::strong_count(&disk) > 1 {
        std::thread::yield_now();
    }
    assert_eq!(panics_of_stores(), BTreeMap::new(), "the thread waited for itself");
    let store = RedbStore::open_on(disk as _, &RedbOptions::default()).unwrap();
    assert!(has(&store, "a"));
}
