//! `GET /iot/device/{id}`

use plugmint::{AccessLevel, StageName};
use pollster::block_on;
use serde_json::{Value, json};

use crate::client::Call;
use crate::home::{Device, Home, MASTER, NOBODY, owner, owner_with, path};

const KEYS: [&str; 7] = ["id", "hwid", "model", "name", "status", "perm", "props"];

#[test]
fn a_thing_reads_itself_in_seven_fields() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A 1");
    let answer = home.call(&device.get());
    let expected = json!({"id": device.id, "hwid": "A 1", "model": thing.model, "name": null,
        "status": "ok", "perm": null, "props": null});
    assert_eq!((answer.status, answer.value()), (200, expected));
    let at = |key: &str| answer.said().find(&format!("\"{key}\":")).unwrap();
    assert!(KEYS.map(at).is_sorted(), "{}", answer.said());
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn a_controller_reads_itself_and_the_things_that_it_may_read() {
    let home = Home::new();
    let ((one, of_one), (_, of_two)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    let itself = home.call(&controller.get());
    assert_eq!((itself.status, &itself.value()["hwid"]), (200, &Value::Null));
    let read = |id: &str| home.call(&controller.calls("GET", &path(id)));
    let expected = home.call(&of_one.get());
    assert_eq!(read(&of_one.id).body, expected.body);
    assert_eq!(read(&of_one.id.to_uppercase()).body, expected.body);
    assert_eq!(read(&of_two.id).status, 403);
    for (access, status) in
        [(AccessLevel::Read, 200), (AccessLevel::None, 403), (AccessLevel::ReadWrite, 200)]
    {
        let perm = match access {
            AccessLevel::Read => "r",
            AccessLevel::None => "",
            AccessLevel::ReadWrite => "rw",
        };
        let change = of_one.on_itself("PATCH").json(&json!({"perm": {"ctrl": perm}}));
        assert!(home.call(&change).is_empty_200());
        assert_eq!(home.access(&controller, &one), access);
        assert_eq!(read(&of_one.id).status, status, "{perm}");
    }
    // The other way round there is nothing to hold.
    assert_eq!(home.call(&of_one.calls("GET", &path(&controller.id))).status, 403);
}

#[test]
fn a_disabled_thing_is_read_by_nobody_who_holds_it() {
    let home = Home::new();
    let (thing, of_thing) = home.thing("A");
    let controller = home.controller(&thing);
    block_on(home.scene.registry.disable(&thing.id, &home.scene.ada)).unwrap();
    assert_eq!(home.call(&controller.calls("GET", &path(&of_thing.id))).status, 403);
    assert_eq!(home.call(&of_thing.get()).status, 401);
}

#[test]
fn what_a_device_may_not_read_is_the_same_bytes_whether_it_is_there_or_not() {
    let home = Home::new();
    let (_, caller) = home.thing("caller");
    let (thing, other) = home.thing("other");
    let controller = home.controller(&thing);
    let ids = [other.id.as_str(), &controller.id, NOBODY, "no-id", &thing.model, "dev-0"];
    let mut told = Vec::new();
    for method in ["GET", "PATCH", "DELETE"] {
        for id in ids {
            told.push(home.call(&caller.calls(method, &path(id)).text("{}")).timeless());
        }
    }
    for id in ids {
        let body = json!([id]).to_string();
        let unenroll = home.call(&caller.calls("DELETE", "/iot/device").text(body));
        // What is no id at all is no list either.
        if unenroll.status != 400 {
            told.push(unenroll.timeless());
        }
    }
    assert_eq!(told[0].0, 403);
    assert!(told.iter().all(|answer| *answer == told[0]), "{told:?}");
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn who_does_not_prove_who_it_is_is_told_one_401() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let (_, other) = home.thing("B");
    let get = || Call::new("GET", &path(&device.id));
    let retired = home.registered("retired");
    let of_retired = home.enroll(&retired);
    block_on(home.scene.registry.retire(&retired.id, &home.scene.ada)).unwrap();
    let calls = [
        get(),
        get().header("X-Plug-Id", &device.id),
        get().header("X-Plug-Auth", &device.auth),
        get().header("X-Plug-Id", &device.id).header("X-Plug-Auth", ""),
        get().header("X-Plug-Id", &device.id).header("X-Plug-Auth", &other.auth),
        get().header("X-Plug-Id", &device.id).header("X-Plug-Auth", &thing.password),
        get().header("X-Plug-Id", &device.id).header("X-Plug-Auth", &device.auth.to_uppercase()),
        get().header("X-Plug-Id", &device.id).header("X-Plug-Auth", &"x".repeat(4_000)),
        get().header("X-Plug-Id", "dev-0123").header("X-Plug-Auth", &device.auth),
        get().header("X-Plug-Id", &thing.model).header("X-Plug-Auth", &device.auth),
        get().header("X-Plug-Id", NOBODY).header("X-Plug-Auth", &device.auth),
        get().header("X-Plug-Master", MASTER),
        get().header("X-Plug-Email", "ada@example.com"),
        of_retired.get(),
    ];
    let told: Vec<_> = calls.iter().map(|call| home.call(call).timeless()).collect();
    assert_eq!(told[0].0, 401);
    for (answer, call) in told.iter().zip(&calls) {
        assert_eq!(*answer, told[0], "{call:?}");
    }
}

#[test]
fn headers_are_read_in_any_case() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let call = Call::new("GET", &path(&device.id));
    let call = call.header("x-plug-ID", &device.id.to_uppercase());
    assert_eq!(home.call(&call.header("X-PLUG-AUTH", &device.auth)).status, 200);
}

#[test]
fn an_owner_reads_all_that_is_theirs_and_is_told_404_of_the_rest() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    let shown = home.call(&owner("GET", &path(&device.id)));
    assert_eq!((shown.status, &shown.value()["status"]), (200, &json!("ok")));
    assert_eq!(home.stage(&thing), StageName::Enrolled, "an owner activates nobody");
    let (held, _) = home.thing("held");
    let controller = home.controller(&held);
    assert_eq!(home.call(&owner("GET", &path(&controller.id))).status, 200);
    for id in [NOBODY, "no-id", &thing.model] {
        for method in ["GET", "PATCH", "DELETE"] {
            assert_eq!(home.call(&owner(method, &path(id)).text("{}")).status, 404, "{id}");
        }
    }
    let others = owner_with("GET", &path(&device.id), crate::home::STRANGER, MASTER);
    let nobody = owner_with("GET", &path(NOBODY), crate::home::STRANGER, MASTER);
    let (others, nobody) = (home.call(&others), home.call(&nobody));
    assert_eq!(others.status, 404);
    assert_eq!(others.timeless(), nobody.timeless());
}

#[test]
fn a_device_under_its_owners_password_reads_itself_and_is_not_activated() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    let (_, other) = home.enrolled("B");
    let shown = home.call(&device.under_owner("GET", &path(&device.id)));
    assert_eq!((shown.status, &shown.value()["id"]), (200, &json!(device.id)));
    assert_eq!(home.stage(&thing), StageName::Enrolled);
    let (there, nobody) = (
        home.call(&device.under_owner("GET", &path(&other.id))),
        home.call(&device.under_owner("GET", &path(NOBODY))),
    );
    assert_eq!(there.status, 403, "it is a device, and no owner");
    assert_eq!(there.timeless(), nobody.timeless());
    let stranger = Device { id: NOBODY.to_owned(), ..device };
    assert_eq!(home.call(&stranger.under_owner("GET", &path(NOBODY))).status, 401);
}

#[test]
fn a_status_is_ok_disabled_or_reactivate() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let status = || home.call(&owner("GET", &path(&device.id))).value()["status"].clone();
    let (registry, ada) = (&home.scene.registry, &home.scene.ada);
    assert_eq!(status(), "ok");
    block_on(registry.disable(&thing.id, ada)).unwrap();
    assert_eq!(status(), "disabled");
    block_on(registry.enable(&thing.id, ada)).unwrap();
    assert_eq!(status(), "ok");
    let epoch = block_on(home.scene.status(&thing.id)).epoch;
    block_on(registry.reactivate(&thing.id, epoch, ada)).unwrap();
    assert_eq!(status(), "reactivate");
    block_on(registry.disable(&thing.id, ada)).unwrap();
    assert_eq!(status(), "disabled");
}
