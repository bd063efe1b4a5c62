//! Clients that sit on connections.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::curl::curl;
use crate::program::Home;
use crate::server::Server;

use super::{call, get, imported, post};

/// A home with a device's credentials: template, Plug-ID and password.
fn with_device() -> (Home, String, String, String) {
    let (mut home, template) = Home::with_template(&[]);
    home.server = None;
    let (serial, password) = imported(&home, &template).swap_remove(0);
    let server = Server::begin(&home, &[]);
    let told = call(&mut server.connect(), &post(&template, &serial, &password));
    (home, template, told.text("id"), told.text("auth"))
}

/// Whoever comes, and says nothing.
fn crowd(server: &Server, many: usize) -> Vec<TcpStream> {
    (0..many).map(|_| server.connect()).collect()
}

#[test]
fn who_sits_on_a_connection_is_sent_away() {
    let (home, _, id, auth) = with_device();
    let server = Server::begin(&home, &["--idle-timeout", "1"]);
    let mut sitting = crowd(&server, 3);
    call(&mut sitting[1], &get(&id, &auth));
    sitting[2].write_all(b"GET /iot/dev").unwrap();
    for stream in &mut sitting {
        assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    }
    assert_eq!(call(&mut server.connect(), &get(&id, &auth)).status, 200);
}

#[cfg(feature = "tls")]
#[test]
fn who_sits_on_a_connection_is_sent_away_over_tls_too() {
    use super::tls;

    let (home, template, serials) = tls::with_files();
    let server = tls::serving_with(&home, &["--idle-timeout", "1"]);
    let mut stream = tls::over(server.connect());
    let (serial, password) = &serials[0];
    assert_eq!(call(&mut stream, &post(&template, serial, password)).status, 200);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_server_asks_for_all_the_descriptors_that_it_may_have() {
    let (home, _, id, auth) = with_device();
    let server = Server::begin_limited(&home, "ulimit -Sn 40; ulimit -Hn 600", &[]);
    let _sitting = crowd(&server, 200);
    assert_eq!(call(&mut server.connect(), &get(&id, &auth)).status, 200);
    let said = server.log().find(|line| line.contains("descriptors=600")).unwrap();
    assert!(said.contains("connections=472"), "{said}");
}

/// Operators and metrics of a server whose devices' places are all taken are served; a device is,
/// once there is one.
fn assert_holds(server: &Server, home: &Home, template: &str, id: &str, auth: &str) {
    let sitting = crowd(server, 80);
    let mut waiting = server.connect();
    waiting.write_all(get(id, auth).as_bytes()).unwrap();
    let said = server.log().find(|line| line.contains("WARN")).unwrap();
    assert!(said.contains("devices"), "{said}");
    for _ in 0..20 {
        assert!(home.done(&["template", "show", template], "").contains(template));
        assert_eq!(curl(&[server.told["metrics"].as_str().unwrap()]).status, 200);
    }
    drop(sitting);
    assert_eq!(super::answer(&mut waiting).unwrap().status, 200);
}

#[test]
fn devices_keep_neither_operators_nor_metrics_out() {
    let (home, template, id, auth) = with_device();
    let metrics = ["--metrics", "127.0.0.1:0"];
    let server = Server::begin_limited(&home, "ulimit -n 100", &metrics);
    assert_holds(&server, &home, &template, &id, &auth);
    let log = server.end("TERM").log;
    assert!(!log.contains("WARN"), "it was said once: {log}");
}

#[test]
fn so_many_connections_as_it_is_told_and_no_more() {
    let (home, template, id, auth) = with_device();
    let words = ["--metrics", "127.0.0.1:0", "--max-connections", "3"];
    let server = Server::begin(&home, &words);
    assert_holds(&server, &home, &template, &id, &auth);
}

#[test]
fn who_sits_on_metrics_keeps_no_device_out() {
    let (home, _, id, auth) = with_device();
    let metrics = ["--metrics", "127.0.0.1:0"];
    let server = Server::begin_limited(&home, "ulimit -n 100", &metrics);
    let address = server.told["metrics"].as_str().unwrap();
    let address = address.split('/').nth(2).unwrap();
    let _sitting: Vec<_> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
    let said = server.log().find(|line| line.contains("WARN")).unwrap();
    assert!(said.contains("metrics"), "{said}");
    assert_eq!(call(&mut server.connect(), &get(&id, &auth)).status, 200);
}

#[test]
fn settings_that_let_nobody_in_are_refused() {
    let home = Home::new();
    for option in ["--idle-timeout", "--max-connections"] {
        home.fails(2, &["serve", option, "0"], "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_cannot_be_let_in_is_told_of_in_the_log() {
    let (home, _, id, auth) = with_device();
    let server = Server::begin(&home, &[]);
    // It is left no descriptor: the limit is taken from under it.
    let process = server.process().to_string();
    let limits = |limit: &str| {
        let words = ["--pid", &process, &format!("--nofile={limit}")];
        assert!(std::process::Command::new("prlimit").args(words).status().unwrap().success());
    };
    limits("3:20000");
    let mut stream = server.connect();
    stream.write_all(get(&id, &auth).as_bytes()).unwrap();
    let said = server.log().find(|line| line.contains("ERROR")).unwrap();
    assert!(said.contains("devices"), "{said}");
    limits("20000:20000");
    assert_eq!(super::answer(&mut stream).unwrap().status, 200);
}
