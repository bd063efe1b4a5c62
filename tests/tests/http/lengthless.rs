//! A `DELETE` whose body has no length.

use std::time::Duration;

use plugmint::{AccessLevel, StageName};
use serde_json::json;

use crate::client::Call;
use crate::home::{Device, Home, Server, Thing, api, owner, path};

/// A Controller and two Things that it holds.
fn held() -> (Home, Device, [(Thing, Device); 2]) {
    let home = Home::new();
    let things = [home.thing("1"), home.thing("2")];
    let controller = home.controller(&things[0].0);
    assert!(home.call(&controller.signs(things[1].0.put())).is_empty_200());
    (home, controller, things)
}

#[test]
fn what_follows_in_the_same_packet_is_the_list() {
    let (home, controller, things) = held();
    for body in [json!([things[0].1.id]).to_string(), things[0].1.id.clone()] {
        let mut client = home.server.client();
        let (head, body) = controller.on_itself("DELETE").text(body).lengthless();
        client.send([head, body].concat());
        assert!(client.answer().is_empty_200());
        assert!(client.is_closed(), "what would follow is nobody's");
        assert_eq!(home.access(&controller, &things[0].0), AccessLevel::None);
        assert_eq!(home.access(&controller, &things[1].0), AccessLevel::ReadWrite, "never all");
    }
}

#[test]
fn what_follows_in_later_packets_is_the_list() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    let body = json!([things[0].1.id]).to_string();
    let (head, body) = controller.on_itself("DELETE").text(body).lengthless();
    client.send(head);
    for piece in body.chunks(10) {
        assert!(client.is_silent(Duration::from_millis(100)), "its body is waited for");
        client.send(piece);
    }
    assert!(client.answer().is_empty_200());
    assert!(client.is_closed());
    assert_eq!(home.access(&controller, &things[0].0), AccessLevel::None);
    assert_eq!(home.access(&controller, &things[1].0), AccessLevel::ReadWrite, "never all");
}

#[test]
fn nothing_that_follows_means_all() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    client.send(controller.on_itself("DELETE").lengthless().0);
    assert!(client.answer().is_empty_200());
    assert!(client.is_closed());
    for (thing, _) in &things {
        assert_eq!(home.access(&controller, thing), AccessLevel::None);
    }
}

#[test]
fn who_sends_nothing_more_is_answered_at_once() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    client.send(controller.on_itself("DELETE").lengthless().0);
    client.end();
    assert!(client.answer().is_empty_200());
    assert_eq!(home.access(&controller, &things[0].0), AccessLevel::None);
}

#[test]
fn what_cannot_be_read_is_400_changes_nothing_and_closes() {
    let (home, controller, things) = held();
    let get = controller.get().bytes();
    for body in [b"all".to_vec(), b"[".to_vec(), vec![0xff], get, vec![b','; 70_000]] {
        let mut client = home.server.client();
        let (head, body) = controller.on_itself("DELETE").text(body).lengthless();
        client.try_send(&[head, body].concat());
        let answer = client.answer();
        assert!([400, 413].contains(&answer.status), "{answer:?}");
        assert!(client.is_closed());
        for (thing, _) in &things {
            assert_eq!(home.access(&controller, thing), AccessLevel::ReadWrite);
        }
    }
}

#[test]
fn a_server_that_cannot_see_the_body_answers_400_changes_nothing_and_closes() {
    let (home, controller, things) = held();
    let server = Server::plain(api(&home.scene.registry));
    let post = Call::new("POST", &path(&controller.id));
    let post = controller.signs(post).header("X-HTTP-Method-Override", "DELETE");
    for call in [controller.on_itself("DELETE"), post] {
        for body in ["", things[0].1.id.as_str()] {
            let mut client = server.client();
            let (head, body) = call.clone().text(body).lengthless();
            client.send([head, body].concat());
            let answer = client.answer();
            assert_eq!((answer.status, answer.header("connection")), (400, Some("close")));
            assert!(client.is_closed());
        }
    }
    for (thing, _) in &things {
        assert_eq!(home.access(&controller, thing), AccessLevel::ReadWrite);
    }
}

#[test]
fn an_overridden_delete_without_a_length_has_its_list() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    let call = controller.on_itself("POST").header("X-HTTP-Method-Override", "DELETE");
    let (head, body) = call.text(things[1].1.id.as_bytes()).lengthless();
    client.send([head, body].concat());
    assert!(client.answer().is_empty_200());
    assert_eq!(home.access(&controller, &things[0].0), AccessLevel::ReadWrite, "never all");
    assert_eq!(home.access(&controller, &things[1].0), AccessLevel::None);
}

#[test]
fn an_owners_list_without_a_length_takes_off_whom_it_names() {
    let (home, _, things) = held();
    let mut client = home.server.client();
    let call = owner("DELETE", "/iot/device").text(json!([things[0].1.id]).to_string());
    let (head, body) = call.lengthless();
    client.send([head, body].concat());
    let answer = client.answer();
    assert_eq!((answer.status, answer.said()), (200, "1"));
    assert_eq!(home.stage(&things[0].0), StageName::Registered);
    assert_eq!(home.stage(&things[1].0), StageName::Activated);
}

#[test]
fn it_comes_behind_other_calls_of_its_connection() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    let (head, body) = controller.on_itself("DELETE").text(things[0].1.id.as_bytes()).lengthless();
    client.send([controller.get().bytes(), controller.get().bytes(), head, body].concat());
    assert_eq!(client.answer().status, 200);
    assert_eq!(client.answer().value()["id"], controller.id);
    assert!(client.answer().is_empty_200());
    assert!(client.is_closed());
    assert_eq!(home.access(&controller, &things[1].0), AccessLevel::ReadWrite, "never all");
}

#[test]
fn a_chunked_list_is_a_list() {
    let (home, controller, things) = held();
    let mut client = home.server.client();
    let call = controller.on_itself("DELETE").header("Transfer-Encoding", "chunked");
    client.send(call.lengthless().0);
    let (start, rest) = things[0].1.id.split_at(10);
    for piece in [start, rest] {
        client.send(format!("{:x}\r\n{piece}\r\n", piece.len()));
    }
    client.send("0\r\n\r\n");
    assert!(client.answer().is_empty_200());
    client.send(controller.get().bytes());
    assert_eq!(client.answer().status, 200, "the connection lives on");
    assert_eq!(home.access(&controller, &things[0].0), AccessLevel::None);
    assert_eq!(home.access(&controller, &things[1].0), AccessLevel::ReadWrite);
}
