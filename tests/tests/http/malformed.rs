//! What is no call that could be answered.

use plugmint::StageName;
use serde_json::{Value, json};

use crate::client::Call;
use crate::home::{Home, path};

/// What no text field may hold.
fn no_texts() -> Vec<Value> {
    vec![json!(null), json!(7), json!(true), json!([]), json!({}), json!("")]
}

#[test]
fn an_enrollment_that_lacks_or_garbles_a_field_is_400() {
    let home = Home::new();
    let thing = home.registered("A");
    let long = "x".repeat(129);
    let mut wrong = Vec::new();
    for field in ["model", "hwid", "pass"] {
        let mut lacks = thing.enrolling();
        lacks.as_object_mut().unwrap().remove(field);
        wrong.push(lacks);
        let others = [json!("\u{0}bcdefgh"), json!("1234567\n"), json!(long), json!([long])];
        for value in no_texts().into_iter().chain(others) {
            let mut with = thing.enrolling();
            with[field] = value;
            wrong.push(with);
        }
    }
    for (field, value) in [
        ("pass", json!("1234567")),
        ("hwid", json!(" A")),
        ("hwid", json!("A\u{a0}")),
        ("model", json!("mod-0123456789abcdef0123456")),
        ("model", json!("mod-0123456789abcdef012345678")),
        ("model", json!("mod-0123456789abcdef0123456g")),
        ("model", json!("dev-0123456789abcdef01234567")),
        ("name", json!(7)),
        ("name", json!("x\u{7}")),
        ("name", json!("x".repeat(1_000))),
        ("props", json!("x".repeat(8_192))),
    ] {
        let mut with = thing.enrolling();
        with[field] = value;
        wrong.push(with);
    }
    for body in wrong {
        let answer = home.call(&Call::new("POST", "/iot/device").json(&body));
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(!answer.said().contains(&thing.password));
    }
    assert_eq!(home.stage(&thing), StageName::Registered);
}

#[test]
fn a_control_that_lacks_or_garbles_a_field_is_400() {
    let home = Home::new();
    let (thing, _) = home.thing("A");
    let (_, other) = home.thing("B");
    for field in ["model", "ctrl", "pass", "hwid", "name"] {
        let is_optional = ["hwid", "name"].contains(&field);
        let mut lacks = thing.controlling();
        lacks.as_object_mut().unwrap().remove(field);
        let garbled = no_texts().into_iter().chain([json!("\u{0}bcdefgh"), json!("x".repeat(999))]);
        let mut wrong: Vec<_> = garbled
            .filter(|value| !is_optional || !(value.is_null() || *value == json!("")))
            .map(|value| {
                let mut with = thing.controlling();
                with[field] = value;
                with
            })
            .collect();
        wrong.extend((!is_optional).then_some(lacks));
        for body in wrong {
            let call = Call::new("PUT", "/iot/device").json(&body);
            assert_eq!(home.call(&call).status, 400, "{body}");
            if !is_optional {
                assert_eq!(home.call(&other.signs(call)).status, 400, "{body}");
            }
        }
    }
}

#[test]
fn a_change_that_garbles_a_field_is_400_and_changes_nothing() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let before = home.call(&device.get()).body;
    for wrong in [
        json!({"name": 7}),
        json!({"name": ["x"]}),
        json!({"name": "\u{1}"}),
        json!({"name": "x".repeat(1_000)}),
        json!({"name": "x", "perm": "rw"}),
        json!({"name": "x", "status": "off"}),
        json!({"name": "x", "status": null}),
        json!({"name": "x", "status": 1}),
        json!({"props": {}, "perm": {"ctrl": false}}),
    ] {
        let answer = home.call(&device.on_itself("PATCH").json(&wrong));
        assert_eq!(answer.status, 400, "{wrong}");
        assert_eq!(home.call(&device.get()).body, before);
    }
}

#[test]
fn what_is_no_json_object_is_400() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let deep = "[".repeat(50_000);
    for body in [
        "",
        " ",
        "null",
        "7",
        "\"x\"",
        "[]",
        "{",
        "{}}",
        "{\"a\":}",
        "{'a':1}",
        "{a:1}",
        "nul",
        "\u{feff}{}",
        "model=x&hwid=y",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\n\"}",
        &deep,
        &format!("{{\"props\":{deep}"),
    ]
    .map(str::as_bytes)
    .into_iter()
    .chain([
        &b"\xff"[..],
        b"{\"name\":\"\xff\"}",
        b"{\"name\":\"\\ud800\"}",
        b"\0",
        b"{\"a\":1}\0",
    ]) {
        for call in [
            Call::new("POST", "/iot/device"),
            Call::new("PUT", "/iot/device"),
            device.calls("PUT", "/iot/device"),
            device.on_itself("PATCH"),
        ] {
            let answer = home.call(&call.text(body));
            assert_eq!(answer.status, 400, "{:?}: {answer:?}", body.escape_ascii().to_string());
        }
    }
}

#[test]
fn what_is_deeply_nested_is_kept_and_comes_back() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let deep = format!("{}{}", "[".repeat(4_000), "]".repeat(4_000));
    let call = device.on_itself("PATCH").text(format!(r#"{{"props":{deep}}}"#));
    assert!(home.call(&call).is_empty_200());
    assert!(home.call(&device.get()).said().contains(&deep));
    let call = device.on_itself("PATCH").text(format!(r#"{{"perm":{{"x":{deep}}}}}"#));
    assert!(home.call(&call).is_empty_200());
    assert!(home.call(&device.on_itself("DELETE").text(&deep)).status == 400);
}

#[test]
fn what_is_no_http_is_400_and_closes() {
    let home = Home::new();
    for bytes in [
        "no http at all\r\n\r\n",
        "GET\r\n\r\n",
        "GET /iot/device HTTP/9.9\r\n\r\n",
        "POST /iot/device HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /iot/device HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /iot/device HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /iot/device HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}",
        "POST /iot/device HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n",
        "DELETE /iot/device HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "DELETE /iot/device HTTP/1.1\r\n no name\r\n\r\n",
        "\u{16}\u{3}\u{1} TLS\r\n\r\n",
    ] {
        let mut client = home.server.client();
        client.send(bytes);
        let answer = client.answer();
        assert_eq!(answer.status, 400, "{bytes:?}");
        assert!(client.is_closed(), "{bytes:?}");
    }
}

#[test]
fn a_path_that_is_none_is_404_and_one_that_is_no_text_is_400() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for none in ["/", "/iot", "/iot/devices", "/iot/device/x/y", "/IOT/device"] {
        assert_eq!(home.call(&device.calls("GET", none)).status, 404, "{none}");
    }
    assert_eq!(home.call(&device.calls("GET", "/iot/device/%ff")).status, 400);
    let escaped = path(&device.id.replace('-', "%2d"));
    assert_eq!(home.call(&device.calls("GET", &escaped)).status, 200);
    let queried = format!("{}?x=y", path(&device.id));
    assert_eq!(home.call(&device.calls("GET", &queried)).status, 200);
    assert_eq!(home.call(&device.calls("GET", "*")).status, 404);
}

#[test]
fn what_a_body_is_said_to_be_means_nothing() {
    let home = Home::new();
    let thing = home.registered("A");
    for says in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "image/png",
        "",
        "\u{fc}",
        ";",
    ] {
        let body = thing.enrolling().to_string();
        let call = Call::new("POST", "/iot/device").header("Content-Type", says);
        assert_eq!(home.call(&call.clone().text(body)).status, 200, "{says}");
        assert_eq!(home.call(&call.text("model=x&hwid=y&pass=z")).status, 400, "{says}");
    }
    let twice = Call::new("POST", "/iot/device").header("Content-Type", "text/plain");
    assert_eq!(home.call(&twice.json(&thing.enrolling())).status, 200);
}

#[test]
fn a_head_that_is_too_long_is_431_and_closes() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let many = (0..200).fold(device.get(), |call, n| call.header(&format!("X-{n}"), "x"));
    let long = device.get().header("X-Long", &"x".repeat(1_000_000));
    let path = Call::new("GET", &path(&"x".repeat(70_000)));
    for (call, statuses) in [(many, [431, 431]), (long, [431, 431]), (path, [414, 431])] {
        let mut client = home.server.client();
        client.try_send(&call.bytes());
        let answer = client.answer();
        assert!(statuses.contains(&answer.status), "{}", answer.status);
        assert!(client.is_closed());
    }
    assert_eq!(home.call(&device.get()).status, 200);
}
