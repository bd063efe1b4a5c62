//! A server that is told to end while devices call.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::program::Home;
use crate::server::Server;

use super::{Answer, answer, call, get, head, imported, post};

/// What devices met, whose calls were whole before the server was told to end.
#[derive(Default)]
struct Met {
    /// What each serial was told, by its number.
    told: Mutex<BTreeMap<String, Answer>>,
    lost: AtomicUsize,
}

#[test]
fn what_was_called_before_the_end_is_answered_and_kept() {
    let (home, template) = Home::with_template(&[]);
    let serials = imported(&home, &template);
    for round in 0..4 {
        let server = Server::begin(&home, &[]);
        let address = server.address();
        let connect = || connect(address).map(|plain| Box::new(plain) as _);
        let met = told_to_end_under_load(&server, &connect, &template, &serials, round);
        let ended = server.ended();
        assert_eq!(ended.code, Some(0));
        assert!(
            ended.log.lines().last().unwrap().contains("nobody is served any more"),
            "{ended:?}"
        );
        assert_eq!(met.lost.into_inner(), 0, "calls were whole, and had no answer");
        assert_kept(&home, &template, &met.told.into_inner().unwrap());
    }
}

#[cfg(feature = "tls")]
#[test]
fn what_was_called_before_the_end_is_answered_over_tls_too() {
    use super::tls;

    let (home, template, serials) = tls::with_files();
    for round in 0..2 {
        let server = tls::serving(&home);
        let address = server.address();
        let connect = || connect(address).map(|plain| Box::new(tls::over(plain)) as _);
        let met = told_to_end_under_load(&server, &connect, &template, &serials, round);
        assert_eq!(server.ended().code, Some(0));
        assert_eq!(met.lost.into_inner(), 0, "calls were whole, and had no answer");
        assert_kept(&home, &template, &met.told.into_inner().unwrap());
    }
}

/// A connection of a device.
trait Connection: Read + Write + Send {}

impl<S: Read + Write + Send> Connection for S {}

type Connect<'a> = dyn Fn() -> Option<Box<dyn Connection>> + Sync + 'a;

/// Devices enroll from many sides, one serial after the other, until the server is told to end.
fn told_to_end_under_load(
    server: &Server,
    connect: &Connect<'_>,
    template: &str,
    serials: &[(String, String)],
    round: usize,
) -> Met {
    let (met, is_told, next) = (Met::default(), AtomicBool::new(false), AtomicUsize::new(0));
    let enroll = |is_kept: bool| {
        let mut kept = None;
        while !is_told.load(Ordering::SeqCst) {
            let number = next.fetch_add(1, Ordering::SeqCst) % serials.len();
            let (serial, password) = &serials[number];
            let Some(mut stream) = kept.take().or_else(connect) else { return };
            let sent = stream.write_all(post(template, serial, password).as_bytes());
            let is_whole = sent.and_then(|()| stream.flush()).is_ok();
            let is_whole = is_whole && !is_told.load(Ordering::SeqCst);
            let Some(answer) = answer(&mut stream) else {
                met.lost.fetch_add(usize::from(is_whole), Ordering::SeqCst);
                continue;
            };
            assert_eq!(answer.status, 200, "{answer:?}");
            kept = (is_kept && !answer.closes).then_some(stream);
            met.told.lock().unwrap().insert(serial.clone(), answer);
        }
    };
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let enroll = &enroll;
            // Half of them come anew each time.
            scope.spawn(move || enroll(client % 2 == 0));
        }
        // Each round is told at another moment.
        while met.told.lock().unwrap().len() < 100 + 37 * round {
            std::thread::yield_now();
        }
        is_told.store(true, Ordering::SeqCst);
        server.signal("TERM");
    });
    met
}

/// `None` once nobody listens.
fn connect(address: SocketAddr) -> Option<TcpStream> {
    let stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    Some(stream)
}

fn assert_kept(home: &Home, template: &str, told: &BTreeMap<String, Answer>) {
    let listed = home.json(&["serial", "list", "--template", template], "");
    let listed = listed["serials"].as_array().unwrap().iter();
    let stages: BTreeMap<&str, &str> = listed
        .map(|listed| (listed["serial"].as_str().unwrap(), listed["stage"].as_str().unwrap()))
        .collect();
    for serial in told.keys() {
        assert_eq!(stages[serial.as_str()], "enrolled", "{serial}");
    }
    let (serial, answer) = told.first_key_value().unwrap();
    home.done(&["authenticate", &answer.text("id")], &answer.text("auth"));
    let shown = home.json(&["serial", "show", template, serial], "");
    assert_eq!(shown["plug_id"], answer.text("id"));
    home.done(&["serial", "unenroll", template, serial, "--any-epoch"], "");
}

/// A server with a device that has connected, and more grace than anybody waits for.
fn with_device() -> (Home, Server, String, String) {
    let (home, template) = Home::with_template(&[]);
    let (serial, password) = imported(&home, &template).swap_remove(0);
    let server = Server::begin(&home, &["--grace", "3600"]);
    let enrolled = call(&mut server.connect(), &post(&template, &serial, &password));
    let (id, auth) = (enrolled.text("id"), enrolled.text("auth"));
    assert_eq!(call(&mut server.connect(), &get(&id, &auth)).status, 200);
    (home, server, id, auth)
}

#[test]
fn a_body_whose_length_was_not_told_is_waited_for_at_the_end_too() {
    let (home, server, id, auth) = with_device();
    let mut stream = server.connect();
    let call = head("DELETE", "/iot/device", &id, &auth);
    stream.write_all(format!("{call}\r\n{id}").as_bytes()).unwrap();
    server.signal("TERM");
    let answer = answer(&mut stream).expect("it was whole before the end");
    assert_eq!((answer.status, answer.body.as_str()), (200, "1"));
    assert_eq!(server.ended().code, Some(0));
    let shown = home.json(&["serial", "show", "--plug-id", &id], "");
    assert_eq!(shown["stage"], "registered");
}

#[test]
fn who_keeps_a_connection_without_a_call_does_not_hold_the_end_up() {
    let (_home, server, id, auth) = with_device();
    let (mut used, mut unused) = (server.connect(), server.connect());
    call(&mut used, &get(&id, &auth));
    server.signal("TERM");
    assert_eq!(used.read(&mut [0]).unwrap(), 0);
    assert_eq!(unused.read(&mut [0]).unwrap(), 0);
    assert_eq!(server.ended().code, Some(0));
}

#[test]
fn who_calls_while_it_ends_is_answered_and_told_that_the_connection_closes() {
    let (_home, server, id, auth) = with_device();
    let mut streams: Vec<_> = (0..8).map(|_| server.connect()).collect();
    for stream in &mut streams {
        assert!(!call(stream, &get(&id, &auth)).closes);
    }
    server.signal("TERM");
    for stream in &mut streams {
        loop {
            let answer = call(stream, &get(&id, &auth));
            assert_eq!(answer.status, 200);
            if answer.closes {
                break;
            }
        }
    }
    assert_eq!(server.ended().code, Some(0));
}

/// Half of a call: who is told to end waits for the rest of it.
fn half_a_call(server: &Server) -> TcpStream {
    let mut stream = server.connect();
    stream
        .write_all(b"POST /iot/device HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        .unwrap();
    // It is read before the next one is answered.
    stream
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for second in ["TERM", "INT"] {
        let (_home, server, id, auth) = with_device();
        let mut half = half_a_call(&server);
        call(&mut server.connect(), &get(&id, &auth));
        server.signal("TERM");
        // Nobody is let in any more: it has heard.
        while TcpStream::connect(server.address()).is_ok() {
            std::thread::yield_now();
        }
        server.signal(second);
        let ended = server.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(matches!(half.read(&mut [0]), Ok(0) | Err(_)));
    }
}

#[test]
fn the_end_of_the_grace_ends_it() {
    let (home, _) = Home::with_template(&[]);
    let server = Server::begin(&home, &["--grace", "3"]);
    let mut half = half_a_call(&server);
    server.signal("TERM");
    let ended = server.ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.log.contains("the grace is over"), "{ended:?}");
    assert!(matches!(half.read(&mut [0]), Ok(0) | Err(_)));
    home.done(&["template", "list"], "");
}

/// Whether whoever wrote the store last has closed it: redb says in its file whether it must
/// recover.
fn is_closed(home: &Home) -> bool {
    const MAGIC: usize = 9;
    const MUST_RECOVER: u8 = 2;
    let file = std::fs::read(home.path("plugmint-data/store.redb")).unwrap();
    assert!(file.starts_with(b"redb"));
    file[MAGIC] & MUST_RECOVER == 0
}

#[test]
fn a_server_that_ends_closes_its_store_whoever_calls_and_one_that_is_killed_does_not() {
    for (signals, closes) in [(&["TERM"][..], true), (&["TERM", "TERM"], true), (&["KILL"], false)]
    {
        let (home, server, id, auth) = with_device();
        // With that many a runtime is not done when it is told to end.
        let halves: Vec<_> = (0..200 * (signals.len() - 1)).map(|_| half_a_call(&server)).collect();
        call(&mut server.connect(), &get(&id, &auth));
        for signal in signals {
            server.signal(signal);
            while TcpStream::connect(server.address()).is_ok() {
                std::thread::yield_now();
            }
        }
        server.ended();
        assert_eq!(is_closed(&home), closes, "{signals:?}");
        drop(halves);
    }
}

const CLIENTS: usize = 24;
