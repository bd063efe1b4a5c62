//! A password in its overlap, and what is the owner's password worth.

use std::time::Duration;

use plugmint::{AccessLevel, StageName, UnixMillis};
use pollster::block_on;
use serde_json::json;

use crate::home::{Device, Home, NOBODY, Thing, path};

/// A Thing whose password is in its overlap, and another one that it holds.
fn overlapping() -> (Home, Thing, Device, (Thing, Device)) {
    let home = Home::new();
    let ((thing, device), held) = (home.thing("A"), home.thing("held"));
    assert!(home.call(&device.signs(held.0.put())).is_empty_200());
    let scene = &home.scene;
    let seen = block_on(scene.status(&thing.id)).epoch;
    let until = UnixMillis::new(scene.clock.time().millis() + 3_600_000);
    let reactivated = scene.registry.reactivate_with_overlap(&thing.id, seen, until, &scene.ada);
    block_on(reactivated).unwrap();
    (home, thing, device, held)
}

#[test]
fn it_reads_itself_and_activates_nothing() {
    let (home, thing, device, _) = overlapping();
    let shown = home.call(&device.get());
    assert_eq!((shown.status, &shown.value()["id"]), (200, &json!(device.id)));
    assert_eq!(home.stage(&thing), StageName::Registered);
    let new = home.enroll(&thing);
    assert_eq!(home.call(&device.get()).status, 200, "while the new one was not used");
    assert_eq!(home.stage(&thing), StageName::Enrolled);
    assert_eq!(home.call(&new.get()).status, 200);
    assert_eq!(home.call(&device.get()).status, 401);
}

#[test]
fn it_changes_nothing_and_reads_nobody_else() {
    let (home, thing, device, (other, of_other)) = overlapping();
    let (more, _) = home.thing("more");
    let told: Vec<_> = [
        device.on_itself("PATCH").json(&json!({"name": "x"})),
        device.on_itself("PATCH").text(""),
        device.on_itself("DELETE"),
        device.calls("DELETE", "/iot/device"),
        device.calls("DELETE", "/iot/device").text(&device.id),
        device.signs(more.put()),
        device.calls("GET", &path(&of_other.id)),
        device.calls("GET", &path(NOBODY)),
    ]
    .iter()
    .map(|call| home.call(call).timeless())
    .collect();
    assert_eq!(told[0].0, 403);
    assert!(told.iter().all(|answer| *answer == told[0]), "{told:?}");
    assert_eq!(home.call(&device.get()).value()["name"], json!(null));
    assert_eq!(home.stage(&thing), StageName::Registered);
    let new = home.enroll(&thing);
    assert_eq!(home.access(&new, &other), AccessLevel::ReadWrite, "grants stay");
    assert_eq!(home.access(&new, &more), AccessLevel::None);
}

#[test]
fn it_ends_at_its_time() {
    let (home, _, device, _) = overlapping();
    home.scene.clock.advance(Duration::from_secs(3_601));
    assert_eq!(home.call(&device.get()).status, 401);
}
