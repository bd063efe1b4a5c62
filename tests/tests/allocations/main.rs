//! What a connection of a device that has connected before allocates, looks up and writes, and what
//! the other operations look up and write.

#![cfg(test)]

mod controlling;
mod operations;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use plugmint::testing::{FixedClock, builder};
use plugmint::{
    AuthenticateError, ConnectionPassword, ControllerRequest, Epoch, Observer, PlugId, Principal,
    ProvenBy, Source, Store, UnixMillis,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{CountingStore, Scene, control_of, design, generated_password};
use pollster::block_on;
use tracing::subscriber::NoSubscriber;

/// A connection that is answered at its first poll, and the allocations that it takes.
fn connect(
    scene: &Scene,
    plug_id: &PlugId,
    password: &ConnectionPassword,
) -> (Result<Principal, AuthenticateError>, u64) {
    let mut answer = None;
    // Nobody listens to what is traced.
    let allocated = tracing::subscriber::with_default(NoSubscriber::new(), || {
        allocation_counter::measure(|| {
            let connection = pin!(scene.registry.authenticate(plug_id, password));
            answer = Some(connection.poll(&mut Context::from_waker(Waker::noop())));
        })
    });
    let Some(Poll::Ready(answer)) = answer else { panic!("a look-up waited") };
    (answer, allocated.count_total)
}

fn of_each_store(then: impl Fn(Arc<dyn Store>)) {
    then(Arc::new(MemoryStore::new()));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    then(Arc::new(RedbStore::create(path, &RedbOptions::default()).unwrap()));
}

#[test]
fn a_connection_allocates_twice_at_most() {
    of_each_store(|store| {
        let scene = block_on(Scene::new(store, design()));
        let (_, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
        let (plug_id, password) = {
            let credentials = enrollment.credentials();
            (credentials.plug_id(), credentials.connection_password())
        };
        // The first look-up may fill caches.
        for _ in 0..3 {
            connect(&scene, plug_id, password).0.unwrap();
        }
        let (answer, allocations) = connect(&scene, plug_id, password);
        answer.unwrap();
        assert!(allocations <= 2, "{allocations} allocations");

        let unknown = "dev-0123456789abcdef01234567".parse().unwrap();
        let (answer, allocations) = connect(&scene, &unknown, password);
        assert!(matches!(answer, Err(AuthenticateError::Refused)));
        assert!(allocations <= 2, "{allocations} allocations for an unknown id");
    });
}

#[test]
fn a_connection_that_is_counted_allocates_as_often_as_one_that_is_not() {
    of_each_store(|store| {
        let (clock, recorder) = (Arc::new(FixedClock::default()), Numbers::default());
        let settings = builder(store, Arc::clone(&clock), 1);
        let settings = metrics::with_local_recorder(&recorder, || settings.with_metrics());
        let scene = block_on(Scene::with(settings, clock, design()));
        let (_, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
        let credentials = enrollment.credentials();
        let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
        let wrong = ConnectionPassword::parse(WRONG).unwrap();
        for _ in 0..3 {
            connect(&scene, plug_id, password).0.unwrap();
        }
        let before = recorder.0.load(Ordering::Relaxed);
        for password in [password, &wrong] {
            let allocations = connect(&scene, plug_id, password).1;
            assert!(allocations <= 2, "{allocations} allocations");
        }
        assert_eq!(recorder.0.load(Ordering::Relaxed) - before, 2, "they were counted");
    });
}

#[test]
fn a_connection_in_an_overlap_allocates_twice_at_most() {
    of_each_store(|store| {
        let scene = block_on(Scene::new(store, design()));
        let (id, former) = block_on(scene.activated("SN-1", &generated_password(1)));
        let until = UnixMillis::new(u64::MAX);
        let reactivated =
            scene.registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &scene.ada);
        block_on(reactivated).unwrap();
        let wrong = ConnectionPassword::parse(WRONG).unwrap();
        let (plug_id, former) = {
            let credentials = former.credentials();
            (credentials.plug_id(), credentials.connection_password())
        };
        // Before it has enrolled again, and after.
        for _ in 0..2 {
            for (password, expected) in
                [(former, Some(ProvenBy::Overlap { until })), (&wrong, None)]
            {
                for _ in 0..3 {
                    assert_eq!(connect(&scene, plug_id, password).0.is_ok(), expected.is_some());
                }
                let (answer, allocations) = connect(&scene, plug_id, password);
                assert_eq!(answer.ok().map(|principal| principal.proven_by()), expected);
                assert!(allocations <= 2, "{allocations} allocations");
            }
            block_on(scene.enroll(&id, &generated_password(1)));
        }
    });
}

#[test]
fn a_connection_of_a_controller_costs_what_that_of_a_thing_does() {
    of_each_store(|store| {
        let counting = Arc::new(CountingStore::new(store));
        let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
        let (id, enrollment) = block_on(scene.thing("SN-1", 1));
        block_on(scene.connect(&enrollment));
        let phone = block_on(scene.control(&id, &control_of(1), &ControllerRequest::new()));
        block_on(scene.connect_as(phone.credentials())).unwrap();
        let wrong = ConnectionPassword::parse(WRONG).unwrap();
        let costs = [enrollment.credentials(), phone.credentials()].map(|told| {
            let plug_id = told.plug_id();
            let once = |password, is_right: bool| {
                // The first look-up may fill caches.
                for _ in 0..3 {
                    assert_eq!(connect(&scene, plug_id, password).0.is_ok(), is_right);
                }
                let before = (counting.gets(), counting.attempts());
                let allocations = connect(&scene, plug_id, password).1;
                let after = (counting.gets() - before.0, counting.attempts() - before.1);
                (allocations, after)
            };
            [once(told.connection_password(), true), once(&wrong, false)]
        });
        assert_eq!(costs[0], costs[1]);
        for (allocations, asked) in costs[1] {
            // One of them is the counting store's.
            assert!(allocations <= 3, "{allocations} allocations");
            assert_eq!(asked, (1, 0));
        }
    });
}

#[test]
fn a_connection_is_one_look_up_and_no_commit() {
    of_each_store(|store| {
        let counting = Arc::new(CountingStore::new(store));
        let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
        let (_, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
        let credentials = enrollment.credentials();
        let text = credentials.connection_password().expose_text();
        let plug_id = credentials.plug_id().to_string();
        for (plug_id, password, is_right) in [
            (plug_id.as_str(), &*text, true),
            (plug_id.as_str(), WRONG, false),
            (plug_id.as_str(), "too short", false),
            ("dev-0123456789abcdef01234567", &*text, false),
            ("no plug-id", &*text, false),
        ] {
            let before = (counting.gets(), counting.attempts());
            let answer = block_on(scene.registry.authenticate_text(plug_id, password));
            assert_eq!(answer.is_ok(), is_right, "{plug_id}");
            let after = (counting.gets() - before.0, counting.attempts() - before.1);
            assert_eq!(after, (1, 0), "{plug_id}");
        }
    });
}

#[test]
fn a_connection_from_a_source_that_is_watched_looks_up_the_template_once() {
    struct Listens;
    impl Observer for Listens {}
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::clone(&counting) as _, Arc::clone(&clock), 1);
    let settings = settings.with_observer(Arc::new(Listens));
    let scene = block_on(Scene::with(settings, clock, design()));
    let (_, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
    let credentials = enrollment.credentials();
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    for (from, look_ups) in [("a", 1), ("a", 1), ("b", 2), ("b", 1), ("a", 1), ("c", 2)] {
        let source = Source::new(from).unwrap();
        let before = (counting.gets(), counting.attempts());
        block_on(scene.registry.authenticate_from(&source, plug_id, password)).unwrap();
        let after = (counting.gets() - before.0, counting.attempts() - before.1);
        assert_eq!(after, (look_ups, 0), "{from}");
    }
}

/// A recorder that adds all counters up.
#[derive(Default)]
struct Numbers(Arc<AtomicU64>);

impl Recorder for Numbers {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(&self.0))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
