//! `DELETE /iot/device`

use plugmint::{AccessLevel, ControllerStageName, StageName};
use pollster::block_on;
use serde_json::json;

use crate::client::{Answer, Call};
use crate::home::{Device, Home, MASTER, NOBODY, STRANGER, owner, owner_with, path};

fn remove(home: &Home, device: &Device, body: &str) -> Answer {
    home.call(&device.calls("DELETE", "/iot/device").text(body))
}

fn owner_removes(home: &Home, body: &str) -> Answer {
    home.call(&owner("DELETE", "/iot/device").text(body))
}

fn count(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.said())
}

#[test]
fn a_thing_takes_itself_off_in_each_shape_and_is_told_one() {
    let home = Home::new();
    let (thing, mut device) = home.thing("A");
    for shape in 0..9 {
        let id = device.id.clone();
        let bodies = [
            String::new(),
            "null".to_owned(),
            "{}".to_owned(),
            json!(id).to_string(),
            json!([id]).to_string(),
            json!({"controlled": id}).to_string(),
            json!(format!("{id},{id}")).to_string(),
            id.clone(),
            id.to_uppercase(),
        ];
        let body = &bodies[shape];
        let answer = remove(&home, &device, body);
        assert_eq!(count(&answer), (200, "1"), "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(home.stage(&thing), StageName::Registered);
        assert_eq!(home.call(&device.get()).status, 401, "its password ended");
        let again = home.enroll(&thing);
        assert_eq!((&again.id, again.auth == device.auth), (&device.id, false));
        device = again;
    }
}

#[test]
fn a_thing_that_never_connected_takes_itself_off() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    assert_eq!(count(&remove(&home, &device, "")), (200, "1"));
    assert_eq!(home.stage(&thing), StageName::Registered);
    assert_eq!(remove(&home, &device, "").status, 401);
}

#[test]
fn a_controller_that_takes_itself_off_is_retired() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let controller = home.controller(&thing);
    assert_eq!(count(&remove(&home, &controller, "")), (200, "1"));
    let status = block_on(home.scene.registry.controller(&controller.plug_id())).unwrap();
    assert_eq!(status.stage, ControllerStageName::Retired);
    assert_eq!(home.call(&controller.get()).status, 401);
    assert_eq!(home.access(&controller, &thing), AccessLevel::None);
    assert_eq!(home.call(&owner("GET", &path(&controller.id))).status, 404);
}

#[test]
fn whoever_names_nobody_removes_nobody() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    for body in ["[]", r#"{"controlled":[]}"#] {
        assert_eq!(count(&remove(&home, &device, body)), (200, "0"), "{body}");
        assert_eq!(count(&owner_removes(&home, body)), (200, "0"), "{body}");
    }
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn a_device_removes_nobody_else() {
    let home = Home::new();
    let ((one, of_one), (_, of_two)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    for (caller, body) in [
        (&of_two, of_one.id.clone()),
        (&of_two, json!([of_two.id, of_one.id]).to_string()),
        (&of_two, NOBODY.to_owned()),
        (&controller, of_one.id.clone()),
        (&of_one, controller.id.clone()),
    ] {
        assert_eq!(remove(&home, caller, &body).status, 403, "{body}");
        let under_owner = caller.under_owner("DELETE", "/iot/device").text(&body);
        assert_eq!(home.call(&under_owner).status, 403, "{body}");
    }
    for device in [&of_one, &of_two, &controller] {
        assert_eq!(home.call(&device.get()).status, 200);
    }
}

#[test]
fn an_owner_removes_those_that_are_named_and_there_and_theirs() {
    let home = Home::new();
    let ((one, of_one), (two, of_two), (three, _)) =
        (home.thing("1"), home.thing("2"), home.thing("3"));
    let controller = home.controller(&three);
    let all = json!([of_one.id, of_two.id, controller.id, NOBODY, of_one.id]).to_string();
    let eve = owner_with("DELETE", "/iot/device", STRANGER, MASTER).text(&all);
    assert_eq!(count(&home.call(&eve)), (200, "0"));
    assert_eq!(count(&owner_removes(&home, &all)), (200, "3"));
    assert_eq!(home.stage(&one), StageName::Registered);
    assert_eq!(home.stage(&two), StageName::Registered);
    assert_eq!(home.stage(&three), StageName::Activated);
    assert_eq!(home.call(&controller.get()).status, 401);
    assert_eq!(count(&owner_removes(&home, &all)), (200, "0"), "once");
}

#[test]
fn an_owner_says_whom() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    for body in ["", "null", "{}"] {
        assert_eq!(owner_removes(&home, body).status, 400, "{body}: they never mean all");
    }
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn a_device_under_its_owners_password_is_taken_off() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    let call = device.under_owner("DELETE", "/iot/device");
    assert_eq!(count(&home.call(&call)), (200, "1"));
    assert_eq!(home.stage(&thing), StageName::Registered);
    assert_eq!(count(&home.call(&call)), (200, "0"));
    let (_, other) = home.thing("B");
    let named = other.under_owner("DELETE", "/iot/device").text(&other.id);
    assert_eq!(count(&home.call(&named)), (200, "1"));
}

#[test]
fn an_owner_ends_what_a_holder_holds() {
    let home = Home::new();
    let ((one, of_one), (two, of_two)) = (home.thing("1"), home.thing("2"));
    let controller = home.controller(&one);
    let add = controller.signs(two.put());
    assert!(home.call(&add).is_empty_200());
    let some = owner("DELETE", &path(&controller.id)).text(json!([of_one.id]).to_string());
    assert!(home.call(&some).is_empty_200());
    assert_eq!(home.access(&controller, &one), AccessLevel::None);
    assert_eq!(home.access(&controller, &two), AccessLevel::ReadWrite);
    assert!(home.call(&owner("DELETE", &path(&controller.id))).is_empty_200());
    assert_eq!(home.access(&controller, &two), AccessLevel::None);
    assert!(home.call(&add).is_empty_200());
    let under_owner = controller.under_owner("DELETE", &path(&controller.id));
    assert!(home.call(&under_owner.clone().text(&of_one.id)).is_empty_200());
    assert_eq!(home.access(&controller, &two), AccessLevel::ReadWrite);
    assert!(home.call(&under_owner.text(&of_two.id)).is_empty_200());
    assert_eq!(home.access(&controller, &two), AccessLevel::None);
    assert_eq!(home.call(&controller.get()).status, 200, "who holds nothing connects still");
}

#[test]
fn nothing_is_removed_by_who_does_not_say_who_it_is() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let call = Call::new("DELETE", "/iot/device");
    for call in [call.clone(), call.text(&device.id)] {
        assert_eq!(home.call(&call).status, 401);
    }
    assert_eq!(home.stage(&thing), StageName::Activated);
}
