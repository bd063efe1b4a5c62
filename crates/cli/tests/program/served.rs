//! A server that runs: a process of its own, and a client that is not ours.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, from_str, json};

use crate::program::Home;

/// `plugmint serve`, on ports that the system chose.
pub(crate) struct Served {
    child: Child,
    log: BufReader<ChildStderr>,
    /// What it printed when it began.
    pub(crate) told: Value,
}

/// What `curl` was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Served {
    /// Begins with these words behind `serve`, and these variables.
    pub(crate) fn begin(home: &Home, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plugmint"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(words)
            .current_dir(home.path("."))
            .env_remove("RUST_LOG")
            .env_remove("PLUGMINT_METRICS")
            .env_remove("PLUGMINT_LOG_FORMAT")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut told).unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let told = from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        Self { child, log, told }
    }

    /// Where devices connect.
    pub(crate) fn devices(&self) -> &str {
        self.told["devices"].as_str().unwrap()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.devices().split('/').nth(2).unwrap().parse().unwrap()
    }

    /// What Prometheus is told.
    pub(crate) fn metrics(&self) -> String {
        let answer = curl(&[self.told["metrics"].as_str().unwrap()]);
        assert_eq!((answer.status, answer.content_type.as_str()), (200, PROMETHEUS));
        answer.body
    }

    /// A device enrolls. What it is told.
    pub(crate) fn enrolls(&self, template: &str, serial: &str, password: &str) -> (u16, Value) {
        let body = json!({"model": template, "hwid": serial, "pass": password}).to_string();
        let answer = curl(&["-d", &body, self.devices()]);
        (answer.status, from_str(&answer.body).unwrap())
    }

    /// A device connects. The status that it is answered with.
    pub(crate) fn connects(&self, id: &str, auth: &str) -> u16 {
        let (id_is, auth_is) = (format!("X-Plug-Id: {id}"), format!("X-Plug-Auth: {auth}"));
        let url = format!("{}/{id}", self.devices());
        curl(&["-H", &id_is, "-H", &auth_is, &url]).status
    }

    /// A device begins to enroll, and the server waits for the rest of what it says.
    pub(crate) fn begins_to_enroll(&self, length: usize) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = "POST /iot/device HTTP/1.1\r\nHost: devices\r\nExpect: 100-continue\r\n";
        write!(stream, "{head}Content-Length: {length}\r\n\r\n").unwrap();
        let mut goes_on = [0; 25];
        stream.read_exact(&mut goes_on).unwrap();
        assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The next line of its log.
    pub(crate) fn says(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        line
    }

    pub(crate) fn is_told_to_end(&self) {
        let told = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("bash").args(["-c", &told]).status().unwrap().success());
    }

    /// Ends, well. What it has said that was not read.
    pub(crate) fn ends(mut self) -> String {
        let mut said = String::new();
        self.log.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Where a test fails, its server ends too.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn curl(words: &[&str]) -> Answer {
    let output = Command::new("curl")
        .args(["-s", "-S", "-m", "20", "--noproxy", "*", "-w", "\n%{http_code} %{content_type}"])
        .args(words)
        .output()
        .expect("curl is installed: it is a client that is not ours");
    assert!(output.status.success(), "{words:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, end) = text.rsplit_once('\n').unwrap();
    let (status, content_type) = end.split_once(' ').unwrap();
    let (content_type, body) = (content_type.to_owned(), body.to_owned());
    Answer { status: status.parse().unwrap(), content_type, body }
}

const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Longer than anything takes: what hangs fails.
const PATIENCE: Duration = Duration::from_secs(20);
