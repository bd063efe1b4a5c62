//! The owner whom settings name.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::curl::{Answer, curl};
use crate::program::Home;
use crate::server::Server;

use super::{call, get, imported, post};

const EMAIL: &str = "ada@example.com";
const MASTER: &str = "0hQy1rXvT7mZkPb4";
const HASH_FILE: &str = "owner.hash";

/// A home without a server, and the path of a file with the hash of the owner's password.
fn with_hash(mode: u32) -> (Home, String) {
    let mut home = Home::new();
    home.server = None;
    let hash = home.json(&["hash-password"], MASTER)["hash"].as_str().unwrap().to_owned();
    let file = home.write(HASH_FILE, format!("{hash}\n"));
    fs::set_permissions(home.path(HASH_FILE), fs::Permissions::from_mode(mode)).unwrap();
    (home, file)
}

fn disable(server: &Server, id: &str, email: &str, master: &str) -> Answer {
    let (email, master) = (format!("X-Plug-Email: {email}"), format!("X-Plug-Master: {master}"));
    let url = format!("{}/{id}", server.devices());
    curl(&["-X", "PATCH", "-H", &email, "-H", &master, "-d", r#"{"status":"disabled"}"#, &url])
}

#[test]
fn the_owner_whom_settings_name_may_disable_a_device_and_nobody_else_may() {
    let (home, file) = with_hash(0o600);
    let template = home.template(&[]);
    let serials = imported(&home, &template);
    let words = ["--owner-email", EMAIL, "--owner-hash-file", &file];
    let variables = [("PLUGMINT_OWNER_EMAIL", EMAIL), ("PLUGMINT_OWNER_HASH_FILE", &file)];
    let begin: [&dyn Fn() -> Server; 2] =
        [&|| Server::begin(&home, &words), &|| Server::begin_with(&home, &variables, &[])];
    for (begin, (serial, password)) in begin.into_iter().zip(&serials) {
        let server = begin();
        let told = call(&mut server.connect(), &post(&template, serial, password));
        let (id, auth) = (told.text("id"), told.text("auth"));
        let connects = || call(&mut server.connect(), &get(&id, &auth)).status;
        assert_eq!(connects(), 200);
        for (email, master) in [(EMAIL, "0hQy1rXvT7mZkPb5"), ("bob@example.com", MASTER)] {
            assert_eq!(disable(&server, &id, email, master).status, 401, "{email}");
        }
        assert_eq!(connects(), 200);
        assert_eq!(disable(&server, &id, "Ada@Example.com", MASTER).status, 200);
        assert_eq!(connects(), 401);
        let log = server.end("TERM").log;
        assert!(!log.contains(HASH_FILE), "{log}");
    }
}

#[test]
fn without_settings_nobody_is_the_owner() {
    let (home, _) = with_hash(0o600);
    let template = home.template(&[]);
    let (serial, password) = imported(&home, &template).swap_remove(0);
    let server = Server::begin(&home, &[]);
    let id = call(&mut server.connect(), &post(&template, &serial, &password)).text("id");
    assert_eq!(disable(&server, &id, EMAIL, MASTER).status, 401);
}

#[test]
fn a_hash_that_everybody_may_read_or_write_is_warned_of() {
    for (mode, is_warned_of) in [(0o644, true), (0o602, true), (0o641, false), (0o600, false)] {
        let (home, file) = with_hash(mode);
        let words = ["--owner-email", EMAIL, "--owner-hash-file", &file];
        let log = Server::begin(&home, &words).end("TERM").log;
        let warned = log.lines().find(|line| line.contains(HASH_FILE)).unwrap_or_default();
        let is_told = warned.contains("WARN") && warned.contains(&format!("{mode:04o}"));
        assert_eq!(is_told, is_warned_of, "{mode:o}: {log}");
        assert!(!log.contains("argon2"), "{log}");
    }
}

#[test]
fn a_file_that_holds_no_hash_is_refused_and_not_repeated() {
    let mut home = Home::new();
    home.server = None;
    let words = |file| ["serve", "--owner-email", EMAIL, "--owner-hash-file", file];
    let file = home.write(HASH_FILE, MASTER);
    let (code, message) = home.fails(1, &words(&file), "");
    assert_eq!(code, "invalid-owner-hash");
    assert!(message.contains("hash-password") && !message.contains(MASTER), "{message}");
    let (code, message) = home.fails(3, &words("nowhere"), "");
    assert_eq!(code, "no-owner-hash");
    assert!(message.contains("nowhere"), "{message}");
    for words in [&["serve", "--owner-email", EMAIL][..], &["serve", "--owner-hash-file", &file]] {
        assert_eq!(home.fails(2, words, "").0, "usage");
    }
}
