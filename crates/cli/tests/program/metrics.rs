//! `serve --metrics`, and the log of the server.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, from_str, json};

use crate::program::Home;
use crate::served::{Served, curl};

const PASSWORD: &str = "gTygYqudCQ-gY80EK29_tw";
const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A home with a serial that has not enrolled yet.
fn home() -> (Home, String) {
    let (home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", PASSWORD);
    (home, template)
}

/// A device enrolls and connects, and somebody tries: what it was told.
fn lives(served: &Served, template: &str) -> (String, String) {
    let (status, told) = served.enrolls(template, "SN-1", PASSWORD);
    assert_eq!(status, 200, "{told}");
    let text = |field: &str| told[field].as_str().unwrap().to_owned();
    let (id, auth) = (text("id"), text("auth"));
    assert_eq!(served.connects(&id, &auth), 200);
    assert_eq!(served.connects(&id, WRONG), 401);
    assert_eq!(served.enrolls(template, "SN-2", WRONG).0, 403);
    (id, auth)
}

/// The number behind a series.
fn number<'a>(text: &'a str, series: &str) -> &'a str {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {series} in\n{text}"))
}

#[test]
fn what_devices_do_is_told_to_prometheus() {
    let (home, template) = home();
    let served = Served::begin(&home, &["--metrics", "127.0.0.1:0"], &[]);
    let before = served.metrics();
    for series in [
        "plugmint_enroll_total{outcome=\"first\"}",
        "plugmint_authenticate_total{outcome=\"accepted\"}",
        "plugmint_commit_total{outcome=\"committed\"}",
        "plugmint_stretch_queue_depth",
    ] {
        assert_eq!(number(&before, series), "0", "{series}");
    }
    lives(&served, &template);
    let text = served.metrics();
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
fn nothing_else_is_told_there_and_it_is_told_nowhere_else() {
    let (home, _) = home();
    let served = Served::begin(&home, &[], &[("PLUGMINT_METRICS", "127.0.0.1:0")]);
    let metrics = served.told["metrics"].as_str().unwrap();
    let of_devices = format!("http://{}", served.address());
    for (words, status) in [
        (&[metrics][..], 200),
        (&["-X", "POST", metrics], 405),
        (&["-X", "DELETE", metrics], 405),
        (&[&metrics.replace("/metrics", "/")], 404),
        (&[&metrics.replace("/metrics", "/healthz")], 404),
        (&[&metrics.replace("/metrics", "/iot/device")], 404),
        (&[&format!("{of_devices}/metrics")], 404),
        (&[&format!("{of_devices}/healthz")], 200),
    ] {
        assert_eq!(curl(words).status, status, "{words:?}");
    }
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
    let served = Served::begin(&home, &[], &[]);
    let told: Vec<_> = served.told.as_object().unwrap().keys().collect();
    assert_eq!(told, ["devices", "operators"]);
    assert_eq!(listeners(served.process()), 1);
    drop(served);
    let served = Served::begin(&home, &["--metrics", "127.0.0.1:0"], &[]);
    assert_eq!(listeners(served.process()), 2);
}

#[test]
fn metrics_are_told_until_the_last_call_is_answered() {
    let (home, template) = home();
    let mut served = Served::begin(&home, &["--metrics", "127.0.0.1:0"], &[]);
    let body = json!({"model": template, "hwid": "SN-1", "pass": PASSWORD}).to_string();
    let mut device = served.begins_to_enroll(body.len());
    served.is_told_to_end();
    assert!(served.says().contains("told to end"));
    assert_eq!(number(&served.metrics(), "plugmint_enroll_total{outcome=\"first\"}"), "0");
    device.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    device.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    served.ends();
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
    let served = Served::begin(&home, &[], &variables);
    let (id, auth) = lives(&served, &template);
    served.is_told_to_end();
    let said = served.ends();
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
    let mut served = Served::begin(&home, &[], &[]);
    // At once: it says that it serves when it can be told to end.
    served.is_told_to_end();
    let line = served.says();
    assert!(line.contains("INFO") && from_str::<Value>(&line).is_err(), "{line}");
    assert_eq!(served.ends(), "");
    let ran = home.run(&["serve", "--log-format", "xml"], "");
    assert_eq!(ran.code, 2, "{ran:?}");
}
