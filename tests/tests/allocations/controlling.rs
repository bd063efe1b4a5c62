//! Look-ups and commits of each operation on Controllers and grants.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::{AccessLevel, ControllerRequest, Credentials, Epoch, SerialId};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    CountingStore, Scene, control_of, control_password, design, generated_password, known_as,
};
use pollster::block_on;

use crate::operations::{Operation, count_each};

/// Of a Controller, from its enrollment to its end.
#[test]
fn each_operation_on_a_controller_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = OnceCell::new();
    let enroll = |id: &SerialId, control: u32, request: &ControllerRequest| {
        let control = control_of(control);
        let enrolled = scene.control_or_refuse(id, &control, request);
        if let Ok(enrolled) = block_on(enrolled) {
            told.set(enrolled.into_credentials()).unwrap_or_default();
        }
    };
    let (phone, anybody) = (known_as("phone"), ControllerRequest::new());
    let told = || -> &Credentials { told.get().unwrap() };
    let connect = || _ = block_on(scene.connect_as(told()));
    let disable = || _ = block_on(registry.disable_controller(told().plug_id(), ada)).unwrap();
    let enable = || _ = block_on(registry.enable_controller(told().plug_id(), ada)).unwrap();
    let reactivate = || {
        let again = registry.reactivate_controller(told().plug_id(), Epoch::FIRST, ada);
        block_on(again).unwrap();
    };
    let retire = || _ = block_on(registry.retire_controller(told().plug_id(), ada)).unwrap();
    let look = || _ = block_on(registry.controller(told().plug_id())).unwrap();
    let list = || _ = block_on(registry.controllers(&id, None, NonZeroUsize::MAX)).unwrap();
    let operations: [Operation<'_>; 15] = [
        ("enroll a controller", &|| enroll(&id, 1, &phone), (12, 1)),
        ("enroll a controller, again", &|| enroll(&id, 1, &phone), (7, 0)),
        ("enroll a controller, wrong password", &|| enroll(&id, 2, &phone), (3, 0)),
        ("enroll a controller without a number", &|| enroll(&id, 1, &anybody), (10, 1)),
        ("authenticate, the first time", &connect, (6, 1)),
        ("authenticate", &connect, (1, 0)),
        ("disable a controller", &disable, (8, 1)),
        ("disable a controller, again", &disable, (4, 0)),
        ("enable a controller", &enable, (8, 1)),
        ("reactivate a controller", &reactivate, (8, 1)),
        ("enroll a controller, reactivated", &|| enroll(&id, 1, &phone), (14, 1)),
        ("look a controller up", &look, (4, 0)),
        ("list controllers", &list, (2, 0)),
        ("retire a controller", &retire, (8, 1)),
        ("retire a controller, again", &retire, (4, 0)),
    ];
    count_each(&counting, &operations);
}

/// Of grants.
#[test]
fn each_operation_on_grants_looks_up_and_commits_as_often_as_is_said() {
    let counting = Arc::new(CountingStore::new(Arc::new(MemoryStore::new())));
    let scene = block_on(Scene::new(Arc::clone(&counting) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (other, _) = block_on(scene.thing("SN-2", 2));
    let told = block_on(scene.control(&id, &control_of(1), &ControllerRequest::new()));
    let (plug_id, password) =
        (told.credentials().plug_id(), told.credentials().connection_password());
    let thing = block_on(scene.enrolled("SN-3", &generated_password(3))).1;
    let thing = thing.credentials();
    let add = || {
        let control = control_password(&control_of(2));
        block_on(registry.add_thing(None, plug_id, password, &other, &control)).unwrap();
    };
    let add_to_thing = || {
        let (plug_id, password) = (thing.plug_id(), thing.connection_password());
        let control = control_password(&control_of(2));
        block_on(registry.add_thing(None, plug_id, password, &other, &control)).unwrap();
    };
    let release = || {
        _ = block_on(registry.release_things(plug_id, password, &[other])).unwrap();
    };
    let release_all = || block_on(registry.release_all_things(plug_id, password)).unwrap();
    let release_all_of_thing = || {
        let (plug_id, password) = (thing.plug_id(), thing.connection_password());
        block_on(registry.release_all_things(plug_id, password)).unwrap();
    };
    let grant = || _ = block_on(registry.grant(&other, plug_id, ada)).unwrap();
    let take = || _ = block_on(registry.release(&other, plug_id, ada)).unwrap();
    let take_all = || block_on(registry.release_all(plug_id, ada)).unwrap();
    let access = || _ = block_on(registry.access(plug_id, &other)).unwrap();
    let set = || {
        _ = block_on(registry.set_access(&other, Some(AccessLevel::Read), ada)).unwrap();
    };
    let on = || _ = block_on(registry.grants_on(&other, None, NonZeroUsize::MAX)).unwrap();
    let of = || _ = block_on(registry.grants_of(plug_id, None, NonZeroUsize::MAX)).unwrap();
    let operations: [Operation<'_>; 17] = [
        ("access, without a grant", &access, (1, 0)),
        ("add a thing", &add, (19, 1)),
        ("add a thing, again", &add, (11, 0)),
        ("add a thing to a thing", &add_to_thing, (19, 1)),
        ("access", &access, (10, 0)),
        ("set access", &set, (3, 1)),
        ("set access, again", &set, (1, 0)),
        ("grants on a thing, two of them", &on, (21, 0)),
        ("grants of a holder, two of them", &of, (22, 0)),
        ("release a thing", &release, (16, 1)),
        ("release a thing, again", &release, (8, 0)),
        ("grant", &grant, (10, 1)),
        ("release by operator", &take, (10, 1)),
        ("release by operator, again", &take, (4, 0)),
        ("release all by operator", &take_all, (10, 1)),
        ("release all", &release_all, (16, 1)),
        ("release all of a thing", &release_all_of_thing, (13, 1)),
    ];
    count_each(&counting, &operations);
}
