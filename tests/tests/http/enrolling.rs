//! `POST /iot/device`

use plugmint::{RepeatPolicy, StageName};
use plugmint_tests::{design, generated_password};
use pollster::block_on;
use serde_json::json;

use crate::client::Call;
use crate::home::{Device, Home, MASTER, NOBODY};

#[test]
fn a_thing_enrolls_and_is_told_id_before_auth_and_nothing_else() {
    let home = Home::new();
    let answer = home.call(&home.registered("A 1").post());
    let device = Device::told(&answer);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.said(), format!(r#"{{"id":"{}","auth":"{}"}}"#, device.id, device.auth));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(device.id.starts_with("dev-") && device.id.len() == 28);
    assert_eq!(device.id, device.id.to_lowercase());
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(device.auth.len() == 32 && device.auth.chars().all(allowed), "as seen in the field");
}

#[test]
fn credentials_that_stray_into_an_enrollment_mean_nothing() {
    let home = Home::new();
    let (_, other) = home.thing("other");
    for (number, headers) in [
        vec![("X-Plug-Id", other.id.as_str()), ("X-Plug-Auth", "wrong")],
        vec![("X-Plug-Id", other.id.as_str()), ("X-Plug-Auth", other.auth.as_str())],
        vec![("X-Plug-Id", ""), ("X-Plug-Auth", "")],
        vec![("X-Plug-Id", NOBODY), ("X-Plug-Master", MASTER)],
        vec![("X-Plug-Email", "nobody@example.com"), ("X-Plug-Master", "wrong")],
        vec![("Authorization", "Basic eDp5")],
    ]
    .into_iter()
    .enumerate()
    {
        let thing = home.registered(&format!("S{number}"));
        let call =
            headers.iter().fold(thing.post(), |call, (name, value)| call.header(name, value));
        let answer = home.call(&call);
        assert_eq!(answer.status, 200, "{headers:?}");
        assert_ne!(Device::told(&answer).id, other.id);
    }
}

#[test]
fn what_enrolled_is_enrolled_and_its_first_call_activates_it() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    assert_eq!(home.stage(&thing), StageName::Enrolled);
    assert_eq!(home.call(&device.get()).status, 200);
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn a_repeat_before_the_activation_gives_the_same_bytes() {
    let home = Home::new();
    let thing = home.registered("A");
    let (once, again) = (home.call(&thing.post()), home.call(&thing.post()));
    assert_eq!(once.timeless(), again.timeless());
}

#[test]
fn a_thing_that_is_activated_is_refused_in_words_of_its_own() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let activated = home.call(&thing.post());
    assert_eq!(activated.status, 403);
    let mut wrong = thing.enrolling();
    wrong["pass"] = generated_password(9_999).into();
    let refused = home.call(&Call::new("POST", "/iot/device").json(&wrong));
    assert_eq!(refused.status, 403);
    assert_ne!(activated.body, refused.body, "who proved the password is told why");
}

#[test]
fn a_template_that_takes_each_serial_once_says_so_to_who_proved_the_password() {
    let home = Home::with(design().with_repeat(RepeatPolicy::Never), |api| api);
    let (thing, _) = home.enrolled("A");
    let again = home.call(&thing.post());
    let mut wrong = thing.enrolling();
    wrong["pass"] = generated_password(9_999).into();
    let refused = home.call(&Call::new("POST", "/iot/device").json(&wrong));
    assert_eq!((again.status, refused.status), (403, 403));
    assert_ne!(again.body, refused.body);
}

#[test]
fn a_refused_enrollment_is_the_same_bytes_whatever_was_wrong() {
    let home = Home::new();
    let (thing, _) = home.enrolled("A");
    let (disabled, _) = home.enrolled("disabled");
    block_on(home.scene.registry.disable(&disabled.id, &home.scene.ada)).unwrap();
    let retired = home.registered("retired");
    block_on(home.scene.registry.retire(&retired.id, &home.scene.ada)).unwrap();
    let mut wrong = vec![disabled.enrolling(), retired.enrolling()];
    for (field, value) in [
        ("model", "mod-0123456789abcdef01234567".to_owned()),
        ("hwid", "B".to_owned()),
        ("pass", generated_password(9_999)),
        ("pass", "another length".to_owned()),
        ("pass", "\u{fc}ml\u{e4}utig".to_owned()),
    ] {
        let mut with = thing.enrolling();
        with[field] = value.into();
        wrong.push(with);
    }
    let told: Vec<_> = wrong
        .iter()
        .map(|body| home.call(&Call::new("POST", "/iot/device").json(body)).timeless())
        .collect();
    assert_eq!(told[0].0, 403, "never 401");
    for (told_now, body) in told.iter().zip(&wrong) {
        assert_eq!(told_now, &told[0], "{body}");
    }
}

#[test]
fn the_model_is_read_in_any_case() {
    let home = Home::new();
    let thing = home.registered("A");
    let mut body = thing.enrolling();
    body["model"] = thing.model.to_uppercase().into();
    assert_eq!(home.call(&Call::new("POST", "/iot/device").json(&body)).status, 200);
}

#[test]
fn a_serial_number_is_unique_within_its_template_alone() {
    let home = Home::new();
    let (thing, one) = home.enrolled("A");
    let registry = &home.scene.registry;
    let other = block_on(registry.create_template(registry.company(), design())).unwrap();
    let new = plugmint_tests::new_serial("A", &generated_password(77));
    block_on(registry.register(other.id(), new, &home.scene.ada)).unwrap();
    let body = json!({"model": other.id().to_string(), "hwid": thing.serial(),
        "pass": generated_password(77)});
    let answer = home.call(&Call::new("POST", "/iot/device").json(&body));
    assert_eq!(answer.status, 200);
    assert_ne!(Device::told(&answer).id, one.id);
}

#[test]
fn name_and_props_of_an_enrollment_are_kept() {
    let home = Home::new();
    let thing = home.registered("A");
    let mut body = thing.enrolling();
    body["name"] = "Kitchen".into();
    body["props"] = json!({"a": [1, null]});
    let device = Device::told(&home.call(&Call::new("POST", "/iot/device").json(&body)));
    let shown = home.call(&device.get()).value();
    assert_eq!((&shown["name"], &shown["props"]), (&body["name"], &body["props"]));
}

#[test]
fn any_content_type_is_json_and_so_is_none() {
    let home = Home::new();
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("?")] {
        let thing = home.registered(kind.unwrap_or("none"));
        let call = Call::new("POST", "/iot/device").text(thing.enrolling().to_string());
        let call = kind.map_or(call.clone(), |kind| call.header("Content-Type", kind));
        assert_eq!(home.call(&call).status, 200, "{kind:?}");
    }
}

#[test]
fn what_more_an_enrollment_says_is_not_read() {
    let home = Home::new();
    let thing = home.registered("A");
    let mut body = thing.enrolling();
    body["firmware"] = json!({"pass": 1});
    body["name"] = json!(null);
    body["props"] = json!(null);
    assert_eq!(home.call(&Call::new("POST", "/iot/device").json(&body)).status, 200);
}
