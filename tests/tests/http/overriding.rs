//! `X-HTTP-Method-Override`

use plugmint::StageName;
use serde_json::json;

use crate::client::Call;
use crate::home::{Home, path};

const OVERRIDE: &str = "X-HTTP-Method-Override";

#[test]
fn a_post_that_says_patch_is_one() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for says in ["PATCH", "patch", " Patch "] {
        let body = json!({"name": says.trim()});
        let call = device.on_itself("POST").header(OVERRIDE, says).json(&body);
        assert!(home.call(&call).is_empty_200(), "{says}");
        assert_eq!(home.call(&device.get()).value()["name"], says.trim());
    }
}

#[test]
fn a_post_that_says_delete_is_one() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let (held, _) = home.thing("held");
    assert!(home.call(&device.signs(held.put())).is_empty_200());
    let call = device.on_itself("POST").header(OVERRIDE, "DELETE");
    assert!(home.call(&call.json(&json!([device.id]))).is_empty_200());
    assert_ne!(home.access(&device, &held), plugmint::AccessLevel::None, "it named another");
    let call = device.on_itself("POST").header("x-http-method-override", "delete");
    assert!(home.call(&call.text("null")).is_empty_200());
    assert_eq!(home.access(&device, &held), plugmint::AccessLevel::None);
    let call = device.calls("POST", "/iot/device").header(OVERRIDE, "DELETE");
    let answer = home.call(&call.json(&json!(device.id)));
    assert_eq!((answer.status, answer.said()), (200, "1"));
    assert_eq!(home.stage(&thing), StageName::Registered);
}

#[test]
fn any_other_override_means_nothing() {
    let home = Home::new();
    for says in ["GET", "PUT", "POST", "", "PATCHES", "\u{fc}"] {
        let thing = home.registered(&format!("says {says}."));
        assert_eq!(home.call(&thing.post().header(OVERRIDE, says)).status, 200, "{says}");
    }
    let (_, device) = home.thing("A");
    let call = device.on_itself("POST").header(OVERRIDE, "GET");
    assert_eq!(home.call(&call).status, 405);
}

#[test]
fn nothing_but_a_post_is_overridden() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let get = device.get().header(OVERRIDE, "DELETE");
    assert_eq!(home.call(&get).value()["id"], device.id);
    let put = device.signs(home.thing("B").0.put()).header(OVERRIDE, "DELETE");
    assert!(home.call(&put).is_empty_200());
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn a_method_that_is_none_is_405_and_says_which_are() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for method in ["GET", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let answer = home.call(&device.calls(method, "/iot/device"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, PUT, DELETE")));
    }
    for method in ["POST", "PUT", "OPTIONS", "BREW"] {
        let answer = home.call(&device.on_itself(method));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, PATCH, DELETE")));
    }
    let stray = Call::new("POST", &path(&device.id)).header(OVERRIDE, "PUT");
    assert_eq!(home.call(&stray).status, 405);
}
