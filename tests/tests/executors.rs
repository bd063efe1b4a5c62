//! The registry works under any executor and under none, and a dropped future leaves nothing half
//! done.

#![cfg(test)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use plugmint::{
    EnrollOutcome, Enrollment, Mark, NewSerial, Outcome, Registry, SerialId, StageName, Store,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{
    Scene, SimDisk, YieldingStore, chosen_design, enroll_password, generated_password, new_serial,
};
use pollster::block_on;

/// A device's way from registration to activation, with a slow hash on it.
async fn whole_life(store: Arc<dyn Store>) -> StageName {
    let scene = Scene::new(store, chosen_design()).await;
    let (id, _) = scene.activated("SN-1", "correct horse").await;
    let stage = scene.status(&id).await.stage;
    scene.registry.close().await;
    stage
}

fn stores() -> (tempfile::TempDir, [Arc<dyn Store>; 2]) {
    let directory = tempfile::tempdir().unwrap();
    let redb = RedbStore::create(directory.path().join("s"), &RedbOptions::default()).unwrap();
    (directory, [Arc::new(MemoryStore::new()), Arc::new(redb)])
}

#[test]
fn a_device_activates_under_tokio_with_many_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    for store in stores().1 {
        assert_eq!(runtime.block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_tokio_with_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for store in stores().1 {
        assert_eq!(runtime.block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_smol() {
    for store in stores().1 {
        assert_eq!(smol::block_on(smol::spawn(whole_life(store))), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_block_on_and_no_executor() {
    for store in stores().1 {
        assert_eq!(block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn operations_may_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let scene = block_on(Scene::new(Arc::new(MemoryStore::new()), chosen_design()));
    let (registry, id) = (&scene.registry, scene.id("SN-1"));
    is_shared(registry);
    is_send(&registry.enroll(&id, &enroll_password("correct horse")));
    is_send(&registry.register(id.template(), new_serial("SN-1", "correct horse"), &scene.ada));
    is_send(&registry.disable(&id, &scene.ada));
    is_send(&registry.authenticate_text("", ""));
    is_send(&registry.close());
}

/// Polls a future `polls` times, each time but the first when it was woken, and drops it; whether it
/// came to its end before.
fn polled<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    struct Unpark(Thread, AtomicBool);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.1.store(true, Ordering::SeqCst);
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let woken = Arc::new(Unpark(thread::current(), AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    (0..polls).find_map(|_| {
        while !woken.1.swap(false, Ordering::SeqCst) {
            thread::park();
        }
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    })
}

/// Stores on which every call is a place to be dropped at: in memory, and on redb with threads for
/// reading and writing.
fn yielding_stores() -> [Arc<dyn Store>; 2] {
    let options = RedbOptions::default().with_cache_mib(4).with_read_threads(1);
    let redb = RedbStore::create_on(SimDisk::new(Vec::new()) as _, &options).unwrap();
    let yielding =
        |store: Arc<dyn Store>| -> Arc<dyn Store> { Arc::new(YieldingStore::new(store)) };
    [yielding(Arc::new(MemoryStore::new())), yielding(Arc::new(redb))]
}

/// Drops the call that `call` makes after 0, 1, 2, ... polls, each time on a new scene, until it is
/// done without being dropped, on each store; `check` sees each scene afterwards.
fn dropped_everywhere<T, F: Future<Output = T>>(
    call: impl Fn(Registry, SerialId, Option<Enrollment>) -> F,
    prepare: impl Fn(&Scene) -> (SerialId, Option<Enrollment>),
    check: impl Fn(&Scene, &SerialId),
) -> usize {
    let polls = (0..yielding_stores().len()).map(|store| {
        let new = || yielding_stores().into_iter().nth(store).unwrap();
        dropped_everywhere_on(new, &call, &prepare, &check)
    });
    polls.min().unwrap()
}

fn dropped_everywhere_on<T, F: Future<Output = T>>(
    store: impl Fn() -> Arc<dyn Store>,
    call: &impl Fn(Registry, SerialId, Option<Enrollment>) -> F,
    prepare: &impl Fn(&Scene) -> (SerialId, Option<Enrollment>),
    check: &impl Fn(&Scene, &SerialId),
) -> usize {
    for polls in 0..1000 {
        let scene = block_on(Scene::new(store(), plugmint_tests::design()));
        let (id, enrollment) = prepare(&scene);
        let done = polled(call(scene.registry.clone(), id, enrollment), polls).is_some();
        // What was handed over is done when something is that was handed over later.
        block_on(scene.register("behind-it", &generated_password(77)));
        check(&scene, &id);
        if done {
            return polls;
        }
    }
    panic!("the call does not come to its end");
}

/// The records agree with each other: the history is whole, and the credential follows the stage.
fn is_whole(scene: &Scene, id: &SerialId) {
    let status = block_on(scene.status(id));
    let page = std::num::NonZeroUsize::new(100).unwrap();
    let events = block_on(scene.registry.history(id, None, page)).unwrap();
    assert_eq!(events.len() as u64, status.events);
    assert!(events.windows(2).all(|pair| pair[1].previous() == pair[0].head().last()));
    if let Some(plug_id) = status.plug_id {
        assert_eq!(block_on(scene.registry.serial_of(&plug_id)).unwrap(), *id);
    }
}

#[test]
fn an_enrollment_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let password = generated_password(1);
    let polls = dropped_everywhere(
        |registry, id, _| {
            let password = enroll_password(&password);
            async move { registry.enroll(&id, &password).await.map(drop) }
        },
        |scene| (block_on(scene.register("SN-1", &password)), None),
        |scene, id| {
            is_whole(scene, id);
            let before = block_on(scene.status(id)).stage;
            let outcome = block_on(scene.enroll(id, &password)).outcome();
            match before {
                StageName::Registered => assert_eq!(outcome, EnrollOutcome::First),
                StageName::Enrolled => assert_eq!(outcome, EnrollOutcome::Repeated),
                StageName::Activated | StageName::Retired => panic!("{before}"),
            }
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn an_activation_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let polls = dropped_everywhere(
        |registry, _, enrollment| async move {
            let enrollment = enrollment.unwrap();
            let credentials = enrollment.credentials();
            registry
                .authenticate(credentials.plug_id(), credentials.connection_password())
                .await
                .map(drop)
        },
        |scene| {
            let (id, enrollment) = block_on(scene.enrolled("SN-1", &generated_password(1)));
            (id, Some(enrollment))
        },
        |scene, id| {
            is_whole(scene, id);
            let again = block_on(scene.enroll_or_refuse(id, &generated_password(1)));
            let stage = block_on(scene.status(id)).stage;
            assert_eq!(again.is_ok(), stage == StageName::Enrolled);
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_registration_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let password = generated_password(1);
    let new = || -> NewSerial { new_serial("SN-1", &password) };
    let polls = dropped_everywhere(
        |registry, id, _| {
            let new = new();
            let ada = plugmint::Actor::parse("ada").unwrap();
            async move { registry.register(id.template(), new, &ada).await.map(drop) }
        },
        |scene| (scene.id("SN-1"), None),
        |scene, id| {
            let again = block_on(scene.registry.register(id.template(), new(), &scene.ada));
            assert!(again.is_ok() || again.unwrap_err().code() == "already-registered");
            is_whole(scene, id);
            assert_eq!(block_on(scene.status(id)).events, 1);
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_disable_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let polls = dropped_everywhere(
        |registry, id, _| async move {
            let ada = plugmint::Actor::parse("ada").unwrap();
            registry.disable(&id, &ada).await.map(drop)
        },
        |scene| {
            let (id, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
            (id, Some(enrollment))
        },
        |scene, id| {
            is_whole(scene, id);
            let was = block_on(scene.status(id)).mark;
            let outcome = block_on(scene.registry.disable(id, &scene.ada)).unwrap();
            assert_eq!(outcome == Outcome::AlreadyDone, was == Some(Mark::Disabled));
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_call_that_waits_for_a_slow_hash_may_be_dropped() {
    let scene = block_on(Scene::new(Arc::new(MemoryStore::new()), chosen_design()));
    let id = block_on(scene.register("SN-1", "correct horse"));
    for polls in 0..4 {
        let password = enroll_password("correct horse");
        polled(scene.registry.enroll(&id, &password), polls);
        is_whole(&scene, &id);
    }
    block_on(scene.enroll(&id, "correct horse"));
}
