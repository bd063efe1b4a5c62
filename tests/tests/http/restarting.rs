//! A platform that is restarted between one call and the next.

use std::sync::Arc;

use plugmint::StageName;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{Scene, design};
use pollster::block_on;
use serde_json::json;

use crate::home::{Home, owner, path};

#[test]
fn a_device_that_enrolled_before_a_restart_activates_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("devices.redb");
    let store = RedbStore::create(&file, &RedbOptions::default()).unwrap();
    let home = Home::over(Arc::new(store), design(), |api| api);
    let (thing, device) = home.enrolled("A");
    let named = device.under_owner("PATCH", &path(&device.id)).json(&json!({"name": "x"}));
    assert!(home.call(&named).is_empty_200());
    let (held, _) = home.thing("held");
    let controller = home.controller(&held);
    let home = restarted(home, &file);
    assert_eq!(home.stage(&thing), StageName::Enrolled);
    assert_eq!(home.enroll(&thing).auth, device.auth, "an answer that got lost is given again");
    assert_eq!(home.call(&device.get()).value()["name"], "x");
    assert_eq!(home.stage(&thing), StageName::Activated);
    assert!(home.call(&controller.signs(thing.put())).is_empty_200());
    let home = restarted(home, &file);
    assert_eq!(home.call(&controller.calls("GET", &path(&device.id))).status, 200);
    assert_eq!(home.call(&thing.post()).status, 403, "it is activated");
    let removed = home.call(&owner("DELETE", "/iot/device").json(&json!([device.id])));
    assert_eq!(removed.said(), "1");
    let home = restarted(home, &file);
    assert_eq!(home.call(&device.get()).status, 401);
    assert_eq!(home.enroll(&thing).id, device.id);
}

fn restarted(home: Home, file: &std::path::Path) -> Home {
    let Home { scene, server, .. } = home;
    server.stop();
    let Scene { registry, template, ada, .. } = scene;
    block_on(registry.close());
    drop(registry);
    let clock = Arc::new(FixedClock::default());
    let store = RedbStore::open(file, &RedbOptions::default()).unwrap();
    let settings = builder(Arc::new(store), Arc::clone(&clock), 2);
    let registry = block_on(settings.open(&root_key())).unwrap();
    Home::of(Scene { registry, clock, template, ada }, |api| api)
}
