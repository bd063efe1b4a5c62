//! An answer is the same, whoever gives it.

use std::cell::Cell;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use plugmint_http::{Peer, no_such_path};
use pollster::block_on;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::{Config, TestRunner};

use crate::client::{Answer, Call, Client};
use crate::home::{Device, Home, Server, api, owner, path};

use super::{Watched, direct};

/// What a router answers without anything before it.
fn mounted(home: &Home) -> Server {
    let host = Router::new().route("/host", get(async || "host's")).fallback(no_such_path);
    Server::over(direct(home).router().merge(host))
}

/// An answer to what is sent on a connection whose first call is made.
fn answer(client: &mut Client, sent: &[u8]) -> (String, Vec<(String, String)>, Vec<u8>) {
    client.send(sent);
    let answer = client.answer();
    let line = answer.line.clone();
    let (_, headers, body) = Answer::timeless(answer);
    (line, headers, body)
}

/// Devices that may read themselves, and devices that may not.
fn devices(home: &Home) -> Vec<Device> {
    let ((thing, device), (disabled, disabled_device)) = (home.thing("A"), home.thing("B"));
    let (_, enrolled) = home.enrolled("C \"quoted\"");
    let phone = home.controller(&thing);
    block_on(home.scene.registry.disable(&disabled.id, &home.scene.ada)).unwrap();
    let nobody = Device { id: crate::home::NOBODY.to_owned(), auth: device.auth.clone() };
    let wrong = Device { id: device.id.clone(), auth: phone.auth.clone() };
    let props = r#"{"name":"K\u00fc\"he","props":{"a":[1,"b"]},"perm":{"ctrl":"r"}}"#;
    assert_eq!(home.call(&device.on_itself("PATCH").text(props)).status, 200);
    vec![device, phone, enrolled, disabled_device, nobody, wrong]
}

#[test]
fn a_device_that_reads_itself_is_told_what_the_router_tells_it_and_the_router_does_not_see_it() {
    let home = Home::new();
    let devices = devices(&home);
    let (watched, mounted) = (Watched::with(direct(&home), Router::new()), mounted(&home));
    let mut lines = Vec::new();
    let mut all = |expected: &str| {
        for device in &devices {
            let call = device.get().bytes();
            let (mut here, mut there) = (watched.client(), mounted.client());
            there.send(Call::new("GET", "/host").bytes());
            there.answer();
            let seen = watched.sees(|| {
                for _ in 0..3 {
                    assert_eq!(answer(&mut here, &call), answer(&mut there, &call), "{device:?}");
                }
            });
            assert_eq!(seen, 0, "{device:?}");
            lines.push(answer(&mut here, &call).0);
        }
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
    };
    all("HTTP/1.1 200 OK");
    all("HTTP/1.1 401 Unauthorized");
    block_on(home.scene.registry.close());
    all("HTTP/1.1 503 Service Unavailable");
}

#[test]
fn whoever_does_more_than_read_itself_comes_to_the_router() {
    let home = Home::new();
    let ((thing, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let phone = home.controller(&thing);
    let watched = Watched::with(direct(&home), Router::new());
    let own = path(&device.id);
    let calls = [
        phone.calls("GET", &own),
        device.calls("GET", &path(&other.id)),
        device.calls("GET", &format!("{own}?a=b")),
        device.calls("GET", &format!("{own}/")),
        device.calls("GET", &format!("http://devices{own}")),
        device.get().escaped(),
        device.get().text("{}"),
        device.get().header("Expect", "100-continue"),
        device.get().header("Upgrade", "h2c"),
        device.get().header("X-Plug-Id", &device.id),
        device.get().header("X-Plug-Auth", &other.auth),
        device.under_owner("GET", &own),
        owner("GET", &own),
        Call::new("GET", &own).header("X-Plug-Id", "x").header("X-Plug-Auth", "y"),
        device.on_itself("HEAD"),
        device.on_itself("PATCH").text("{}"),
    ];
    for call in calls {
        let mut client = watched.client();
        let seen = watched.sees(|| {
            client.send(call.bytes());
            _ = client.head();
        });
        assert_eq!(seen, 1, "{call:?}");
    }
}

#[test]
fn whoever_speaks_an_older_http_or_sends_chunks_comes_to_the_router() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(direct(&home), Router::new());
    let call = String::from_utf8(device.get().header("A", "b").lengthless().0).unwrap();
    let chunks = [&call.replace("A: b", "Transfer-Encoding: chunked"), "0\r\n\r\n"].concat();
    for (sent, stays) in [(call.replace("HTTP/1.1", "HTTP/1.0"), false), (chunks, true)] {
        let mut client = watched.client();
        let seen =
            watched.sees(|| assert!(answer(&mut client, sent.as_bytes()).0.ends_with(" OK")));
        assert_eq!(seen, 1, "{sent}");
        if stays {
            // Where a chunked body ends is not for two to find.
            let call = device.get().bytes();
            assert_eq!(watched.sees(|| assert_eq!(answer(&mut client, &call).0, OK)), 1);
        } else {
            assert!(client.is_closed());
        }
    }
}

#[test]
fn whoever_is_still_to_send_a_body_comes_to_the_router() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(direct(&home), Router::new());
    let mut client = watched.client();
    let (head, body) = device.get().header("Content-Length", "2").text("{}").lengthless();
    let seen = watched.sees(|| {
        client.send(head);
        assert!(client.is_silent(Duration::from_millis(100)));
        assert_eq!(answer(&mut client, &body).0, OK);
    });
    assert_eq!(seen, 1);
    assert_eq!(answer(&mut client, &device.get().bytes()).0, OK);
}

#[test]
fn whoever_says_that_it_stays_is_answered_here_and_whoever_leaves_is_not() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(direct(&home), Router::new());
    for (says, expected) in [("keep-alive", 0), ("Keep-Alive", 0), ("close", 1), ("upgrade", 1)] {
        let mut client = watched.client();
        let call = device.get().header("Connection", says);
        let seen = watched.sees(|| assert_eq!(answer(&mut client, &call.bytes()).0, OK));
        assert_eq!((seen, says == "close" && client.is_closed()), (expected, says == "close"));
    }
}

#[test]
fn behind_a_proxy_the_router_sees_for_whom_each_call_is() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(api(&home.scene.registry), Router::new());
    let mut client = watched.client();
    let call = device.get().from("198.51.100.7").bytes();
    assert_eq!(watched.sees(|| assert_eq!(answer(&mut client, &call).0, OK)), 1);
}

#[test]
fn once_they_are_stopped_the_router_answers_on_the_same_connection() {
    let home = Home::new();
    let (_, device) = home.thing("A");
    let watched = Watched::with(direct(&home), Router::new());
    let mut client = watched.client();
    let mut read = || watched.sees(|| assert_eq!(answer(&mut client, &device.get().bytes()).0, OK));
    assert_eq!(read(), 0);
    watched.reads.stop();
    assert_eq!(read(), 1);
}

#[test]
fn a_device_that_connects_for_the_first_time_is_activated_here_too() {
    let home = Home::new();
    let (thing, device) = home.enrolled("A");
    let watched = Watched::with(direct(&home), Router::new());
    let mut client = watched.client();
    let seen = watched.sees(|| assert_eq!(answer(&mut client, &device.get().bytes()).0, OK));
    assert_eq!((seen, home.stage(&thing)), (0, plugmint::StageName::Activated));
}

#[test]
fn handlers_of_the_host_find_who_is_connected() {
    let home = Home::new();
    let peer = get(async |ConnectInfo(peer): ConnectInfo<Peer>| peer.address().to_string());
    let watched = Watched::with(direct(&home), Router::new().route("/peer", peer));
    let mut client = watched.client();
    client.send(Call::new("GET", "/peer").bytes());
    assert_eq!(client.answer().said(), client.address().to_string());
}

/// A head that is near to that of a device which reads itself: what it begins with, and its lines.
fn heads(device: &Device, other: &Device) -> impl Strategy<Value = String> + use<> {
    let own = path(&device.id);
    let paths = vec![
        own.clone(),
        own.clone(),
        own.clone(),
        own.to_uppercase().replace("/IOT/DEVICE", "/iot/device"),
        path(&other.id),
        format!("{own}?"),
        format!("/{own}"),
        own.replace("dev-", "dev%2d"),
        "/iot/device".to_owned(),
    ];
    let lines = vec![
        format!("X-Plug-Id: {}", device.id),
        format!("x-plug-auth:{}", device.auth),
        format!("X-PLUG-ID:  {} ", device.id.to_uppercase()),
        format!("X-Plug-Id: {}", other.id),
        format!("X-Plug-Auth: {}", other.auth),
        "X-Plug-Id: \u{fc}".to_owned(),
        "X-Plug-Auth:".to_owned(),
        "X-Plug-Master: a wrong guess".to_owned(),
        "X-Plug-Email: nobody@example.com".to_owned(),
        "X-Forwarded-For: 198.51.100.7".to_owned(),
        "X-HTTP-Method-Override: DELETE".to_owned(),
        "Content-Length: 0".to_owned(),
        "Content-Type: application/json".to_owned(),
        "Connection: keep-alive".to_owned(),
        "TE: trailers".to_owned(),
        "Accept: */*".to_owned(),
        "Cookie: a=b".to_owned(),
    ];
    // The first two are what it takes.
    let needed = prop_oneof![3 => 2..=2_usize, 1 => 0..=1_usize];
    let needed = (needed, Just(lines[..2].to_vec()))
        .prop_flat_map(|(count, lines)| subsequence(lines, count));
    let methods = select(vec!["GET", "GET", "GET", "GET", "GET", "get", "PATCH", "BREW"]);
    let versions = select(vec!["1.1", "1.1", "1.1", "1.1", "1.0"]);
    let ends = select(vec!["\r\n", "\r\n", "\r\n", "\n"]);
    let first = (methods, select(paths), versions);
    (first, needed, subsequence(lines, 0..=4), any::<Index>(), ends).prop_map(
        |((method, path, version), needed, mut more, at, end)| {
            let at = at.index(more.len() + 1);
            more.splice(at..at, needed);
            let first = [format!("{method} {path} HTTP/{version}"), "Host: devices".to_owned()];
            [first.to_vec(), more, vec![end.to_owned()]].concat().join(end)
        },
    )
}

/// Whoever takes a head for something else than the router does would be found here.
#[test]
fn whatever_a_head_is_like_it_is_answered_as_the_router_answers_it() {
    let home = Home::new();
    let ((_, device), (_, other)) = (home.thing("A"), home.thing("B"));
    let (watched, mounted) = (Watched::with(direct(&home), Router::new()), mounted(&home));
    let (here_alone, all) = (Cell::new(0), Cell::new(0));
    let mut runner =
        TestRunner::new(Config { cases: 512, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&heads(&device, &other), |head| {
        let (mut here, mut there) = (watched.client(), mounted.client());
        there.send(Call::new("GET", "/host").bytes());
        there.answer();
        let mut told = None;
        let seen = watched.sees(|| told = Some(answer(&mut here, head.as_bytes())));
        prop_assert_eq!(told, Some(answer(&mut there, head.as_bytes())), "{}", head);
        prop_assert!(seen <= 1);
        all.set(all.get() + 1);
        here_alone.set(here_alone.get() + usize::from(seen == 0));
        Ok(())
    });
    ran.unwrap();
    let (here_alone, all) = (here_alone.get(), all.get());
    assert!(here_alone > all / 40 && here_alone < all / 2, "{here_alone} of {all}");
}

const OK: &str = "HTTP/1.1 200 OK";
