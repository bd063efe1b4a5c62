//! Devices that speak TLS.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use crate::curl::{curl, curl_or_fail};
use crate::program::Home;
use crate::server::Server;

use super::{call, get, head, imported, post};

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A home with the files of a server, and serials with their passwords.
pub(super) fn with_files() -> (Home, String, Vec<(String, String)>) {
    let (home, template) = Home::with_template(&[]);
    let serials = imported(&home, &template);
    put(&home, "server.pem", "server.pem");
    put(&home, "server.key", "server.key");
    (home, template, serials)
}

/// Puts a file of the tests into a home, for its owner alone to read.
fn put(home: &Home, fixture: &str, name: &str) {
    let file = home.write(name, fs::read(fixture_file(fixture)).unwrap());
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn fixture_file(name: &str) -> String {
    format!("{}/tests/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn serving(home: &Home) -> Server {
    serving_with(home, &[])
}

pub(super) fn serving_with(home: &Home, words: &[&str]) -> Server {
    let server = Server::begin(home, &[WITH_TLS, words].concat());
    assert!(server.devices().starts_with("https://127.0.0.1:"), "{}", server.devices());
    server
}

fn connect(server: &Server, version: &'static SupportedProtocolVersion) -> Stream {
    client(server.connect(), version)
}

/// TLS over a connection.
pub(super) fn over(plain: TcpStream) -> Stream {
    client(plain, &TLS13)
}

/// A client that trusts the authority of the tests and nobody else.
fn client(plain: TcpStream, version: &'static SupportedProtocolVersion) -> Stream {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture_file("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(client, plain)
}

#[test]
fn a_device_enrolls_and_connects_over_either_version() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    for (version, (serial, password)) in [&TLS12, &TLS13].into_iter().zip(&serials) {
        let mut stream = connect(&server, version);
        let told = call(&mut stream, &post(&template, serial, password));
        assert_eq!(told.status, 200);
        let (id, auth) = (told.text("id"), told.text("auth"));
        // On the same connection, and on another one.
        assert_eq!(call(&mut stream, &get(&id, &auth)).text("hwid"), *serial);
        assert_eq!(call(&mut connect(&server, version), &get(&id, &auth)).status, 200);
        assert_eq!(stream.conn.protocol_version(), Some(version.version));
    }
    server.signal("TERM");
    assert_eq!(server.ended().code, Some(0));
}

#[test]
fn curl_enrolls_a_device_over_tls() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let (serial, password) = &serials[0];
    let body = format!(r#"{{"model":"{template}","hwid":"{serial}","pass":"{password}"}}"#);
    let told = curl(&["--cacert", &fixture_file("ca.pem"), "-d", &body, server.devices()]).json();
    assert!(told["id"].as_str().unwrap().starts_with("dev-"));
    let refused = curl_or_fail(&["-d", &body, server.devices()]).unwrap_err();
    assert!(refused.contains("certificate"), "nobody vouches for this server elsewhere: {refused}");
}

#[test]
fn who_speaks_no_tls_is_told_nothing_and_harms_nobody() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let (serial, password) = &serials[0];
    let garbage = "\u{16}\u{3}\u{1}\u{7f}".repeat(5000);
    for sent in [post(&template, serial, password), get("dev-1", "x"), garbage] {
        let mut stream = server.connect();
        stream.write_all(sent.as_bytes()).unwrap_or_default();
        let mut told = Vec::new();
        // It may be reset: what was sent is not read.
        stream.read_to_end(&mut told).unwrap_or_default();
        // An alert of TLS at most.
        let is_alert = told.is_empty() || (told.len() == 7 && told[0] == 21);
        assert!(is_alert, "{}", told.escape_ascii());
    }
    let shown = || call(&mut connect(&server, &TLS13), &post(&template, serial, password));
    assert_eq!(shown().status, 200);
}

#[test]
fn a_slow_handshake_is_in_nobodys_way_and_ends() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let mut slow: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        // The beginning of a first message, and the rest never.
        stream.write_all(&[22, 3, 1, 2, 0, 1, 0, 1][..number % 9]).unwrap();
    }
    let (serial, password) = &serials[0];
    let told = call(&mut connect(&server, &TLS13), &post(&template, serial, password));
    assert_eq!(told.status, 200);
    for stream in &mut slow {
        assert!(matches!(stream.read(&mut [0; 16]), Ok(0)), "it is closed after ten seconds");
    }
}

#[test]
fn a_body_whose_length_is_not_told_is_read_over_tls() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let (serial, password) = &serials[0];
    let mut stream = connect(&server, &TLS13);
    let told = call(&mut stream, &post(&template, serial, password));
    let (id, auth) = (told.text("id"), told.text("auth"));
    let delete = head("DELETE", "/iot/device", &id, &auth);
    // With nothing behind it this would take the device off.
    call(&mut stream, &format!("{delete}\r\ndev-0123456789abcdef01234567"));
    let read = call(&mut connect(&server, &TLS12), &get(&id, &auth));
    assert_eq!((read.status, read.text("status").as_str()), (200, "ok"));
    let told = call(&mut connect(&server, &TLS12), &format!("{delete}\r\n{id}"));
    assert_eq!((told.status, told.body.as_str()), (200, "1"));
    assert_eq!(call(&mut connect(&server, &TLS12), &get(&id, &auth)).status, 401);
}

#[test]
fn a_source_is_known_behind_tls() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let wrong = post(&template, &serials[0].0, "AAAAAAAAAAAAAAAAAAAAAA");
    let mut stream = connect(&server, &TLS13);
    let is_limited = (0..400).any(|_| call(&mut stream, &wrong).status == 429);
    assert!(is_limited, "who guesses waits");
    // Another address of this machine is another source.
    let body = wrong.split_once("\r\n\r\n").unwrap().1;
    let elsewhere = ["--interface", "127.0.0.2", "--cacert", &fixture_file("ca.pem")];
    let answer = curl(&[&elsewhere[..], &["-d", body, server.devices()]].concat());
    assert_eq!(answer.status, 403);
}

#[test]
fn files_that_are_of_no_use_are_refused_with_a_sentence() {
    let (home, ..) = with_files();
    put(&home, "next.key", "next.key");
    put(&home, "server.key", "open.key");
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(home.path("open.key"), open).unwrap();
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let odd = "-----BEGIN PRIVATE KEY-----\nAAAAsecretAAAA\n-----END PRIVATE KEY-----\n";
    for (name, text) in [("none.pem", ""), ("encrypted.key", encrypted), ("odd.key", odd)] {
        home.write(name, text);
        fs::set_permissions(home.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    home.write("junk.pem", junk);
    for (exit, certificate, key, expected) in [
        (3, "gone.pem", "server.key", "no-tls-file"),
        (3, "server.pem", "gone.key", "no-tls-file"),
        (1, "none.pem", "server.key", "invalid-tls-certificate"),
        (1, "server.key", "server.key", "invalid-tls-certificate"),
        (1, "junk.pem", "server.key", "invalid-tls-certificate"),
        (1, "server.pem", "none.pem", "invalid-tls-key"),
        (1, "server.pem", "encrypted.key", "invalid-tls-key"),
        (1, "server.pem", "odd.key", "invalid-tls-key"),
        (1, "server.pem", "open.key", "tls-key-not-private"),
        (1, "server.pem", "next.key", "tls-key-of-another"),
    ] {
        let words = ["serve", "--tls-cert", certificate, "--tls-key", key];
        let (code, message) = home.fails(exit, &words, "");
        assert_eq!(code, expected, "{certificate} {key}: {message}");
        assert!(message.contains(".pem") || message.contains(".key"), "{message}");
        assert!(!message.contains("AAAA"), "{message}");
    }
    home.fails(2, &["serve", "--tls-cert", "server.pem"], "");
    home.fails(2, &["serve", "--tls-key", "server.key"], "");
}

#[test]
fn a_certificate_is_replaced_while_devices_are_connected() {
    let (home, template, serials) = with_files();
    let server = serving(&home);
    let shown = |stream: &Stream| stream.conn.peer_certificates().unwrap()[0].clone();
    let (serial, password) = &serials[0];
    let mut before = connect(&server, &TLS13);
    call(&mut before, &post(&template, serial, password));
    // One file of the two is not enough.
    put(&home, "next.pem", "server.pem");
    server.signal("HUP");
    let mut between = connect(&server, &TLS13);
    call(&mut between, &post(&template, serial, password));
    assert_eq!(shown(&between), shown(&before));
    put(&home, "next.key", "server.key");
    server.signal("HUP");
    let next = CertificateDer::from_pem_file(fixture_file("next.pem")).unwrap();
    // The signal takes its time.
    let is_next = (0..1000).any(|_| {
        let mut stream = connect(&server, &TLS13);
        call(&mut stream, &post(&template, serial, password));
        shown(&stream) == next
    });
    assert!(is_next, "the next certificate is shown");
    assert_eq!(call(&mut before, &post(&template, serial, password)).status, 200);
    server.signal("TERM");
    drop((before, between));
    let ended = server.ended();
    assert_eq!(ended.code, Some(0));
    assert!(ended.log.contains("tls-key-of-another"), "{ended:?}");
}

#[test]
fn the_key_is_in_no_line_of_a_log() {
    let (home, template, serials) = with_files();
    let server = Server::begin_with(&home, &[("RUST_LOG", "trace")], WITH_TLS);
    let (serial, password) = &serials[0];
    let told = call(&mut connect(&server, &TLS13), &post(&template, serial, password));
    server.connect().write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    server.signal("HUP");
    let auth = told.text("auth");
    assert_eq!(call(&mut connect(&server, &TLS12), &get(&told.text("id"), &auth)).status, 200);
    server.signal("TERM");
    let log = server.ended().log;
    assert!(log.contains("DEBUG"), "{log}");
    let key = fs::read_to_string(fixture_file("server.key")).unwrap();
    for secret in key.lines().filter(|line| !line.starts_with('-')).chain([auth.as_str()]) {
        assert!(!log.contains(secret), "{secret}");
    }
}

const WITH_TLS: &[&str] = &["--tls-cert", "server.pem", "--tls-key", "server.key"];
