//! Answers leave in the order of their calls.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::response::IntoResponse;
use axum::routing::get;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use std::sync::Mutex;

use crate::client::Call;
use crate::home::{Device, Home};

use super::{Watched, direct};

/// A server with `/slow`, which is told what it answers, and `/pieces`, whose body comes in pieces.
struct Slow {
    home: Home,
    device: Device,
    watched: Watched,
    says: UnboundedSender<&'static str>,
}

impl Slow {
    fn new() -> Self {
        let home = Home::new();
        let (_, device) = home.thing("A");
        let (says, said) = unbounded();
        let said = Arc::new(Mutex::new(Some(said)));
        let once =
            move || -> UnboundedReceiver<&'static str> { said.lock().unwrap().take().unwrap() };
        let slow = once.clone();
        let rest =
            Router::new().route("/slow", get(async move || slow().next().await.unwrap())).route(
                "/pieces",
                get(async move || {
                    let pieces = once().map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
                    ([(CONTENT_LENGTH, PIECES.concat().len())], Body::from_stream(pieces))
                        .into_response()
                }),
            );
        let watched = Watched::with(direct(&home), rest);
        Self { home, device, watched, says }
    }
}

/// The second looks like an answer.
const PIECES: [&str; 2] = ["first", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"];

#[test]
fn a_device_waits_for_the_answer_to_its_call_before() {
    let Slow { device, watched, says, home } = Slow::new();
    let mut client = watched.client();
    let seen = watched.sees(|| {
        client.send(Call::new("GET", "/slow").bytes());
        assert!(client.is_silent(Duration::from_millis(100)));
        client.send(device.get().bytes());
        assert!(client.is_silent(Duration::from_millis(200)));
        says.unbounded_send("slow").unwrap();
        assert_eq!(client.answer().said(), "slow");
        assert_eq!(client.answer().value()["id"], *device.id);
    });
    assert_eq!(seen, 2, "both came to the router");
    let seen = watched.sees(|| {
        client.send(device.get().bytes());
        assert_eq!(client.answer().value()["id"], *device.id);
    });
    assert_eq!(seen, 0, "nothing is waited for any more");
    drop(home);
}

#[test]
fn nothing_comes_between_the_pieces_of_an_answer() {
    let Slow { device, watched, says, home } = Slow::new();
    let mut client = watched.client();
    client.send(Call::new("GET", "/pieces").bytes());
    says.unbounded_send(PIECES[0]).unwrap();
    assert_eq!(client.head().status, 200);
    client.send(device.get().bytes());
    client.skip(PIECES[0].len());
    assert!(client.is_silent(Duration::from_millis(200)));
    says.unbounded_send(PIECES[1]).unwrap();
    client.skip(PIECES[1].len());
    for _ in 0..2 {
        assert_eq!(client.answer().value()["id"], *device.id);
        client.send(device.get().bytes());
    }
    drop(home);
}

#[test]
fn calls_that_come_at_once_are_answered_one_after_the_other() {
    let home = Home::new();
    let ((_, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let watched = Watched::with(direct(&home), Router::new());
    let mut client = watched.client();
    let host = Call::new("GET", "/host");
    for _ in 0..3 {
        let (one, two) = (device.get().bytes(), other.get().bytes());
        client.send([&one[..], &host.bytes(), &two, &one, &host.bytes()].concat());
        for expected in [Some(&device), None, Some(&other), Some(&device), None] {
            let answer = client.answer();
            match expected {
                Some(device) => assert_eq!(answer.value()["id"], *device.id),
                None => assert_eq!(answer.said(), "host's"),
            }
        }
        // And one by one, here.
        client.send(&one);
        assert_eq!(client.answer().value()["id"], *device.id);
    }
}

#[test]
fn a_head_that_comes_in_pieces_is_answered() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(direct(&home), Router::new());
    let call = device.get().bytes();
    for at in [1, 20, call.len() - 1] {
        let mut client = watched.client();
        let (begun, rest) = call.split_at(at);
        client.send(begun);
        assert!(client.is_silent(Duration::from_millis(20)));
        client.send(rest);
        assert_eq!(client.answer().value()["id"], *device.id);
        let seen = watched.sees(|| {
            client.send(&call);
            assert_eq!(client.answer().value()["id"], *device.id);
        });
        assert_eq!(seen, 0);
    }
}
