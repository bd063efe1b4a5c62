//! A client that sends exactly what it is told to, and reads exactly what comes.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, from_slice};

/// A connection of a device.
pub(crate) struct Client {
    stream: TcpStream,
    came: Vec<u8>,
}

impl Client {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, came: Vec::new() }
    }

    /// Its own address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends as much as the other side takes before it hangs up. Whether that was all.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        let sent = self.stream.write_all(bytes);
        let is_late = sent.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        assert!(!is_late, "it is neither taken nor hung up on");
        sent.is_ok()
    }

    /// Sends something again and again until the other side takes no more of it; how many bytes.
    pub(crate) fn flood(&mut self, bytes: &[u8]) -> usize {
        self.stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut sent = 0;
        while let Ok(more) = self.stream.write(&bytes[sent % bytes.len()..]) {
            sent += more;
        }
        self.stream.set_write_timeout(Some(PATIENCE)).unwrap();
        sent
    }

    /// Sends nothing more.
    pub(crate) fn end(&self) {
        // Whoever was hung up on has nothing to end.
        _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer to whatever was sent.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_or_end().expect("an answer")
    }

    /// The next answer, to what asks for its head alone.
    pub(crate) fn head(&mut self) -> Answer {
        self.next(Answer::read_head).expect("an answer")
    }

    /// The next answer, unless the connection ends before it begins.
    pub(crate) fn answer_or_end(&mut self) -> Option<Answer> {
        self.next(Answer::read)
    }

    fn next(&mut self, read: impl Fn(&[u8]) -> Option<(Answer, usize)>) -> Option<Answer> {
        loop {
            if let Some((answer, length)) = read(&self.came) {
                self.came.drain(..length);
                return Some(answer);
            }
            if self.more() == 0 {
                assert!(self.came.is_empty(), "it ends within: {}", self.came.escape_ascii());
                return None;
            }
        }
    }

    /// Takes so many bytes for what they are.
    pub(crate) fn skip(&mut self, length: usize) {
        while self.came.len() < length {
            assert!(self.more() > 0, "it ends: {}", self.came.escape_ascii());
        }
        self.came.drain(..length);
    }

    /// Nothing more comes, and the connection ends.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.came.is_empty() && self.more() == 0
    }

    /// Nothing comes for so long, and the connection does not end.
    pub(crate) fn is_silent(&self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).unwrap();
        let came = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let waits = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut];
        self.came.is_empty() && came.is_err_and(|error| waits.contains(&error.kind()))
    }

    fn more(&mut self) -> usize {
        let mut more = [0; 4096];
        let length = match self.stream.read(&mut more) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => 0,
            Err(error) => panic!("nothing comes: {error}"),
        };
        self.came.extend_from_slice(&more[..length]);
        length
    }
}

/// A request, before it is bytes.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    head: String,
    body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self { head: format!("{method} {path} HTTP/1.1\r\nHost: devices\r\n"), body: None }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        write!(self.head, "{name}: {value}\r\n").unwrap();
        self
    }

    /// The same, with the hyphen of a Plug-ID in its path escaped.
    pub(crate) fn escaped(&self) -> Self {
        let head = self.head.replacen("/dev-", "/dev%2D", 1);
        assert_ne!(head, self.head);
        Self { head, body: self.body.clone() }
    }

    /// Its method and its path.
    pub(crate) fn line(&self) -> (&str, &str) {
        let mut words = self.head.split(' ');
        (words.next().unwrap(), words.next().unwrap())
    }

    /// Through the proxy that is trusted, from that address.
    pub(crate) fn from(self, address: &str) -> Self {
        self.header("X-Forwarded-For", address)
    }

    pub(crate) fn text(self, body: impl AsRef<[u8]>) -> Self {
        Self { body: Some(body.as_ref().to_vec()), ..self }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").text(body.to_string())
    }

    /// What is sent, the body with its length.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let body = self.body.as_deref().unwrap_or_default();
        let length = format!("Content-Length: {}\r\n\r\n", body.len());
        [self.head.as_bytes(), length.as_bytes(), body].concat()
    }

    /// What is sent by who tells no length: the head, then the body.
    pub(crate) fn lengthless(&self) -> (Vec<u8>, Vec<u8>) {
        let head = format!("{}\r\n", self.head).into_bytes();
        (head, self.body.clone().unwrap_or_default())
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) line: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The only answer in `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (answer, length) = Self::read(bytes).expect("an answer");
        assert_eq!(length, bytes.len(), "{}", bytes.escape_ascii());
        answer
    }

    /// The first answer in `bytes`, once it is whole, and how long it is.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (head, end) = Self::read_head(bytes)?;
        let length = head.header("content-length").unwrap_or_else(|| panic!("no length: {head:?}"));
        let length: usize = length.parse().unwrap();
        let body = bytes.get(end..end + length)?.to_vec();
        Some((Self { body, ..head }.checked(), end + length))
    }

    /// The head of the first answer in `bytes`, and how long that is.
    fn read_head(bytes: &[u8]) -> Option<(Self, usize)> {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let text = str::from_utf8(&bytes[..head]).unwrap();
        let mut lines = text.split("\r\n");
        let line = lines.next().unwrap().to_owned();
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        let headers: Vec<_> = lines.map(header).collect();
        let lengths = headers.iter().filter(|(name, _)| name == "content-length");
        assert!(lengths.count() <= 1, "one length: {text}");
        assert!(headers.iter().all(|(name, _)| name != "transfer-encoding"), "never chunked");
        Some((Self { line, status, headers, body: Vec::new() }, head + 4))
    }

    /// Success is 200 or 201, and an error says which it is and why; nothing fails.
    fn checked(self) -> Self {
        assert_ne!(self.status, 500, "{self:?}");
        // What is no HTTP is answered before anybody reads it.
        if ![200, 201].contains(&self.status) && !self.body.is_empty() {
            let told = self.value();
            assert_eq!(told["err"], self.status, "{self:?}");
            assert!(told["msg"].as_str().is_some_and(|msg| !msg.is_empty()), "{self:?}");
            assert_eq!(told.as_object().unwrap().len(), 2, "{self:?}");
            assert!(self.body.starts_with(b"{\"err\":"), "{self:?}");
        }
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn value(&self) -> Value {
        from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn said(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// Everything but when it was.
    pub(crate) fn timeless(mut self) -> (u16, Vec<(String, String)>, Vec<u8>) {
        for (_, date) in self.headers.iter_mut().filter(|(name, _)| name == "date") {
            assert!(date.len() == 29 && date.ends_with(" GMT"), "{date}");
            date.clear();
        }
        (self.status, self.headers, self.body)
    }

    /// It went well, and there is nothing more to say.
    pub(crate) fn is_empty_200(&self) -> bool {
        self.status == 200 && self.body.is_empty() && self.header("content-length") == Some("0")
    }
}

/// Longer than anything takes: what hangs fails.
const PATIENCE: Duration = Duration::from_secs(20);
