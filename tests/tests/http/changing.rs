//! `PATCH /iot/device/{id}`

use std::time::Duration;

use plugmint::{AccessLevel, StageName};
use pollster::block_on;
use serde_json::{Value, json};

use crate::client::{Answer, Call};
use crate::home::{Device, Home, NOBODY, owner, path};

fn patch(home: &Home, device: &Device, body: &Value) -> Answer {
    home.call(&device.on_itself("PATCH").json(body))
}

fn owner_patch(home: &Home, device: &Device, body: &Value) -> Answer {
    home.call(&owner("PATCH", &path(&device.id)).json(body))
}

fn shown(home: &Home, device: &Device) -> Value {
    home.call(&owner("GET", &path(&device.id))).value()
}

#[test]
fn what_is_kept_comes_back_as_it_was_given() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for body in [
        json!({"name": "Kitchen"}),
        json!({"props": {"deep": [1, {"x": null}], "text": "\u{fc} \u{1f600} \" \\"}}),
        json!({"props": "a text"}),
        json!({"props": [1, 2]}),
        json!({"props": 7}),
        json!({"props": false}),
        json!({"perm": {"ctrl": "r", "of": ["x"], "others": null}}),
        json!({"name": "Hall", "perm": {"ctrl": null}, "props": {}}),
        json!({"name": null}),
        json!({"props": null, "perm": null}),
    ] {
        let before = shown(&home, &device);
        assert!(patch(&home, &device, &body).is_empty_200(), "{body}");
        let after = home.call(&device.get()).value();
        for key in ["name", "perm", "props"] {
            let expected = body.get(key).unwrap_or(&before[key]);
            assert_eq!(&after[key], expected, "{body}");
        }
    }
}

#[test]
fn props_and_perm_come_back_byte_by_byte() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for given in [
        r#"{"z":1,"a":2}"#,
        r#"{"n":12345678901234567890123456789,"m":1.10,"e":1e400,"z":-0}"#,
        r#"{"u":"\u00fc\/","t":1,"t":2}"#,
        r#"{ "spaced" : [ 1 ,2 ] }"#,
    ] {
        for key in ["props", "perm"] {
            let body = format!(r#"{{"{key}":{given}}}"#);
            let changed = home.call(&device.on_itself("PATCH").text(body));
            assert!(changed.is_empty_200(), "{given}: {changed:?}");
            let told = home.call(&device.get());
            assert!(told.said().contains(&format!(r#""{key}":{given}"#)), "{}", told.said());
        }
    }
    let thing = home.registered("B");
    let props = r#"{"z":1.10,"a":2}"#;
    let (model, hwid, pass) = (&thing.model, thing.serial(), &thing.password);
    let body = format!(r#"{{"model":"{model}","hwid":"{hwid}","pass":"{pass}","props":{props}}}"#);
    let device = Device::told(&home.call(&Call::new("POST", "/iot/device").text(body)));
    assert!(home.call(&device.get()).said().contains(props));
}

#[test]
fn props_have_8_kib_and_not_a_byte_more() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let most = "x".repeat(8192 - 2);
    assert!(patch(&home, &device, &json!({"props": most})).is_empty_200());
    assert_eq!(shown(&home, &device)["props"], most);
    for long in [json!({"props": format!("{most}x")}), json!({"perm": {"x": most}})] {
        assert_eq!(patch(&home, &device, &long).status, 400);
    }
    assert_eq!(shown(&home, &device)["props"], most, "it stays");
    let thing = home.registered("B");
    let mut body = thing.enrolling();
    body["props"] = format!("{most}x").into();
    assert_eq!(home.call(&Call::new("POST", "/iot/device").json(&body)).status, 400);
    assert_eq!(home.stage(&thing), StageName::Registered);
}

#[test]
fn perm_decides_what_who_holds_it_may_do() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let controller = home.controller(&thing);
    for (perm, level) in [
        (json!({"ctrl": "r"}), AccessLevel::Read),
        (json!({"ctrl": null}), AccessLevel::ReadWrite),
        (json!({"ctrl": ""}), AccessLevel::None),
        (json!({"ctrl": "rw"}), AccessLevel::ReadWrite),
        (json!({"ctrl": "", "of": "x"}), AccessLevel::None),
        (json!({}), AccessLevel::ReadWrite),
        (json!({"ctrl": "r"}), AccessLevel::Read),
        (json!(null), AccessLevel::ReadWrite),
    ] {
        assert!(patch(&home, &device, &json!({"perm": perm})).is_empty_200(), "{perm}");
        assert_eq!(home.access(&controller, &thing), level, "{perm}");
    }
    for wrong in [json!("rw"), json!([]), json!({"ctrl": "w"}), json!({"ctrl": 1})] {
        assert_eq!(patch(&home, &device, &json!({"perm": wrong})).status, 400, "{wrong}");
        assert_eq!(home.access(&controller, &thing), AccessLevel::ReadWrite);
    }
}

#[test]
fn what_changes_nothing_is_200() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for body in [json!({}), json!({"id": "dev-x", "hwid": 7, "x": null}), json!({"name": null})] {
        let before = shown(&home, &device);
        assert!(patch(&home, &device, &body).is_empty_200(), "{body}");
        assert_eq!(shown(&home, &device), before);
    }
}

#[test]
fn a_controller_changes_itself() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let controller = home.controller(&thing);
    let body = json!({"name": "Ada's phone", "perm": {"ctrl": "r"}, "props": {"x": 1}});
    assert!(patch(&home, &controller, &body).is_empty_200());
    let shown = home.call(&controller.get()).value();
    for key in ["name", "perm", "props"] {
        assert_eq!(shown[key], body[key]);
    }
    assert_eq!(home.access(&controller, &thing), AccessLevel::ReadWrite, "a Thing's decides");
}

#[test]
fn a_device_changes_no_status_and_nobody_else() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let controller = home.controller(&thing);
    for status in ["ok", "disabled", "reactivate"] {
        let body = json!({"name": "x", "status": status});
        assert_eq!(patch(&home, &device, &body).status, 403, "{status}");
        let under_owner = device.under_owner("PATCH", &path(&device.id)).json(&body);
        assert_eq!(home.call(&under_owner).status, 403, "{status}");
    }
    for id in [&device.id, NOBODY] {
        let call = controller.calls("PATCH", &path(id)).json(&json!({"name": "x"}));
        assert_eq!(home.call(&call).status, 403, "also of a Thing that it may write to");
    }
    assert_eq!(shown(&home, &device)["name"], Value::Null, "all or nothing");
}

#[test]
fn a_device_under_its_owners_password_changes_itself_and_is_not_activated() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    let call = device.under_owner("PATCH", &path(&device.id)).json(&json!({"name": "x"}));
    assert!(home.call(&call).is_empty_200());
    assert_eq!(shown(&home, &device)["name"], "x");
    assert_eq!(home.stage(&thing), StageName::Enrolled);
}

#[test]
fn an_owner_disables_and_enables_a_thing() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    for _ in 0..2 {
        assert!(owner_patch(&home, &device, &json!({"status": "disabled"})).is_empty_200());
        assert_eq!(shown(&home, &device)["status"], "disabled");
        assert_eq!(home.call(&device.get()).status, 401);
        assert_eq!(home.call(&thing.post()).status, 403);
    }
    for _ in 0..2 {
        assert!(owner_patch(&home, &device, &json!({"status": "ok"})).is_empty_200());
        assert_eq!(home.call(&device.get()).value()["status"], "ok", "its password is the old one");
    }
}

#[test]
fn an_owner_reactivates_a_thing_which_enrolls_again() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    assert!(owner_patch(&home, &device, &json!({"status": "disabled"})).is_empty_200());
    assert!(owner_patch(&home, &device, &json!({"status": "reactivate"})).is_empty_200());
    assert_eq!(shown(&home, &device)["status"], "reactivate", "and is enabled");
    assert_eq!(home.call(&device.get()).status, 401, "without an overlap");
    let again = home.enroll(&thing);
    assert_eq!(again.id, device.id, "its Plug-ID stays");
    assert_ne!(again.auth, device.auth);
    assert_eq!(home.call(&again.get()).status, 200);
    assert_eq!(home.call(&device.get()).status, 401);
}

#[test]
fn a_registered_serial_is_reactivated_with_200_and_any_overlap_ends() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let (registry, scene) = (&home.scene.registry, &home.scene);
    let seen = block_on(scene.status(&thing.id)).epoch;
    let mut until = scene.clock.time();
    until = plugmint::UnixMillis::new(until.millis() + 3_600_000);
    block_on(registry.reactivate_with_overlap(&thing.id, seen, until, &scene.ada)).unwrap();
    assert_eq!(home.call(&device.get()).status, 200, "in its overlap");
    for _ in 0..2 {
        assert!(owner_patch(&home, &device, &json!({"status": "reactivate"})).is_empty_200());
        assert_eq!(home.call(&device.get()).status, 401);
        assert_eq!(home.stage(&thing), StageName::Registered);
    }
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(home.call(&home.enroll(&thing).get()).status, 200);
}

#[test]
fn an_owner_does_the_same_to_a_controller() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let mut body = thing.controlling();
    body["hwid"] = "phone".into();
    let enroll = Call::new("PUT", "/iot/device").json(&body);
    let controller = Device::told(&home.call(&enroll));
    assert_eq!(home.call(&controller.get()).value()["status"], "ok");
    assert!(owner_patch(&home, &controller, &json!({"status": "disabled"})).is_empty_200());
    assert_eq!(home.call(&controller.get()).status, 401);
    assert_eq!(shown(&home, &controller)["status"], "disabled");
    assert!(owner_patch(&home, &controller, &json!({"status": "ok"})).is_empty_200());
    assert_eq!(home.call(&controller.get()).status, 200);
    for _ in 0..2 {
        assert!(owner_patch(&home, &controller, &json!({"status": "reactivate"})).is_empty_200());
        assert_eq!(home.call(&controller.get()).status, 401);
        assert_eq!(shown(&home, &controller)["status"], "reactivate");
    }
    let again = Device::told(&home.call(&enroll));
    assert_eq!((&again.id, again.auth == controller.auth), (&controller.id, false));
    assert_eq!(home.call(&again.get()).value()["status"], "ok");
}

#[test]
fn a_controller_without_a_serial_of_its_own_is_not_reactivated() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let controller = home.controller(&thing);
    assert_eq!(home.call(&controller.get()).status, 200);
    let reactivate = json!({"status": "reactivate", "name": "x"});
    let answer = owner_patch(&home, &controller, &reactivate);
    assert_eq!(answer.status, 403, "nobody could give it a new password");
    assert_eq!(home.call(&controller.get()).status, 200);
    assert!(owner_patch(&home, &controller, &json!({"status": "disabled"})).is_empty_200());
    assert_eq!(owner_patch(&home, &controller, &reactivate).status, 403);
    let shown = shown(&home, &controller);
    assert_eq!(shown["status"], "disabled", "what is refused changes nothing");
    assert_eq!(shown["name"], Value::Null);
}

#[test]
fn a_status_and_what_is_kept_are_set_together_on_who_shall_enroll_again() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let body = json!({"status": "reactivate", "name": "x", "perm": {"ctrl": "r"}});
    assert!(owner_patch(&home, &device, &body).is_empty_200());
    let shown = shown(&home, &device);
    for key in ["status", "name", "perm"] {
        assert_eq!(shown[key], body[key]);
    }
}

#[test]
fn an_owner_changes_what_is_kept_with_a_device_and_its_status_in_one_call() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let body = json!({"name": "x", "perm": {"ctrl": "r"}, "props": [1], "status": "disabled"});
    assert!(owner_patch(&home, &device, &body).is_empty_200());
    let shown = shown(&home, &device);
    for key in ["name", "perm", "props", "status"] {
        assert_eq!(shown[key], body[key]);
    }
}
