//! `serve --metrics`, and the log of the server.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, from_str, json};

use crate::curl::{curl, curl_or_fail};
use crate::program::Home;
use crate::server::Server;

const PASSWORD: &str = "gTygYqudCQ-gY80EK29_tw";
const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A home with a serial that has not enrolled yet.
fn home() -> (Home, String) {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", PASSWORD);
    (home, template)
}

/// A device enrolls and connects, and somebody tries: what it was told.
fn lives(server: &Server, template: &str) -> (String, String) {
    let (status, told) = server.enrolls(template, "SN-1", PASSWORD);
    assert_eq!(status, 200, "{told}");
    let text = |field: &str| told[field].as_str().unwrap().to_owned();
    let (id, auth) = (text("id"), text("auth"));
    assert_eq!(server.connects(&id, &auth).0, 200);
    assert_eq!(server.connects(&id, WRONG).0, 401);
    assert_eq!(server.enrolls(template, "SN-2", WRONG).0, 403);
    (id, auth)
}

/// A device begins to enroll, and the server waits for the rest of what it says.
fn begins_to_enroll(server: &Server, length: usize) -> TcpStream {
    let mut stream = server.connect();
    let head = "POST /iot/device HTTP/1.1\r\nHost: devices\r\nExpect: 100-continue\r\n";
    write!(stream, "{head}Content-Length: {length}\r\n\r\n").unwrap();
    let mut goes_on = [0; 25];
    stream.read_exact(&mut goes_on).unwrap();
    assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// What Prometheus is told.
fn metrics(server: &Server) -> String {
    let answer = curl(&[server.told["metrics"].as_str().unwrap()]);
    assert_eq!((answer.status, answer.content_type.as_str()), (200, PROMETHEUS));
    answer.body
}

/// The number behind a series.
fn number<'a>(text: &'a str, series: &str) -> &'a str {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {series} in\n{text}"))
}

#[test]
fn what_devices_do_is_told_to_prometheus() {
    let (home, template) = home();
    let server = Server::begin(&home, &["--metrics", "127.0.0.1:0"]);
    let before = metrics(&server);
    for series in [
        "plugmint_enroll_total{outcome=\"first\"}",
        "plugmint_authenticate_total{outcome=\"accepted\"}",
        "plugmint_commit_total{outcome=\"committed\"}",
        "plugmint_stretch_queue_depth",
    ] {
        assert_eq!(number(&before, series), "0", "{series}");
    }
    lives(&server, &template);
    let text = metrics(&server);
    for (series, count) in [
        ("plugmint_enroll_total{outcome=\"first\"}", "1"),
        ("plugmint_enroll_total{outcome=\"refused\"}", "1"),
        ("plugmint_enroll_seconds_count", "2"),
        ("plugmint_enroll_seconds_bucket{le=\"+Inf\"}", "2"),
        ("plugmint_authenticate_total{outcome=\"accepted\"}", "1"),
        ("plugmint_authenticate_total{outcome=\"refused\"}", "1"),
        ("plugmint_authenticate_seconds_count", "2"),
        // It enrolls, and connects for the first time.
        ("plugmint_commit_total{outcome=\"committed\"}", "2"),
        ("plugmint_commit_batches_sum", "2"),
        ("plugmint_commit_seconds_count", "2"),
    ] {
        assert_eq!(number(&text, series), count, "{series}");
    }
    assert!(number(&text, "plugmint_commit_seconds_sum").parse::<f64>().unwrap() > 0.0);
    for secret in [&template, "SN-1", "dev-", PASSWORD, WRONG] {
        assert!(!text.contains(secret), "{secret}");
    }
    for line in text.lines() {
        let is_series =
            line.rsplit_once(' ').is_some_and(|(_, value)| value.parse::<f64>().is_ok());
        assert!(is_series || line.starts_with("# HELP ") || line.starts_with("# TYPE "), "{line}");
    }
}

#[test]
fn nothing_but_health_is_told_there_and_it_is_told_nowhere_else() {
    let (home, _) = home();
    let server = Server::begin_with(&home, &[("PLUGMINT_METRICS", "127.0.0.1:0")], &[]);
    let metrics = server.told["metrics"].as_str().unwrap();
    let of_devices = format!("http://{}", server.address());
    for (words, status) in [
        (&[metrics][..], 200),
        (&["-X", "POST", metrics], 405),
        (&["-X", "DELETE", metrics], 405),
        (&[&metrics.replace("/metrics", "/")], 404),
        (&[&metrics.replace("/metrics", "/healthz")], 200),
        (&[&metrics.replace("/metrics", "/iot/device")], 404),
        (&[&format!("{of_devices}/metrics")], 404),
        (&[&format!("{of_devices}/healthz")], 200),
    ] {
        assert_eq!(curl(words).status, status, "{words:?}");
    }
}

#[test]
fn a_server_is_told_to_be_well_there_while_devices_hold_all_places() {
    let (home, _) = home();
    let words = ["--metrics", "127.0.0.1:0", "--max-connections", "1"];
    let server = Server::begin(&home, &words);
    let health_of_devices = format!("http://{}/healthz", server.address());
    assert_eq!(curl(&[&health_of_devices]).body, "ok\n");
    let sitting = (server.connect(), server.connect());
    assert!(server.log().any(|line| line.contains("WARN")));
    assert!(curl_or_fail(&["-m", "1", &health_of_devices]).is_err());
    let health = server.told["metrics"].as_str().unwrap().replace("/metrics", "/healthz");
    assert_eq!(curl(&[&health]).body, "ok\n");
    drop(sitting);
    assert_eq!(curl(&[&health_of_devices]).status, 200);
}

/// The sockets of a process that listen.
#[cfg(target_os = "linux")]
fn listeners(process: u32) -> usize {
    let own: Vec<_> = fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|file| fs::read_link(file.unwrap().path()).ok())
        .map(|link| link.display().to_string())
        .collect();
    let all = ["tcp", "tcp6"]
        .map(|kind| fs::read_to_string(format!("/proc/{process}/net/{kind}")).unwrap_or_default());
    let lines = all.iter().flat_map(|text| text.lines().skip(1));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields[3] == "0A" && own.contains(&format!("socket:[{}]", fields[9])))
        .count()
}

#[test]
#[cfg(target_os = "linux")]
fn without_settings_no_port_but_the_devices_is_listened_to() {
    let (home, _) = home();
    let server = Server::begin(&home, &[]);
    let told: Vec<_> = server.told.as_object().unwrap().keys().collect();
    assert_eq!(told, ["devices", "operators"]);
    assert_eq!(listeners(server.process()), 1);
    drop(server);
    let server = Server::begin(&home, &["--metrics", "127.0.0.1:0"]);
    assert_eq!(listeners(server.process()), 2);
}

#[test]
fn metrics_are_told_until_the_last_call_is_answered() {
    let (home, template) = home();
    let server = Server::begin(&home, &["--metrics", "127.0.0.1:0"]);
    let body = json!({"model": template, "hwid": "SN-1", "pass": PASSWORD}).to_string();
    let mut device = begins_to_enroll(&server, body.len());
    server.signal("TERM");
    assert!(server.log().any(|line| line.contains("told to end")));
    assert_eq!(number(&metrics(&server), "plugmint_enroll_total{outcome=\"first\"}"), "0");
    device.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    device.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(server.ended().code, Some(0));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (home, _) = home();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = ["serve", "--listen", "127.0.0.1:0", "--metrics", &address];
    let (code, message) = home.fails(3, &words, "");
    assert_eq!(code, "not-served");
    assert!(message.contains(&address) && message.contains("--metrics"), "{message}");
}

#[test]
fn each_line_of_the_log_is_json_and_holds_no_password() {
    let (home, template) = home();
    let variables = [("PLUGMINT_LOG_FORMAT", "json"), ("RUST_LOG", "trace")];
    let server = Server::begin_with(&home, &variables, &[]);
    let (id, auth) = lives(&server, &template);
    let ended = server.end("TERM");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let said = ended.log;
    for secret in [PASSWORD, WRONG, &auth] {
        assert!(!said.contains(secret), "{secret}");
    }
    let lines: Vec<Value> = said.lines().map(|line| from_str(line).expect(line)).collect();
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            let is_there = line[field].is_string() || line["error"].is_string();
            assert!(is_there, "{field} in {line}");
        }
    }
    assert!(lines.iter().any(|line| line["message"] == "told to end: answering what is called"));
    // Whom a refusal is about stands in its span.
    let refused = |name: &str, field: &str, value: &str| {
        lines.iter().any(|line| {
            let span = &line["spans"][0];
            line["error"].is_string() && span["name"] == name && span[field] == value
        })
    };
    assert!(refused("enroll", "serial", "SN-2") && refused("enroll", "template", &template));
    assert!(refused("authenticate", "plug_id", &id));
}

#[test]
fn the_log_is_for_people_unless_told_otherwise() {
    let (home, _) = home();
    let server = Server::begin(&home, &[]);
    // At once: it says that it serves when it can be told to end.
    server.signal("TERM");
    // How many it lets in, that it ends, and that it has.
    for line in server.log().take(3) {
        assert!(line.contains("INFO") && from_str::<Value>(&line).is_err(), "{line}");
    }
    let ended = server.ended();
    assert_eq!((ended.code, ended.log.as_str()), (Some(0), ""));
    let ran = home.run(&["serve", "--log-format", "xml"], "");
    assert_eq!(ran.code, 2, "{ran:?}");
}
