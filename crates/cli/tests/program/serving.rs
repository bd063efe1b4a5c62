//! `plugmint serve`, as a process that devices call.

mod ending;
#[cfg(feature = "tls")]
mod tls;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::program::Home;

const FACTORY: &[u8] = include_bytes!("../../data/white-refrigerators.csv");

/// A server that runs until it is told to end, or dropped.
struct Serving {
    child: Child,
    url: String,
    stderr: Option<JoinHandle<String>>,
}

/// What a server said at its end.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stderr: String,
}

impl Serving {
    fn begin(home: &Home, words: &[&str]) -> Self {
        let place: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
        Self::of(home.begin(&[place, words].concat()))
    }

    fn of(mut child: Child) -> Self {
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut lines = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut all = String::new();
            lines.read_to_string(&mut all).unwrap();
            all
        });
        let url = first.strip_prefix("devices are served at ").unwrap_or_default();
        let url = url.split(", operators").next().unwrap();
        Self { child, url: url.to_owned(), stderr: Some(stderr) }
    }

    fn address(&self) -> SocketAddr {
        let (_, behind) = self.url.split_once("://").unwrap();
        behind.split_once('/').unwrap().0.parse().unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits until it has ended.
    fn ended(mut self) -> Ended {
        let code = self.child.wait().unwrap().code();
        Ended { code, stderr: self.stderr.take().unwrap().join().unwrap() }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

/// An answer that came whole.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    closes: bool,
    body: String,
}

impl Answer {
    fn text(&self, field: &str) -> String {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        value[field].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

/// Reads one answer. `None` when it does not come, or not to its end.
fn answer(stream: &mut impl Read) -> Option<Answer> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split_once("content-length: ").unwrap().1.split_once('\r').unwrap().0;
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).ok()?;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let closes = head.contains("connection: close");
    Some(Answer { status, closes, body: String::from_utf8(body).unwrap() })
}

fn call(stream: &mut (impl Read + Write), bytes: &str) -> Answer {
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.flush().unwrap();
    answer(stream).unwrap_or_else(|| panic!("no answer to {bytes}"))
}

/// A call that enrolls a serial.
fn post(template: &str, serial: &str, password: &str) -> String {
    let body = format!(r#"{{"model":"{template}","hwid":"{serial}","pass":"{password}"}}"#);
    let head = "POST /iot/device HTTP/1.1\r\nHost: x\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// The head of a device's call, without the empty line behind it.
fn head(method: &str, path: &str, id: &str, auth: &str) -> String {
    let signed = format!("X-Plug-Id: {id}\r\nX-Plug-Auth: {auth}\r\n");
    format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{signed}")
}

fn get(id: &str, auth: &str) -> String {
    format!("{}\r\n", head("GET", &format!("/iot/device/{id}"), id, auth))
}

/// Serials of a factory's file, each with its enroll password.
fn imported(home: &Home, template: &str) -> Vec<(String, String)> {
    let file = home.write("white.csv", FACTORY);
    home.json(&["serial", "import", template, &file], "");
    let text = std::str::from_utf8(FACTORY).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let mut fields = line.split(',').map(str::to_owned);
        (fields.next().unwrap(), fields.next().unwrap())
    });
    rows.collect()
}
