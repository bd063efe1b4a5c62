//! Each row of the protocol, as `curl` sends it.

use std::process::Command;

use plugmint::{AccessLevel, StageName};
use serde_json::json;

use crate::client::Answer;
use crate::home::{Device, EMAIL, Home, MASTER, Thing, path};

/// What `curl` is answered.
fn curl(home: &Home, method: &str, path: &str, more: &[&str]) -> Answer {
    let url = format!("http://{}{path}", home.server.address);
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--http1.1", "--max-time", "30"]);
    let output = command.args(["--request", method]).args(more).arg(url).output().unwrap();
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    Answer::of(&output.stdout)
}

fn as_device(device: &Device) -> [String; 4] {
    let headers = [format!("X-Plug-Id: {}", device.id), format!("X-Plug-Auth: {}", device.auth)];
    let [id, auth] = headers;
    ["-H".to_owned(), id, "-H".to_owned(), auth]
}

fn as_owner() -> [String; 4] {
    let headers = [format!("X-Plug-Email: {EMAIL}"), format!("X-Plug-Master: {MASTER}")];
    let [email, master] = headers;
    ["-H".to_owned(), email, "-H".to_owned(), master]
}

/// A call of somebody's with more arguments.
fn call(home: &Home, who: &[String; 4], method: &str, path: &str, more: &[&str]) -> Answer {
    let who = who.iter().map(String::as_str);
    curl(home, method, path, &who.chain(more.iter().copied()).collect::<Vec<_>>())
}

fn enrolled(home: &Home, serial: &str) -> (Thing, Device) {
    let thing = home.registered(serial);
    let body = thing.enrolling().to_string();
    let answer = curl(home, "POST", "/iot/device", &["--json", &body]);
    assert_eq!(answer.status, 200);
    (thing, Device::told(&answer))
}

fn controller(home: &Home, of: &Thing) -> Device {
    let body = of.controlling().to_string();
    let answer = curl(home, "PUT", "/iot/device", &["--data", &body]);
    assert_eq!(answer.status, 201);
    Device::told(&answer)
}

#[test]
fn curl_enrolls_a_thing_and_a_controller_and_reads_both() {
    let home = Home::new();
    let (thing, device) = enrolled(&home, "A");
    assert_eq!(home.stage(&thing), StageName::Enrolled);
    let controller = controller(&home, &thing);
    for (who, id) in
        [(&device, &device.id), (&controller, &controller.id), (&controller, &device.id)]
    {
        let answer = call(&home, &as_device(who), "GET", &path(id), &[]);
        assert_eq!((answer.status, &answer.value()["id"]), (200, &json!(id)));
    }
    let answer = call(&home, &as_owner(), "GET", &path(&device.id), &[]);
    assert_eq!((answer.status, &answer.value()["hwid"]), (200, &json!("A")));
}

#[test]
fn curl_controls_one_more_thing_and_stops_controlling() {
    let home = Home::new();
    let ((one, of_one), (two, _)) = (enrolled(&home, "1"), enrolled(&home, "2"));
    let controller = controller(&home, &one);
    let who = as_device(&controller);
    let body = two.controlling().to_string();
    assert!(call(&home, &who, "PUT", "/iot/device", &["--data", &body]).is_empty_200());
    assert_eq!(home.access(&controller, &two), AccessLevel::ReadWrite);
    let own = path(&controller.id);
    let list = json!([of_one.id]).to_string();
    assert!(call(&home, &who, "DELETE", &own, &["--data", &list]).is_empty_200());
    assert_eq!(home.access(&controller, &one), AccessLevel::None);
    assert_eq!(home.access(&controller, &two), AccessLevel::ReadWrite);
    // It tells no length and sends no body.
    assert!(call(&home, &who, "DELETE", &own, &[]).is_empty_200());
    assert_eq!(home.access(&controller, &two), AccessLevel::None);
}

#[test]
fn curl_changes_a_device() {
    let home = Home::new();
    let (_, device) = enrolled(&home, "A");
    let (who, own) = (as_device(&device), path(&device.id));
    let body = json!({"name": "Kitchen", "perm": {"ctrl": "r"}, "props": {"x": 1}}).to_string();
    assert!(call(&home, &who, "PATCH", &own, &["--json", &body]).is_empty_200());
    let overridden = ["-H", "X-HTTP-Method-Override: PATCH", "--json", r#"{"name":"Hall"}"#];
    assert!(call(&home, &who, "POST", &own, &overridden).is_empty_200());
    let shown = call(&home, &who, "GET", &own, &[]).value();
    assert_eq!((&shown["name"], &shown["props"]), (&json!("Hall"), &json!({"x": 1})));
    let body = r#"{"status":"disabled"}"#;
    assert_eq!(call(&home, &who, "PATCH", &own, &["--json", body]).status, 403);
    assert!(call(&home, &as_owner(), "PATCH", &own, &["--json", body]).is_empty_200());
    assert_eq!(call(&home, &who, "GET", &own, &[]).status, 401);
}

#[test]
fn curl_unenrolls() {
    let home = Home::new();
    let ((one, of_one), (two, of_two), (three, of_three)) =
        (enrolled(&home, "1"), enrolled(&home, "2"), enrolled(&home, "3"));
    let removed = call(&home, &as_device(&of_one), "DELETE", "/iot/device", &[]);
    assert_eq!((removed.status, removed.said()), (200, "1"));
    let overridden =
        ["-H", "X-HTTP-Method-Override: DELETE", "--json", &json!(of_two.id).to_string()]
            .map(str::to_owned);
    let overridden = overridden.each_ref().map(String::as_str);
    let removed = call(&home, &as_device(&of_two), "POST", "/iot/device", &overridden);
    assert_eq!((removed.status, removed.said()), (200, "1"));
    let chunked = ["-H", "Transfer-Encoding: chunked", "--data", of_three.id.as_str()];
    let removed = call(&home, &as_owner(), "DELETE", "/iot/device", &chunked);
    assert_eq!((removed.status, removed.said()), (200, "1"));
    for thing in [one, two, three] {
        assert_eq!(home.stage(&thing), StageName::Registered);
    }
}

#[test]
fn curl_is_refused_in_words() {
    let home = Home::new();
    let (thing, device) = enrolled(&home, "A");
    let mut wrong = thing.enrolling();
    wrong["pass"] = "0".repeat(32).into();
    for (expected, answer) in [
        (403, curl(&home, "POST", "/iot/device", &["--json", &wrong.to_string()])),
        (400, curl(&home, "POST", "/iot/device", &["--data", "model=x"])),
        (401, curl(&home, "GET", &path(&device.id), &[])),
        (404, call(&home, &as_owner(), "GET", "/iot/device/dev-0", &[])),
        (405, curl(&home, "OPTIONS", "/iot/device", &[])),
        (413, curl(&home, "POST", "/iot/device", &["--data", &"x".repeat(70_000)])),
    ] {
        assert_eq!((answer.status, &answer.value()["err"]), (expected, &json!(expected)));
    }
}
