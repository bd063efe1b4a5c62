//! What a connection of a device that has connected before allocates, looks up and writes.

#![cfg(test)]

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use plugmint::{AuthenticateError, ConnectionPassword, PlugId, Principal, SerialId, Store};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{CountingStore, Scene, design, generated_password};
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
            (plug_id.as_str(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false),
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

/// Look-ups and commits of each operation, as docs/performance.md has them.
#[test]
fn each_operation_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, right, wrong) = (scene.id("SN-1"), generated_password(1), generated_password(2));
    let (unknown, nowhere) =
        (scene.id("SN-2"), SerialId::new(TEMPLATE.parse().unwrap(), *id.serial()));
    let enrollment = std::cell::OnceCell::new();
    let enroll = |id: &SerialId, password: &str| {
        if let Ok(enrolled) = block_on(scene.enroll_or_refuse(id, password)) {
            enrollment.set(enrolled).unwrap_or_default();
        }
    };
    let register = || {
        block_on(scene.register("SN-1", &right));
    };
    let connect = || {
        block_on(scene.connect(enrollment.get().unwrap()));
    };
    let operations: [Operation<'_>; 12] = [
        ("register", &register, (3, 1)),
        ("enroll", &|| enroll(&id, &right), (5, 1)),
        ("enroll, again", &|| enroll(&id, &right), (3, 0)),
        ("enroll, wrong password", &|| enroll(&id, &wrong), (3, 0)),
        ("enroll, unknown serial", &|| enroll(&unknown, &right), (3, 0)),
        ("enroll, unknown template", &|| enroll(&nowhere, &right), (1, 0)),
        ("authenticate, the first time", &connect, (4, 1)),
        ("authenticate", &connect, (1, 0)),
        ("disable", &|| drop(block_on(registry.disable(&id, ada))), (3, 1)),
        ("disable, again", &|| drop(block_on(registry.disable(&id, ada))), (1, 0)),
        ("enable", &|| drop(block_on(registry.enable(&id, ada))), (3, 1)),
        ("retire", &|| drop(block_on(registry.retire(&id, ada))), (3, 1)),
    ];
    for (name, operation, (look_ups, commits)) in operations {
        let before = (counting.gets(), counting.commits());
        operation();
        let counted = (counting.gets() - before.0, counting.commits() - before.1);
        assert_eq!(counted, (look_ups, commits), "{name}");
    }
}

/// What it is, how it is done, and its look-ups and commits.
type Operation<'a> = (&'a str, &'a dyn Fn(), (usize, usize));

const TEMPLATE: &str = "mod-0123456789abcdef01234567";
