//! Whatever devices send, nothing fails and nothing hangs.

use std::fmt::Write as _;
use std::time::Duration;

use plugmint_tests::design;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::home::{Device, EMAIL, Home, MASTER, NOBODY, Thing, path};

/// How the body of a call is told from what follows it.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length,
    Chunks,
    Lengthless,
    TooShort,
    TooLong,
}

/// What stands in calls.
#[derive(Clone, Debug)]
struct Words {
    paths: Vec<String>,
    headers: Vec<(&'static str, String)>,
    bodies: Vec<Vec<u8>>,
}

impl Words {
    fn of(known: &[(Thing, Device)], controllers: &[Device]) -> Self {
        let devices: Vec<_> = known.iter().map(|(_, device)| device).chain(controllers).collect();
        let mut ids: Vec<String> = devices.iter().map(|device| device.id.clone()).collect();
        ids.extend([NOBODY, "no-id", "%ff", ""].map(str::to_owned));
        let mut paths: Vec<_> = ids.iter().map(|id| path(id)).collect();
        paths.extend(["/", "*", "/iot/device/a/b", "/iot/device?x"].map(str::to_owned));
        let mut headers = vec![
            ("X-Plug-Auth", "wrong".to_owned()),
            ("X-Plug-Email", EMAIL.to_owned()),
            ("X-Plug-Email", "nobody".to_owned()),
            ("X-Plug-Master", MASTER.to_owned()),
            ("X-Plug-Master", "\u{fc}".to_owned()),
            ("X-HTTP-Method-Override", "PATCH".to_owned()),
            ("X-HTTP-Method-Override", "DELETE".to_owned()),
            ("X-HTTP-Method-Override", "\u{fc}".to_owned()),
            ("Connection", "close".to_owned()),
            ("Expect", "x".to_owned()),
            ("Upgrade", "websocket".to_owned()),
        ];
        headers.extend(ids.iter().map(|id| ("X-Plug-Id", id.clone())));
        headers.extend(devices.iter().map(|device| ("X-Plug-Auth", device.auth.clone())));
        let mut bodies: Vec<Vec<u8>> = [
            "",
            "null",
            "{}",
            "[]",
            "{",
            "[[[[",
            "\"",
            ",",
            "0",
            "\u{fc}",
            "\"dev-\"",
            r#"{"controlled":null}"#,
            r#"{"name":"x","status":"reactivate"}"#,
            r#"{"status":"disabled"}"#,
            r#"{"status":"ok"}"#,
            r#"{"perm":{"ctrl":"r"}}"#,
            r#"{"perm":{"ctrl":1e999}}"#,
            r#"{"props":[1e999,"\ud800"],"name":null}"#,
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec();
        for (thing, device) in known {
            let values = [thing.enrolling(), thing.controlling(), json!([device.id])];
            bodies.extend(values.iter().map(|value| value.to_string().into_bytes()));
        }
        bodies.push(ids.join(",").into_bytes());
        bodies.push(json!({"controlled": ids}).to_string().into_bytes());
        bodies.push(vec![b' '; 5_000]);
        Self { paths, headers, bodies }
    }

    /// One call, right or wrong.
    fn call(self) -> impl Strategy<Value = Vec<u8>> {
        const METHODS: [&str; 7] = ["POST", "PUT", "DELETE", "GET", "PATCH", "OPTIONS", "BREW"];
        let paths = prop_oneof![Just("/iot/device".to_owned()), select(self.paths)];
        let headers = vec(select(self.headers), 0..5);
        let bodies = prop_oneof![4 => select(self.bodies), 1 => vec(any::<u8>(), 0..50)];
        let framings = prop_oneof![
            12 => Just(Framing::Length),
            3 => Just(Framing::Chunks),
            1 => Just(Framing::Lengthless),
            1 => Just(Framing::TooShort),
            1 => Just(Framing::TooLong),
        ];
        let all = (select(&METHODS[..]), paths, headers, bodies, framings, any::<u8>());
        all.prop_map(|(method, path, headers, body, framing, from)| {
            let mut head =
                format!("{method} {path} HTTP/1.1\r\nX-Forwarded-For: 198.51.100.{from}\r\n");
            for (name, value) in headers {
                write!(head, "{name}: {value}\r\n").unwrap();
            }
            framed(&head, &body, framing)
        })
    }
}

fn framed(head: &str, body: &[u8], framing: Framing) -> Vec<u8> {
    let with_length = |length: usize| format!("{head}Content-Length: {length}\r\n\r\n");
    let head = match framing {
        Framing::Length => with_length(body.len()),
        Framing::TooShort => with_length(body.len() / 2),
        Framing::TooLong => with_length(body.len() + 7),
        Framing::Lengthless => format!("{head}\r\n"),
        Framing::Chunks => {
            let head = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len());
            let end = if body.is_empty() { "\r\n" } else { "\r\n0\r\n\r\n" };
            return [head.as_bytes(), body, end.as_bytes()].concat();
        }
    };
    [head.as_bytes(), body].concat()
}

#[test]
fn whatever_is_sent_is_answered_or_its_connection_ends_and_nothing_fails() {
    let home = Home::with(design(), |api| {
        api.with_timeout(Duration::from_millis(300)).with_body_limit(4_000)
    });
    let things = [home.thing("A"), home.thing("B"), home.enrolled("C")];
    let controllers = [home.controller(&things[0].0), home.controller(&things[1].0)];
    let words = Words::of(&things, &controllers);
    // What one connection sends; it may be cut off.
    let connection = (vec(words.call(), 1..6), weighted(0.3, any::<Index>()));
    let cases = std::env::var("HTTP_CASES").map_or(8, |cases| cases.parse().unwrap());
    let config =
        Config { cases, max_shrink_iters: 20, failure_persistence: None, ..Config::default() };
    let all_at_once = vec(connection, 100);
    let outcome = TestRunner::new(config).run(&all_at_once, |connections| {
        let mut clients: Vec<_> = connections.iter().map(|_| home.server.client()).collect();
        for (client, (calls, cut)) in clients.iter_mut().zip(&connections) {
            let bytes = [&calls.concat()[..], LAST].concat();
            let length = cut.map_or(bytes.len(), |cut| cut.index(bytes.len()));
            client.try_send(&bytes[..length]);
            if cut.is_some() {
                client.end();
            }
        }
        for client in &mut clients {
            while client.answer_or_end().is_some() {}
        }
        home.scene.clock.advance(Duration::from_secs(60));
        Ok(())
    });
    outcome.unwrap();
    let thing = home.registered("the last");
    assert_eq!(home.call(&home.enroll(&thing).get()).status, 200);
}

/// The connection ends behind it.
const LAST: &[u8] = b"OPTIONS /iot/device HTTP/1.1\r\nConnection: close\r\n\r\n";
