//! `plugmint serve`, as a process that devices call.

mod ending;
mod owner;
mod sitting;
#[cfg(feature = "tls")]
mod tls;

use std::io::{Read, Write};

use crate::program::Home;

const FACTORY: &[u8] = include_bytes!("../../data/white-refrigerators.csv");

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
