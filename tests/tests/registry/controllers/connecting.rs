//! Controllers that connect, and that take themselves off.

use plugmint::{ControllerStageName, Ordinal, Principal, PrincipalKind, ProvenBy};
use plugmint_redb::{RedbOptions, RedbStore};

use crate::prelude::*;

use super::{anybody, control, name_of};

fn of_each_store(then: impl Fn(Arc<CountingStore>)) {
    then(Arc::new(CountingStore::new(memory())));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let redb = RedbStore::create(path, &RedbOptions::default()).unwrap();
    then(Arc::new(CountingStore::new(Arc::new(redb))));
}

#[test]
fn the_first_connection_activates_in_one_commit_and_later_ones_look_up_once() {
    of_each_store(|store| {
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let (id, _) = block_on(scene.thing("SN-1", 1));
        let told = control(&scene, &id, 1, &anybody());
        let before = store.attempts();
        let first = block_on(scene.connect_as(told.credentials())).unwrap();
        assert_eq!(store.attempts() - before, 1);
        let status = block_on(scene.registry.controller(&name_of(&told))).unwrap();
        assert_eq!(status.stage, ControllerStageName::Activated);
        assert_eq!(status.connected_at, Some(scene.clock.time()));
        let before = (store.gets(), store.attempts());
        let second = block_on(scene.connect_as(told.credentials())).unwrap();
        assert_eq!((store.gets() - before.0, store.attempts() - before.1), (1, 0));
        assert_eq!(first, second);
        is_controller(&second, &id, &name_of(&told));
    });
}

fn is_controller(principal: &Principal, id: &SerialId, plug_id: &PlugId) {
    assert_eq!((principal.id(), principal.plug_id()), (id, plug_id));
    assert_eq!(principal.kind(), PrincipalKind::Controller { ordinal: Ordinal::FIRST });
    assert_eq!(principal.proven_by(), ProvenBy::Current);
}

#[test]
fn a_controller_is_refused_under_a_wrong_password_or_another_ones() {
    let scene = scene();
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let told = [(); 2].map(|()| control(&scene, &id, 1, &anybody()));
    let wrong = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let others = told[1].credentials().connection_password();
    let things = enrollment.credentials().connection_password();
    let plug_id = name_of(&told[0]);
    for password in [&wrong, others, things] {
        let refused = block_on(scene.registry.authenticate(&plug_id, password));
        assert!(matches!(refused, Err(AuthenticateError::Refused)));
    }
    let status = block_on(scene.registry.controller(&plug_id)).unwrap();
    assert_eq!(status.stage, ControllerStageName::Enrolled);
}

#[test]
fn a_controller_connects_whatever_becomes_of_its_thing() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &anybody());
    let connect = || block_on(scene.connect_as(told.credentials()));
    block_on(registry.disable(&id, ada)).unwrap();
    connect().unwrap();
    block_on(registry.retire(&id, ada)).unwrap();
    connect().unwrap();
    block_on(registry.disable_controller(&name_of(&told), ada)).unwrap();
    assert!(matches!(connect(), Err(AuthenticateError::Refused)));
    block_on(registry.enable_controller(&name_of(&told), ada)).unwrap();
    connect().unwrap();
    block_on(registry.retire_controller(&name_of(&told), ada)).unwrap();
    assert!(matches!(connect(), Err(AuthenticateError::Refused)));
}

#[test]
fn a_controller_that_is_disabled_before_it_connected_is_not_activated_by_trying() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &anybody());
    block_on(scene.registry.disable_controller(&name_of(&told), &scene.ada)).unwrap();
    assert!(block_on(scene.connect_as(told.credentials())).is_err());
    let status = block_on(scene.registry.controller(&name_of(&told))).unwrap();
    assert_eq!(status.stage, ControllerStageName::Enrolled);
}

#[test]
fn a_controller_that_takes_itself_off_is_retired_in_one_commit() {
    of_each_store(|store| {
        let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
        let (id, _) = block_on(scene.thing("SN-1", 1));
        for has_connected in [false, true] {
            let told = control(&scene, &id, 1, &anybody());
            if has_connected {
                block_on(scene.connect_as(told.credentials())).unwrap();
            }
            let plug_id = name_of(&told);
            let password = told.credentials().connection_password();
            let take_off = || block_on(scene.registry.unenroll_by_device(&plug_id, password));
            let before = store.attempts();
            take_off().unwrap();
            assert_eq!(store.attempts() - before, 1);
            let status = block_on(scene.registry.controller(&plug_id)).unwrap();
            assert_eq!(status.stage, ControllerStageName::Retired);
            assert!(matches!(take_off(), Err(AuthenticateError::Refused)));
            assert_eq!(store.attempts() - before, 1);
        }
        // The Thing itself is as it was.
        assert_eq!(block_on(scene.status(&id)).stage, StageName::Enrolled);
    });
}

#[test]
fn a_controller_that_is_disabled_or_wrong_does_not_take_itself_off() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &anybody());
    let plug_id = name_of(&told);
    let wrong = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let refused = block_on(scene.registry.unenroll_by_device(&plug_id, &wrong));
    assert!(matches!(refused, Err(AuthenticateError::Refused)));
    block_on(scene.registry.disable_controller(&plug_id, &scene.ada)).unwrap();
    let password = told.credentials().connection_password();
    let refused = block_on(scene.registry.unenroll_by_device(&plug_id, password));
    assert!(matches!(refused, Err(AuthenticateError::Refused)));
    let status = block_on(scene.registry.controller(&plug_id)).unwrap();
    assert_eq!(status.stage, ControllerStageName::Enrolled);
}
