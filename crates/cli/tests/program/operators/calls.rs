//! What anybody with the socket may send.

use serde_json::{Value, json};

use crate::curl::curl;
use crate::program::Home;

use super::{ENROLL, SOCKET};

fn call(home: &Home, path: &str, body: &str) -> (u16, Value) {
    let socket = home.path(SOCKET);
    let socket = socket.to_str().unwrap();
    let url = format!("http://plugmint/v1/{path}");
    let answer = curl(&["--unix-socket", socket, &url, "-d", body]);
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body)))
}

#[test]
fn a_verb_is_a_post_of_json_and_its_answer_is_json() {
    let (home, template) = Home::with_template(&[]);
    let serial = json!({"template": template, "serial": "SN-1"});
    let new = json!({"serial": "SN-1", "enroll": ENROLL});
    let body = json!({"template": template, "new": new, "by": "me"}).to_string();
    let (status, registered) = call(&home, "serial/register", &body);
    assert_eq!((status, &registered["stage"]), (200, &json!("registered")), "{registered}");
    let body = json!({"serial": serial, "by": "me"}).to_string();
    assert_eq!(call(&home, "serial/disable", &body), (200, json!("done")));
    assert_eq!(call(&home, "serial/disable", &body), (200, json!("already-done")));
    let (status, history) =
        call(&home, "serial/history", &json!({"serial": serial, "limit": 9}).to_string());
    assert_eq!((status, &history[1]["author"]), (200, &json!({"operator": "me"})), "{history}");
}

#[test]
fn a_call_that_takes_long_tells_its_steps_line_by_line_and_ends_with_its_answer() {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    home.add(&template, "SN-2", ENROLL);
    let (status, lines) = call(&home, "events/feed", r#"{"from": "0", "page": 1}"#);
    let lines: Vec<Value> =
        lines.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((status, lines.len()), (200, 3), "{lines:?}");
    assert_eq!(lines[1]["step"]["events"][0]["serial"], "SN-2");
    assert!(lines[2]["answer"].is_string());
}

#[test]
fn a_refusal_has_a_code_a_message_and_whose_fault_it_is() {
    let (home, template) = Home::with_template(&[]);
    let serial = json!({"template": template, "serial": "SN-9"});
    let (status, refused) =
        call(&home, "serial/disable", &json!({"serial": serial, "by": "me"}).to_string());
    assert_eq!(status, 404);
    assert_eq!(refused["error"]["code"], "unknown-serial");
    assert_eq!(refused["error"]["kind"], "refused");
    assert!(refused["error"]["message"].as_str().unwrap().contains("SN-9"));
    let (status, refused) = call(&home, "key/drop", r#"{"version": 1}"#);
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("current-root-key")));
}

#[test]
fn what_is_no_call_is_told_what_was_expected_and_nothing_that_it_sent_as_a_text() {
    let home = Home::new();
    for (path, body) in [
        ("serial/disable", ""),
        ("serial/disable", "nonsense"),
        ("serial/disable", "{}"),
        ("serial/disable", r#"{"serial": "hunter2hunter2", "by": "me"}"#),
        ("serial/list", r#"{"filter": {}, "limit": 0}"#),
        ("about", r#"{"what": 1}"#),
        ("key/drop", r#"{"version": 0}"#),
        ("backup", r#"{"file": "here"}"#),
        ("enroll", r#"{"serial": {"template": "x", "serial": "y"}, "password": "hunter2"}"#),
        ("serial/set-access", r#"{"access": "hunter2"}"#),
        ("serial/disable", r#"{"hunter2": 1}"#),
        ("controller/enroll", r#"{"password": "hunter2hunter2", "thing": 1}"#),
        ("enroll", r#"{"password": 12345678}"#),
        ("serial/count", r#"{"filter": {"scope": {"company": "x"}, "hunter2": "retired"}}"#),
    ] {
        let (status, refused) = call(&home, path, body);
        assert_eq!(
            (status, &refused["error"]["kind"]),
            (400, &json!("malformed")),
            "{path} {body}"
        );
        let told = refused.to_string();
        assert!(!told.contains("hunter2") && !told.contains("12345678"), "{told}");
    }
    let (status, refused) = call(&home, "serial/destroy", "{}");
    assert_eq!((status, &refused["error"]["code"]), (404, &json!("unknown-call")));
    home.done(&["template", "list"], "");
}

#[test]
fn a_call_that_is_too_long_is_refused_and_the_server_goes_on() {
    let home = Home::new();
    let body = home.write("long.json", vec![b' '; 17 << 20]);
    let (status, _) = call(&home, "about", &format!("@{body}"));
    assert_eq!(status, 400);
    home.done(&["template", "list"], "");
}
