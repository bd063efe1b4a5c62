//! `plugmint serve`, as a process.

use std::io::{BufRead, BufReader, Result};
use std::iter;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use serde_json::{Value, from_str, json};

use crate::curl::{PATIENCE, curl};
use crate::program::Home;

/// A server that runs until it is told to end, or dropped.
pub(crate) struct Server {
    child: Child,
    /// A thread reads it: a server whose log nobody reads would wait.
    log: Receiver<Result<String>>,
    /// What it printed when it began.
    pub(crate) told: Value,
}

/// What a server came to.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `None` when it was killed.
    pub(crate) code: Option<i32>,
    /// What it logged that was not read before.
    pub(crate) log: String,
}

impl Server {
    /// Begins over that home with these words behind `serve`, and waits until it serves.
    pub(crate) fn begin(home: &Home, words: &[&str]) -> Self {
        Self::begin_with(home, &[], words)
    }

    /// As [`begin`](Self::begin), with these variables.
    pub(crate) fn begin_with(home: &Home, variables: &[(&str, &str)], words: &[&str]) -> Self {
        let words = [SERVE, words].concat();
        Self::serving(home.begin_with(variables, &words), &words)
    }

    /// As [`begin`](Self::begin), behind a line of a shell that limits it.
    pub(crate) fn begin_limited(home: &Home, limits: &str, words: &[&str]) -> Self {
        let words = [SERVE, words].concat();
        Self::serving(home.begin_limited(limits, &words), &words)
    }

    fn serving(mut child: Child, words: &[&str]) -> Self {
        let (lines, log) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().try_for_each(|line| lines.send(line)));
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let told = from_str(&first).unwrap_or_default();
        let server = Self { child, log, told };
        let is_up = server.told.is_object();
        assert!(is_up, "{words:?} does not serve: {first} {:?}", server.end("KILL"));
        server
    }

    /// Where devices are served.
    pub(crate) fn devices(&self) -> &str {
        self.told["devices"].as_str().unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.devices().split('/').nth(2).unwrap().parse().unwrap()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A device enrolls. The status, and what it is told.
    pub(crate) fn enrolls(&self, template: &str, serial: &str, password: &str) -> (u16, Value) {
        let body = json!({"model": template, "hwid": serial, "pass": password}).to_string();
        let answer = curl(&["-d", &body, self.devices()]);
        (answer.status, answer.json())
    }

    /// A device connects. The status, and what it is told.
    pub(crate) fn connects(&self, id: &str, auth: &str) -> (u16, Value) {
        let (id_is, auth_is) = (format!("X-Plug-Id: {id}"), format!("X-Plug-Auth: {auth}"));
        let url = format!("{}/{id}", self.devices());
        let answer = curl(&["-H", &id_is, "-H", &auth_is, &url]);
        (answer.status, answer.json())
    }

    /// Its log from here on, line by line, as it says it.
    pub(crate) fn log(&self) -> impl Iterator<Item = String> {
        iter::from_fn(|| match self.log.recv_timeout(PATIENCE) {
            Ok(line) => Some(line.unwrap()),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it says nothing more"),
        })
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let process = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &process]).status().unwrap().success());
    }

    /// Ends it with a signal. What it came to.
    pub(crate) fn end(self, signal: &str) -> Ended {
        self.signal(signal);
        self.ended()
    }

    /// Waits until it has ended, which closes its log. What it came to.
    pub(crate) fn ended(mut self) -> Ended {
        let mut log = Vec::new();
        loop {
            match self.log.recv_timeout(PATIENCE) {
                Ok(line) => log.push(line.unwrap()),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end: {log:?}"),
            }
        }
        let code = self.child.wait().unwrap().code();
        Ended { code, log: log.join("\n") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What becomes of calls at an orderly end has tests of its own.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0", "--json"];
