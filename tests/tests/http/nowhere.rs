//! Paths that are none, and whose they are.

use axum::Router;
use axum::routing::get;
use plugmint_http::no_such_path;

use crate::client::Call;
use crate::home::{Home, Server, api};

#[test]
fn what_lies_below_the_devices_and_is_none_is_404_in_their_words() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for path in ["/iot/device/", "/iot/device/x/", "/iot/device/x/y", "/iot/device/x/y/z"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"] {
            let answer = home.call(&device.calls(method, path));
            assert_eq!((answer.status, answer.value()["err"].as_u64()), (404, Some(404)), "{path}");
        }
    }
}

#[test]
fn an_answer_before_a_body_is_read_says_that_it_ends_the_connection() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    for (path, status) in
        [("/iot/device/x/y", 404), ("/iot/openapi.json", 405), ("/iot/device/%ff", 400)]
    {
        for length in [1, 1_000_000] {
            let mut client = home.server.client();
            client.try_send(&device.calls("POST", path).text(vec![b' '; length]).bytes());
            let answer = client.answer();
            let closes = answer.header("connection");
            assert_eq!((answer.status, closes), (status, Some("close")), "{path} {length}");
            assert!(client.is_closed(), "{path} {length}");
        }
        let mut client = home.server.client();
        for _ in 0..2 {
            client.send(device.calls("POST", path).text("").bytes());
            let answer = client.answer();
            assert_eq!((answer.status, answer.header("connection")), (status, None), "{path}");
        }
    }
}

#[test]
fn every_other_path_is_its_hosts() {
    let home = Home::new();
    let host = Router::new().route("/iot/{x}", get(async || "host's")).fallback(async || "no path");
    let server = Server::over(api(&home.scene.registry).router().merge(host));
    assert_eq!(server.call(&Call::new("GET", "/iot/clock")).said(), "host's");
    for path in ["/", "/iot", "/iot/clock/x", "/x"] {
        assert_eq!(server.call(&Call::new("GET", path)).said(), "no path", "{path}");
    }
    assert_eq!(server.call(&Call::new("GET", "/iot/device/x/y")).status, 404);
}

#[test]
fn a_host_that_has_devices_alone_answers_all_of_its_paths_in_their_words() {
    let home = Home::new();
    let server = Server::over(api(&home.scene.registry).router().fallback(no_such_path));
    for path in ["/", "/iot", "/iot/devices", "*", "/IOT/device"] {
        let answer = server.call(&Call::new("GET", path));
        assert_eq!((answer.status, answer.value()["err"].as_u64()), (404, Some(404)), "{path}");
    }
}

#[test]
fn a_delete_without_a_length_to_a_path_that_is_none_ends_its_connection() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let server = Server::plain(api(&home.scene.registry));
    for path in ["/iot/device/x/y", "/iot/openapi.json"] {
        let mut client = server.client();
        let (head, body) = device.calls("DELETE", path).text(device.get().bytes()).lengthless();
        client.send([head, body].concat());
        assert_eq!(client.answer().status, 400);
        assert!(client.is_closed(), "its body is not obeyed");
    }
}
