//! Operators at work beside a server: the socket, what it is asked, and what nobody may do
//! meanwhile.

mod calls;
mod ends;
mod verbs;

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};

use crate::program::Home;
use crate::server::Server;

const ENROLL: &str = "gTygYqudCQ-gY80EK29_tw";

const CONTROL: &str = "fedcba9876543210fedcba9876543210";

const SOCKET: &str = "plugmint-data/operators.sock";

#[test]
fn a_device_that_an_operator_disables_beside_the_server_is_refused_by_it() {
    let (mut home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    home.server = None;
    let server = Server::begin(&home, &[]);
    let (status, given) = server.enrolls(&template, "SN-1", ENROLL);
    assert_eq!(status, 200, "{given}");
    let (id, auth) = (given["id"].as_str().unwrap(), given["auth"].as_str().unwrap());
    assert_eq!(server.connects(id, auth).0, 200);
    let shown = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!(shown["stage"], "activated");
    home.done(&["serial", "disable", &template, "SN-1"], "");
    assert_eq!(server.connects(id, auth).0, 401);
    home.done(&["serial", "enable", &template, "SN-1"], "");
    assert_eq!(server.connects(id, auth).0, 200);
}

#[test]
fn the_socket_is_for_its_user_alone_and_goes_with_the_server() {
    let mut home = Home::new();
    let found = fs::symlink_metadata(home.path(SOCKET)).unwrap();
    assert!(found.file_type().is_socket());
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    assert_eq!(home.server.take().unwrap().end("TERM").code, Some(0));
    let left: Vec<_> = fs::read_dir(home.path("plugmint-data")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    home.done(&["template", "list"], "");
}

#[test]
fn what_a_killed_server_leaves_hinders_neither_a_verb_nor_the_next_server() {
    let mut home = Home::new();
    assert_eq!(home.server.take().unwrap().end("KILL").code, None);
    assert!(home.path(SOCKET).exists());
    home.done(&["template", "list"], "");
    home.server = Some(Server::begin(&home, &[]));
    home.done(&["template", "list"], "");
}

#[test]
fn a_served_store_is_not_made_restored_or_served_again() {
    let (home, template) = Home::with_template(&[]);
    home.done(&["backup", "b.redb"], "");
    for words in [
        &["init"][..],
        &["restore", "b.redb", "--forget-revocations"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let (code, message) = home.fails(1, words, "");
        assert_eq!(code, "served", "{words:?}");
        assert!(message.contains("end that server first"), "{message}");
    }
    home.done(&["template", "show", &template], "");
}

#[test]
fn a_backup_of_a_served_store_is_written_where_the_caller_is_and_can_be_restored() {
    let (mut home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    let written = home.json(&["backup", "b.redb"], "");
    assert!(written["records"].as_u64().unwrap() > 3, "{written}");
    assert_eq!(home.fails(1, &["backup", "b.redb"], "").0, "backup-exists");
    assert_eq!(home.server.take().unwrap().end("TERM").code, Some(0));
    fs::remove_dir_all(home.path("plugmint-data")).unwrap();
    home.done(&["restore", "b.redb", "--forget-revocations"], "");
    home.done(&["serial", "show", &template, "SN-1"], "");
}

#[test]
fn a_root_key_is_replaced_in_a_running_server_and_its_devices_go_on() {
    let (mut home, template) = Home::with_template(&[]);
    home.add(&template, "SN-1", ENROLL);
    home.add(&template, "SN-2", ENROLL);
    let (plug_id, password) = home.activate(&template, "SN-1", ENROLL);
    let added = home.json(&["key", "add"], "");
    assert_eq!((&added["version"], &added["root_key_made"]), (&2.into(), &true.into()));
    let (code, message) = home.fails(1, &["key", "drop", "1"], "");
    assert_eq!(code, "root-key-in-use");
    assert!(message.contains("brings them under version 2"), "{message}");
    assert!(home.json(&["key", "sweep"], "")["rewritten"].as_u64().unwrap() > 3);
    home.done(&["key", "drop", "1"], "");
    let standings = home.json(&["key", "list"], "");
    assert_eq!(
        (&standings[0]["standing"], &standings[1]["standing"]),
        (&"dropped".into(), &"current".into())
    );
    fs::remove_file(home.path("plugmint-data.key")).unwrap();
    home.done(&["authenticate", &plug_id], &password);
    home.activate(&template, "SN-2", ENROLL);
    assert_eq!(home.server.take().unwrap().end("TERM").code, Some(0));
    home.done(&["authenticate", &plug_id], &password);
}

#[test]
fn a_root_key_is_made_where_the_server_keeps_its_own_whatever_the_caller_names() {
    let mut home = Home::empty();
    home.done(&["--root-key", "elsewhere.key", "init"], "");
    home.server = Some(Server::begin(&home, &["--root-key", "elsewhere.key"]));
    let added = home.json(&["key", "add"], "");
    assert_eq!((&added["version"], &added["outcome"]), (&2.into(), &"done".into()));
    assert!(added["root_key"].as_str().unwrap().ends_with("/elsewhere.key.2"), "{added}");
    assert!(home.path("elsewhere.key.2").exists());
    assert!(!home.path("plugmint-data.key.2").exists());
    let listed = home.json(&["key", "list"], "");
    assert_eq!(listed[1]["standing"], "current");
}

#[test]
fn a_hangup_ends_no_server() {
    let mut home = Home::new();
    let server = home.server.take().unwrap();
    server.signal("HUP");
    home.done(&["template", "list"], "");
    assert_eq!(server.end("TERM").code, Some(0));
}

#[test]
fn keys_that_cannot_be_taken_up_are_refused_by_the_server_and_named() {
    let home = Home::new();
    for version in [2, 3] {
        let key = home.write(&format!("plugmint-data.key.{version}"), format!("{version:064x}\n"));
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let (code, message) = home.fails(1, &["key", "add"], "");
    assert_eq!(code, "unknown-root-key");
    assert!(
        message.contains("plugmint-data.key.2") && message.contains("one version"),
        "{message}"
    );
}

#[test]
fn the_server_logs_no_password_that_an_operator_sends_or_is_given() {
    let (mut home, template) = Home::with_template(&["--operator-enroll"]);
    home.server = None;
    let server = Server::begin_with(&home, &[("RUST_LOG", "trace")], &[]);
    home.add(&template, "SN-1", &format!("{ENROLL}\n{CONTROL}\n"));
    home.run(&["controller", "enroll", &template, "SN-1"], CONTROL);
    let given = home.json(&["serial", "enroll", &template, "SN-1"], "");
    let password = given["connection_password"].as_str().unwrap();
    home.done(&["authenticate", given["plug_id"].as_str().unwrap()], password);
    let log = server.end("TERM").log;
    assert!(log.contains("DEBUG") && log.contains("SN-1"), "{log}");
    for secret in [ENROLL, CONTROL, password] {
        assert!(!log.contains(secret), "{log}");
    }
}
