//! Many callers at once: one of them is first, and all are told the same.

#![cfg(test)]

use std::sync::Arc;

use plugmint::{
    ControllerCap, ControllerRequest, EnrollOutcome, PlugId, RegisterError, SerialId, StageName,
    Store,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{
    CountingStore, Scene, YieldingStore, chosen_design, control_of, control_password, design,
    enroll_password, generated_password, known_as, new_serial, watch_told,
};

const CALLERS: usize = 256;

fn redb() -> (tempfile::TempDir, Arc<dyn Store>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::create(path, &RedbOptions::default()).unwrap();
    (directory, Arc::new(store))
}

/// 256 tasks that enroll the same serial: what each was told, and how many commits there were.
async fn enroll_at_once(
    store: Arc<dyn Store>,
    password: &'static str,
    scene: impl AsyncFnOnce(Arc<dyn Store>) -> (Scene, SerialId),
) -> (Vec<(EnrollOutcome, PlugId, String)>, usize) {
    let counting = Arc::new(CountingStore::new(store));
    let (scene, id) = scene(Arc::clone(&counting) as _).await;
    let before = (counting.attempts(), counting.commits());
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let registry = scene.registry.clone();
            tokio::spawn(async move {
                let enrollment = registry.enroll(&id, &enroll_password(password)).await.unwrap();
                watch_told(&enrollment);
                let credentials = enrollment.credentials();
                let password = credentials.connection_password().expose_text().to_string();
                (enrollment.outcome(), *credentials.plug_id(), password)
            })
        })
        .collect();
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    // They stand in line, so that none is refused for what another one wrote.
    assert_eq!(counting.attempts() - before.0, 1);
    (told, counting.commits() - before.1)
}

fn one_first_and_the_rest_repeated((told, commits): (Vec<(EnrollOutcome, PlugId, String)>, usize)) {
    let of = |outcome| told.iter().filter(|(found, ..)| *found == outcome).count();
    assert_eq!(of(EnrollOutcome::First), 1);
    assert_eq!(of(EnrollOutcome::Repeated), CALLERS - 1);
    assert!(told.iter().all(|(_, id, password)| (id, password) == (&told[0].1, &told[0].2)));
    assert_eq!(commits, 1);
}

async fn generated(store: Arc<dyn Store>) -> (Scene, SerialId) {
    let scene = Scene::new(store, design()).await;
    let id = scene.register("SN-1", "0123456789abcdef0123456789abcdef").await;
    (scene, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_256_tasks_that_enroll_one_serial_on_redb_one_is_first() {
    let (_directory, store) = redb();
    let told = enroll_at_once(store, "0123456789abcdef0123456789abcdef", generated).await;
    one_first_and_the_rest_repeated(told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_256_tasks_that_enroll_one_serial_in_memory_one_is_first() {
    let store = Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
    let told = enroll_at_once(store, "0123456789abcdef0123456789abcdef", generated).await;
    one_first_and_the_rest_repeated(told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_that_connects_256_times_at_once_is_activated_once() {
    let (_directory, store) = redb();
    let counting = Arc::new(CountingStore::new(store));
    let (scene, id) = generated(Arc::clone(&counting) as _).await;
    let enrollment = Arc::new(scene.enroll(&id, "0123456789abcdef0123456789abcdef").await);
    let before = counting.commits();
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (registry, enrollment) = (scene.registry.clone(), Arc::clone(&enrollment));
            tokio::spawn(async move {
                let credentials = enrollment.credentials();
                let (plug_id, password) =
                    (credentials.plug_id(), credentials.connection_password());
                *registry.authenticate(plug_id, password).await.unwrap().id()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), id);
    }
    assert_eq!(counting.commits() - before, 1);
    let status = scene.status(&id).await;
    assert_eq!((status.stage, status.events), (StageName::Activated, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_register_one_serial_one_succeeds() {
    let scene =
        Scene::new(Arc::new(YieldingStore::new(Arc::new(MemoryStore::new()))), design()).await;
    let tasks: Vec<_> = (0..32_u32)
        .map(|number| {
            let (registry, ada) = (scene.registry.clone(), scene.ada.clone());
            let template = *scene.template.id();
            tokio::spawn(async move {
                let new = new_serial("SN-1", &generated_password(number));
                registry.register(&template, new, &ada).await
            })
        })
        .collect();
    let mut registered = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => registered += 1,
            Err(RegisterError::SerialTaken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(registered, 1);
    assert_eq!(scene.status(&scene.id("SN-1")).await.events, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_chosen_enrollments_at_once_are_all_answered() {
    let scene = Scene::new(Arc::new(MemoryStore::new()), chosen_design()).await;
    let mut ids = Vec::new();
    for number in 0..40 {
        ids.push(scene.register(&format!("SN-{number}"), "correct horse").await);
    }
    let tasks: Vec<_> = ids
        .into_iter()
        .map(|id| {
            let registry = scene.registry.clone();
            tokio::spawn(
                async move { registry.enroll(&id, &enroll_password("correct horse")).await },
            )
        })
        .collect();
    let mut plug_ids = std::collections::BTreeSet::new();
    for task in tasks {
        plug_ids.insert(*task.await.unwrap().unwrap().credentials().plug_id());
    }
    assert_eq!(plug_ids.len(), 40);
}

/// Each has an ordinal of its own, none is left out, and there are no more of them than may be.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn controllers_that_enroll_at_once_have_an_ordinal_each_and_no_more_than_may_take_a_place() {
    let store = Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
    let design = design().with_controllers(ControllerCap::new(8).unwrap());
    let scene = Scene::new(store, design).await;
    let (id, _) = scene.thing("SN-1", 1).await;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|number| {
            let registry = scene.registry.clone();
            tokio::spawn(async move {
                // Half of them come twice at the same time.
                let request = match number % 4 {
                    0 | 1 => known_as(&format!("phone {}", number / 4)),
                    _ => ControllerRequest::new(),
                };
                let control = control_password(&control_of(1));
                registry.enroll_controller(None, &id, &control, &request).await.unwrap()
            })
        })
        .collect();
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    let first = told.iter().filter(|told| told.outcome() == EnrollOutcome::First);
    let mut ordinals: Vec<_> = first.map(|told| told.ordinal().number()).collect();
    ordinals.sort_unstable();
    assert!(ordinals.iter().copied().eq(0..u32::try_from(ordinals.len()).unwrap()));
    let page = std::num::NonZeroUsize::MAX;
    let all = scene.registry.controllers(&id, None, page).await.unwrap().controllers;
    assert_eq!(all.len(), ordinals.len());
    let living: Vec<_> = all.iter().filter(|one| one.retired_at.is_none()).collect();
    assert_eq!(living.len(), 8);
    let grants = scene.registry.grants_on(&id, None, page).await.unwrap().grants;
    assert_eq!(grants.len(), 8);
    scene.registry.verify_history(&id, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_controller_that_connects_256_times_at_once_is_activated_once() {
    let (_directory, store) = redb();
    let counting = Arc::new(CountingStore::new(store));
    let scene = Scene::new(Arc::clone(&counting) as _, design()).await;
    let (id, _) = scene.thing("SN-1", 1).await;
    let told = scene.control(&id, &control_of(1), &ControllerRequest::new()).await;
    let (told, before) = (Arc::new(told), counting.attempts());
    let tasks: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (registry, told) = (scene.registry.clone(), Arc::clone(&told));
            tokio::spawn(async move {
                let credentials = told.credentials();
                let (plug_id, password) =
                    (credentials.plug_id(), credentials.connection_password());
                *registry.authenticate(plug_id, password).await.unwrap().id()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), id);
    }
    assert_eq!(counting.attempts() - before, 1);
    assert_eq!(scene.status(&id).await.events, 4);
}

/// Enroll, connect, disable, enable and retire race on one serial: whatever the order, the history
/// is whole and tells it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn verbs_that_race_leave_one_whole_history() {
    for _ in 0..20 {
        let store = Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
        let (scene, id) = generated(store).await;
        let tasks: Vec<_> = (0..10)
            .map(|number| {
                let (registry, ada) = (scene.registry.clone(), scene.ada.clone());
                tokio::spawn(async move {
                    match number % 5 {
                        0 | 1 => {
                            let password = enroll_password("0123456789abcdef0123456789abcdef");
                            if let Ok(enrollment) = registry.enroll(&id, &password).await {
                                let credentials = enrollment.credentials();
                                let (plug_id, password) =
                                    (credentials.plug_id(), credentials.connection_password());
                                registry.authenticate(plug_id, password).await.is_ok()
                            } else {
                                false
                            }
                        }
                        2 => registry.disable(&id, &ada).await.is_ok(),
                        3 => registry.enable(&id, &ada).await.is_ok(),
                        _ => registry.retire(&id, &ada).await.is_ok(),
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let page = std::num::NonZeroUsize::new(100).unwrap();
        let events = scene.registry.history(&id, None, page).await.unwrap();
        assert_eq!(events.len() as u64, scene.status(&id).await.events);
        assert!(events.windows(2).all(|pair| pair[1].previous() == pair[0].head().last()));
        assert_eq!(events.last().unwrap().kind(), plugmint::EventKind::Retired);
    }
}
