//! Bad weather: connections that are slow, cut, or far too many.

use std::time::Duration;

use plugmint::{Argon2Cost, StageName};
use plugmint_tests::{chosen_design, design, lines_watched};
use serde_json::json;

use crate::client::{Call, Client};
use crate::home::{Device, Home, MASTER, owner, path};

#[test]
fn calls_that_follow_each_other_unasked_are_answered_in_their_order() {
    let home = Home::new();
    let thing = home.registered("A");
    let mut client = home.server.client();
    client.send([thing.post().bytes(), thing.post().bytes()].concat());
    let (once, again) = (client.answer(), client.answer());
    assert_eq!(once.body, again.body);
    let device = Device::told(&once);
    let calls = [
        device.get().bytes(),
        device.on_itself("PATCH").json(&json!({"name": "x"})).bytes(),
        device.get().bytes(),
        device.on_itself("DELETE").text("").bytes(),
        Call::new("GET", "/iot/device").bytes(),
        device.get().bytes(),
    ];
    client.send(calls.concat());
    let told = calls.map(|_| client.answer());
    assert_eq!(told.each_ref().map(|answer| answer.status), [200, 200, 200, 200, 405, 200]);
    assert_eq!((&told[0].value()["name"], &told[2].value()["name"]), (&json!(null), &json!("x")));
    client.end();
    assert!(client.is_closed());
}

#[test]
fn a_call_that_comes_byte_by_byte_is_a_call() {
    let home = Home::new();
    let thing = home.registered("A");
    let mut client = home.server.client();
    for byte in thing.post().bytes() {
        client.send([byte]);
    }
    assert_eq!(client.answer().status, 200);
}

#[test]
fn half_a_call_does_nothing() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let registered = home.registered("B");
    for call in [registered.post(), device.calls("DELETE", "/iot/device").text(&device.id)] {
        let bytes = call.bytes();
        for length in (1..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            let mut client = home.server.client();
            client.send(&bytes[..length]);
            client.end();
            if let Some(answer) = client.answer_or_end() {
                assert_eq!(answer.status, 400, "{:?}", bytes[..length].escape_ascii().to_string());
            }
            assert!(client.is_closed());
        }
    }
    assert_eq!(home.stage(&thing), StageName::Activated);
    assert_eq!(home.stage(&registered), StageName::Registered);
}

#[test]
fn half_of_a_delete_without_a_length_does_nothing() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let (head, _) = device.calls("DELETE", "/iot/device").lengthless();
    for length in (1..head.len()).step_by(5).chain([head.len() - 1]) {
        let mut client = home.server.client();
        client.send(&head[..length]);
        client.end();
        if let Some(answer) = client.answer_or_end() {
            assert_eq!(answer.status, 400);
        }
        assert!(client.is_closed());
    }
    assert_eq!(home.stage(&thing), StageName::Activated);
}

#[test]
fn a_body_that_does_not_come_is_408_and_closes() {
    let home = Home::with(design(), |api| api.with_timeout(Duration::from_millis(200)));
    let thing = home.registered("A");
    let mut bytes = thing.post().bytes();
    bytes.pop();
    let mut client = home.server.client();
    client.send(bytes);
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    assert!(client.is_closed());
    assert_eq!(home.stage(&thing), StageName::Registered);
}

#[test]
fn what_takes_too_long_is_503_and_is_done_all_the_same() {
    let slow = chosen_design().with_argon2(Argon2Cost::new(64 * 1024, 8, 1).unwrap());
    let home = Home::with(slow, |api| api.with_timeout(Duration::from_millis(20)));
    let thing = home.registered("A");
    let answer = home.call(&thing.post());
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    wait_until(&home.server.client(), || home.stage(&thing) == StageName::Enrolled);
}

#[test]
fn a_time_that_no_clock_reaches_is_no_limit() {
    let home = Home::with(design(), |api| api.with_timeout(Duration::MAX));
    let device = home.enroll(&home.registered("A"));
    assert_eq!(home.call(&device.get()).status, 200);
    // It waits for a password to be stretched.
    assert_eq!(home.call(&owner("GET", &path(&device.id))).status, 200);
}

#[test]
fn an_enrollment_goes_on_when_its_caller_hangs_up_and_is_not_paid_for() {
    let slow = chosen_design().with_argon2(Argon2Cost::new(32 * 1024, 4, 1).unwrap());
    let home = Home::with(slow, |api| api);
    let (thing, before) = (home.registered("A"), home.registered("before"));
    let idle = home.server.client();
    // One source has two attempts: a third is answered 429.
    for _ in 0..2 {
        // It waits behind another, so that it is under way when its caller is gone.
        let mut other = home.server.client();
        other.send(before.post().bytes());
        let mut client = home.server.client();
        client.send(thing.post().bytes());
        wait_until(&idle, || home.scene.registry.stretch_load().waiting() > 0);
        drop(client);
        assert_eq!(other.answer().status, 200);
        wait_until(&idle, || home.stage(&thing) == StageName::Enrolled);
    }
    wait_until(&idle, || home.call(&thing.post()).status == 200);
    for _ in 0..4 {
        assert_eq!(home.call(&thing.post()).status, 200);
    }
}

#[test]
fn a_thousand_devices_enroll_at_once() {
    let home = Home::new();
    let things: Vec<_> = (0..1_000).map(|number| home.registered(&format!("S{number}"))).collect();
    let mut clients: Vec<_> = things.iter().map(|_| home.server.client()).collect();
    for (number, (client, thing)) in clients.iter_mut().zip(&things).enumerate() {
        let source = format!("198.51.{}.{}", number / 250, number % 250);
        client.send(thing.post().from(&source).bytes());
    }
    let told: Vec<_> = clients.iter_mut().map(Client::answer).collect();
    let devices: Vec<_> = told.iter().map(Device::told).collect();
    for (client, device) in clients.iter_mut().zip(&devices) {
        client.send(device.get().bytes());
    }
    for (client, device) in clients.iter_mut().zip(&devices) {
        assert_eq!(client.answer().value()["id"], device.id);
    }
}

#[test]
fn a_thousand_connections_that_say_nothing_are_in_nobodys_way() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let mut idle: Vec<_> = (0..1_000).map(|_| home.server.client()).collect();
    for (number, client) in idle.iter_mut().enumerate() {
        let half = device.get().bytes();
        client.send(&half[..number % half.len()]);
    }
    assert_eq!(home.call(&device.get()).status, 200);
}

#[test]
fn who_asks_on_and_on_and_reads_no_answer_is_held_up_and_in_nobodys_way() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let get = device.get().bytes();
    let mut greedy = home.server.client();
    let sent = greedy.flood(&get);
    assert_eq!(home.call(&device.get()).status, 200);
    let whole = sent / get.len();
    assert!(whole > 100, "{whole}");
    for _ in 0..whole {
        assert_eq!(greedy.answer().value()["id"], device.id);
    }
    greedy.send(&get[sent % get.len()..]);
    assert_eq!(greedy.answer().status, 200);
}

#[test]
fn devices_that_all_call_on_one_thing_are_all_answered() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let mut clients: Vec<_> = (0..100).map(|_| home.server.client()).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        let call = match number % 4 {
            0 => device.on_itself("PATCH").json(&json!({"name": format!("{number}")})),
            1 => thing.put(),
            2 => device.get(),
            _ => owner("GET", &path(&device.id)),
        };
        client.send(call.from(&format!("198.51.100.{number}")).bytes());
    }
    for (number, client) in clients.iter_mut().enumerate() {
        let answer = client.answer();
        // An owner's attempts that are under way are as many as an account has.
        let expected: &[u16] = match number % 4 {
            0 => &[200, 503],
            1 => &[201, 503],
            2 => &[200],
            _ => &[200, 429],
        };
        assert!(expected.contains(&answer.status), "{number}: {answer:?}");
    }
}

#[test]
fn no_secret_is_said_while_it_is_used_or_refused() {
    let home = Home::new();
    let (thing, device) = home.thing("A");
    let controller = home.controller(&thing);
    let before = lines_watched();
    let mut garbled = thing.post().bytes();
    garbled.pop();
    garbled.push(b'!');
    for bytes in [
        thing.post().bytes(),
        thing.put().bytes(),
        garbled,
        thing.post().header("X-Plug-Master", MASTER).bytes(),
        Call::new("PUT", "/iot/device").text(&thing.control).bytes(),
        controller.signs(thing.put()).bytes(),
        device.get().bytes(),
        Device { id: controller.id.clone(), ..device.clone() }.get().bytes(),
        owner("GET", &path(&device.id)).bytes(),
        device.under_owner("DELETE", "/iot/device").bytes(),
        Call::new("GET", &path(&device.auth)).bytes(),
        device.calls("DELETE", "/iot/device").text(&device.auth).bytes(),
    ] {
        let mut client = home.server.client();
        client.send(bytes);
        let answer = client.answer();
        let told_to_enroll = [200, 201].contains(&answer.status) && answer.said().contains("auth");
        let secrets = [&thing.password, &thing.control, &device.auth, &controller.auth];
        let said = answer.said();
        let repeats = secrets.iter().any(|secret| said.contains(secret.as_str()));
        assert!(told_to_enroll || !(repeats || said.contains(MASTER)), "{answer:?}");
    }
    assert!(lines_watched() > before, "everything is traced");
}

/// Asks again and again, with a breath in between.
fn wait_until(idle: &Client, mut is_so: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        assert!(idle.is_silent(Duration::from_millis(5)));
    }
    panic!("it never comes");
}
