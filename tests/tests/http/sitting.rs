//! Devices that sit on their connections, under a server that mounts the router.

use std::time::Duration;

use plugmint_tests::design;

use crate::client::Call;
use crate::home::{Home, Server, api};

/// A server that waits for a device no longer than this.
fn impatient(home: &Home) -> Server {
    let router = api(&home.scene.registry).router();
    Server::with(router, |listener| listener.with_idle_timeout(Duration::from_millis(300)))
}

#[test]
fn who_has_not_called_or_calls_no_more_is_sent_away() {
    let home = Home::new();
    let (_, device) = home.enrolled("1");
    let server = impatient(&home);
    let (mut silent, mut once) = (server.client(), server.client());
    once.send(device.on_itself("GET").bytes());
    assert_eq!(once.answer().status, 200);
    assert!(silent.is_closed() && once.is_closed());
}

#[test]
fn who_does_not_come_to_an_end_is_sent_away() {
    let home = Home::new();
    let server = impatient(&home);
    for begun in ["GET /iot/device HT", "GET / HTTP/1.1\r\nUpgrade: x\r\nHost:"] {
        let mut client = server.client();
        client.send(begun);
        assert!(client.is_closed(), "{begun}");
    }
    // A byte at a time, for as long as somebody takes them.
    let mut client = server.client();
    while client.is_silent(Duration::from_millis(20)) && client.try_send(b"G") {}
    assert!(client.is_closed());
}

#[test]
fn who_does_not_read_its_answers_is_not_waited_for() {
    let home = Home::new();
    let server = impatient(&home);
    let mut client = server.client();
    let document = Call::new("GET", "/iot/openapi.json").bytes();
    while client.try_send(&document) {}
}

#[test]
fn whose_body_is_refused_before_it_has_come_is_not_cut_off_while_it_sends() {
    let home = Home::with(design(), |api| api.with_body_limit(1_000));
    let mut client = home.server.client();
    let call = Call::new("POST", "/iot/device").text([b'x'; 2_000]).bytes();
    let (begun, rest) = call.split_at(call.len() - 1_900);
    client.send(begun);
    assert_eq!(client.answer().status, 413);
    assert!(client.is_closed(), "its answer has come to its end");
    for more in rest.chunks(10) {
        assert!(client.try_send(more), "who sends all of it before it reads is told");
    }
}
