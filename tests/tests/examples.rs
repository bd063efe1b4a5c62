//! The examples do what they say.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use plugmint::RootLabel;
use serde_json::Value;

static ROOT_KEY_ELSEWHERE: LazyLock<String> = LazyLock::new(|| built("root_key_elsewhere"));

/// The program of an example: built by `cargo test --workspace`, or else now.
fn built(example: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--workspace", "--locked", "--offline", "--message-format=json"])
        .args(["--example", example])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["executable"].as_str().map(str::to_owned)
        })
        .next_back()
        .unwrap()
}

#[test]
fn a_registry_needs_no_more_of_its_root_key_than_a_process_that_macs_labels() {
    let output = Command::new(&*ROOT_KEY_ELSEWHERE).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "the registry is made, and the key service has ended",
            "SN-1 enrolled and connected",
            "opening again: root-key",
        ]
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn the_key_service_answers_a_label_and_nothing_else() {
    let answer = |question: &[u8]| {
        let mut service = Command::new(&*ROOT_KEY_ELSEWHERE)
            .arg("--key-service")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        service.stdin.take().unwrap().write_all(question).unwrap();
        service.wait_with_output().unwrap().stdout
    };
    let label = RootLabel::Auth.message();
    assert_eq!(answer(&label).len(), 32);
    assert_eq!(answer(&label.repeat(2)).len(), 64);
    assert_ne!(answer(&label), answer(&label), "each draws a key of its own");
    for other in [&label[..label.len() - 1], b"", b"plugmint/v1/auth"] {
        assert!(answer(other).is_empty());
    }
}

/// What an example says that ends by itself.
fn said(example: &str) -> String {
    let output = Command::new(built(example)).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_without_async_enrolls_and_connects_its_devices() {
    let said = said("blocking");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines, ["SN-0 connected", "SN-1 connected", "SN-2 connected", "SN-3 connected"]);
}

#[test]
fn a_store_of_ones_own_holds_a_registry() {
    let told = said("custom_store");
    assert!(told.starts_with("White refrigerators: "), "{told}");
    assert!(told.ends_with(" records\nWhite refrigerators\n"), "{told}");
}

#[test]
fn a_server_of_ones_own_serves_devices_beside_its_own_routes() {
    let mut server = Command::new(built("axum_server")).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().to_owned();
    let answer = |head: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "{head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(answer("GET /v1/iot/device/dev-0123456789abcdef01234567").starts_with("HTTP/1.1 401 "));
    assert!(answer("GET /whoami").starts_with("HTTP/1.1 401 "));
    assert!(answer("GET /elsewhere").starts_with("HTTP/1.1 404 "));
    server.kill().unwrap();
    server.wait().unwrap();
}
