//! Reactivate and unenroll: what ends a password, and what cannot be without one.

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use plugmint::{Enrollment, Epoch, EpochRefusal, ProvenBy, RevokeRefusal, UnixMillis};
use plugmint_redb::{RedbOptions, RedbStore};

use crate::prelude::*;
use crate::slow::Slow;

fn connects(scene: &Scene, told: &Enrollment) -> bool {
    proven_by(scene, told).is_some()
}

fn proven_by(scene: &Scene, told: &Enrollment) -> Option<ProvenBy> {
    let credentials = told.credentials();
    let connection =
        scene.registry.authenticate(credentials.plug_id(), credentials.connection_password());
    match block_on(connection) {
        Ok(principal) => Some(principal.proven_by()),
        Err(AuthenticateError::Refused) => None,
        Err(error) => panic!("{error}"),
    }
}

fn in_an_hour(scene: &Scene) -> UnixMillis {
    UnixMillis::new(scene.clock.time().millis() + 3_600_000)
}

#[test]
fn a_reactivated_device_keeps_its_plug_id_and_gets_another_password() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let done = block_on(scene.registry.reactivate(&id, Epoch::FIRST, &scene.ada)).unwrap();
    assert_eq!(done, Outcome::Done);
    assert!(!connects(&scene, &old));
    let status = block_on(scene.status(&id));
    assert_eq!((status.stage, status.epoch.number()), (StageName::Registered, 1));
    assert_eq!(status.plug_id.as_ref(), Some(old.credentials().plug_id()));
    assert_eq!(block_on(scene.registry.serial_of(old.credentials().plug_id())).unwrap(), id);
    let new = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(new.outcome(), EnrollOutcome::Reissued);
    assert_eq!(new.credentials().plug_id(), old.credentials().plug_id());
    assert!(!connects(&scene, &old) && connects(&scene, &new));
}

#[test]
fn in_an_overlap_the_old_password_connects_without_a_write_until_the_new_one_is_used() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let until = in_an_hour(&scene);
    let registry = &scene.registry;
    block_on(registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &scene.ada)).unwrap();
    assert_eq!(block_on(scene.status(&id)).overlap_until, Some(until));
    let commits = store.commits();
    assert_eq!(proven_by(&scene, &old), Some(ProvenBy::Overlap { until }));
    let new = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(proven_by(&scene, &old), Some(ProvenBy::Overlap { until }));
    assert_eq!(store.commits(), commits + 1);
    assert_eq!(proven_by(&scene, &new), Some(ProvenBy::Current));
    assert_eq!(proven_by(&scene, &old), None);
    assert_eq!(block_on(scene.status(&id)).overlap_until, None);
}

#[test]
fn an_overlap_ends_at_its_time_and_does_not_come_back() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let registry = &scene.registry;
    let until = in_an_hour(&scene);
    block_on(registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &scene.ada)).unwrap();
    scene.clock.advance(Duration::from_millis(3_599_999));
    assert!(connects(&scene, &old));
    scene.clock.advance(Duration::from_millis(1));
    assert!(!connects(&scene, &old));
    let until = in_an_hour(&scene);
    let again = registry.reactivate_with_overlap(&id, Epoch::new(1), until, &scene.ada);
    let refused = block_on(again).unwrap_err();
    assert!(matches!(refused, VerbError::Refused(RevokeRefusal::NotEnrolled)), "{refused:?}");
    block_on(scene.enroll(&id, &password(1)));
    let again = registry.reactivate_with_overlap(&id, Epoch::new(1), until, &scene.ada);
    assert_eq!(block_on(again).unwrap(), Outcome::Done);
    assert!(!connects(&scene, &old));
}

#[test]
fn a_repeated_call_does_nothing_and_another_verb_is_told_that_the_epoch_moved() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    block_on(registry.reactivate(&id, Epoch::FIRST, ada)).unwrap();
    block_on(scene.enroll(&id, &password(1)));
    let commits = store.commits();
    let again = block_on(registry.reactivate(&id, Epoch::FIRST, ada)).unwrap();
    assert_eq!(again, Outcome::AlreadyDone);
    let other = block_on(registry.unenroll(&id, Epoch::FIRST, ada)).unwrap_err();
    let moved = EpochRefusal::Moved { seen: Epoch::FIRST, now: Epoch::new(1) };
    assert!(matches!(other, VerbError::Refused(RevokeRefusal::Epoch(found)) if found == moved));
    assert_eq!(other.code(), "epoch-moved");
    assert_eq!(store.commits(), commits);
}

#[test]
fn a_reactivate_that_ends_all_is_not_done_already_while_an_overlap_runs() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let until = in_an_hour(&scene);
    let overlap = || registry.reactivate_with_overlap(&id, Epoch::FIRST, until, ada);
    assert_eq!(block_on(overlap()).unwrap(), Outcome::Done);
    assert_eq!(block_on(overlap()).unwrap(), Outcome::AlreadyDone);
    let at_once = block_on(registry.reactivate(&id, Epoch::FIRST, ada)).unwrap_err();
    assert_eq!(at_once.code(), "epoch-moved");
    let until = scene.clock.time();
    let at_once = registry.reactivate_with_overlap(&id, Epoch::FIRST, until, ada);
    assert_eq!(block_on(at_once).unwrap_err().code(), "epoch-moved");
    assert!(connects(&scene, &old));
    assert_eq!(block_on(registry.reactivate(&id, Epoch::new(1), ada)).unwrap(), Outcome::Done);
    assert!(!connects(&scene, &old));
}

#[test]
fn an_unenrolled_device_may_enroll_again() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    block_on(registry.unenroll(&id, Epoch::FIRST, ada)).unwrap();
    assert!(!connects(&scene, &old));
    let again = block_on(registry.unenroll(&id, Epoch::FIRST, ada)).unwrap();
    assert_eq!(again, Outcome::AlreadyDone);
    let not = block_on(registry.unenroll(&id, Epoch::new(1), ada)).unwrap_err();
    assert_eq!(not.code(), "not-enrolled");
    let new = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(new.credentials().plug_id(), old.credentials().plug_id());
    assert!(connects(&scene, &new) && !connects(&scene, &old));
}

#[test]
fn a_device_takes_itself_off_once_and_is_a_stranger_then() {
    let scene = scene();
    let (id, told) = block_on(scene.activated("SN-1", &password(1)));
    let credentials = told.credentials();
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    block_on(scene.registry.unenroll_by_device(plug_id, password)).unwrap();
    let status = block_on(scene.status(&id));
    assert_eq!((status.stage, status.epoch.number()), (StageName::Registered, 1));
    let again = block_on(scene.registry.unenroll_by_device(plug_id, password)).unwrap_err();
    assert!(matches!(again, AuthenticateError::Refused));
    let events = block_on(scene.registry.history(&id, None, PAGE)).unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.kind(), last.author()), (EventKind::Unenrolled, &Author::Device));
}

#[test]
fn the_password_of_an_overlap_takes_nothing_off() {
    let scene = scene();
    let (id, old) = block_on(scene.activated("SN-1", &password(1)));
    let until = in_an_hour(&scene);
    let overlap = scene.registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &scene.ada);
    block_on(overlap).unwrap();
    let credentials = old.credentials();
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    let refused = block_on(scene.registry.unenroll_by_device(plug_id, password)).unwrap_err();
    assert!(matches!(refused, AuthenticateError::Refused));
    assert!(connects(&scene, &old));
    let nobody = PlugId::from_parts(plug_id.kind(), [0; 12]);
    let stranger = block_on(scene.registry.unenroll_by_device(&nobody, password)).unwrap_err();
    assert_eq!(stranger.to_string(), refused.to_string());
}

#[test]
fn a_password_that_becomes_that_of_an_overlap_while_it_connects_is_told_as_such() {
    let store = Slow::new();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, told) = block_on(scene.enrolled("SN-1", &password(1)));
    let until = in_an_hour(&scene);
    let settings = builder(store.inner(), Arc::clone(&scene.clock), 2);
    let other = block_on(settings.open(&root_key())).unwrap();
    let text = told.credentials().connection_password().expose_text();
    let plug_id = *told.credentials().plug_id();
    let ada = scene.ada.clone();
    store.before_get(b"s", move || {
        let password = ConnectionPassword::parse(&text).unwrap();
        block_on(other.authenticate(&plug_id, &password)).unwrap();
        let overlap = other.reactivate_with_overlap(&id, Epoch::FIRST, until, &ada);
        block_on(overlap).unwrap();
    });
    assert_eq!(proven_by(&scene, &told), Some(ProvenBy::Overlap { until }));
}

/// The device as its owner sees it: every password that it was told, the newest last.
struct Stream<'a> {
    scene: &'a Scene,
    told: RwLock<Vec<Enrollment>>,
    ended: AtomicBool,
    connections: AtomicUsize,
}

impl Stream<'_> {
    /// One of the last two passwords works, and none before them.
    fn connect(&self) {
        let told = self.told.read().unwrap();
        let (newest, older) = told.split_last().unwrap();
        let (_, ended) = older.split_last().unwrap_or((newest, &[]));
        for old in ended.iter().rev().take(2) {
            assert!(!connects(self.scene, old), "a third password connects");
        }
        // While this list is read the device is told no newer password: so this one goes on, as the
        // current one or in its overlap.
        assert!(connects(self.scene, newest), "no password connects");
        self.connections.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_reactivated_device_is_never_without_a_password_and_never_has_a_third() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::create(path, &RedbOptions::default()).unwrap();
    let scene = block_on(Scene::new(Arc::new(store), design()));
    let (id, first) = block_on(scene.activated("SN-1", &password(1)));
    let stream = Stream {
        scene: &scene,
        told: RwLock::new(vec![first]),
        ended: AtomicBool::new(false),
        connections: AtomicUsize::new(0),
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stream.ended.load(Ordering::Relaxed) {
                    stream.connect();
                }
            });
        }
        for epoch in 0..40 {
            let until = in_an_hour(&scene);
            let (seen, ada) = (Epoch::new(epoch), &scene.ada);
            let overlap = scene.registry.reactivate_with_overlap(&id, seen, until, ada);
            block_on(overlap).unwrap();
            let new = block_on(scene.enroll(&id, &password(1)));
            stream.told.write().unwrap().push(new);
            // Whoever streams uses the new one now; so does this thread, to go on.
            stream.connect();
        }
        stream.ended.store(true, Ordering::Relaxed);
    });
    assert!(stream.connections.load(Ordering::Relaxed) > 40);
    assert_eq!(block_on(scene.status(&id)).epoch.number(), 40);
}
