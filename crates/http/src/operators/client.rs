//! Who asks over the socket.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::sleep;
use zeroize::Zeroizing;

use super::serve::LINES;
use super::{Call, OperatorError, SOCKET_FILE};

/// Asks the server that owns the store of a data directory.
#[derive(Clone, Debug)]
pub struct OperatorClient {
    path: PathBuf,
}

/// What a line tells.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line<S, A> {
    Step(S),
    Answer(A),
    Error(OperatorError),
}

/// What a call that was refused at once is answered.
#[derive(Deserialize)]
struct Refused {
    error: OperatorError,
}

impl OperatorClient {
    /// The server of a data directory; `None` where there is none, and the store may be opened.
    ///
    /// # Errors
    /// The socket is there and may not be opened.
    pub async fn find(data: &Path) -> io::Result<Option<Self>> {
        let path = data.join(SOCKET_FILE);
        match connect(&path).await {
            Ok(_) => Ok(Some(Self { path })),
            // Left there by a server that was killed, or never there.
            Err(error) if is_nobody(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where it is asked.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks, and hands on each step that is told, until it breaks off.
    ///
    /// # Errors
    /// [`OperatorError`]: that of the call, as it would be without a server; `server-gone` where the
    /// server ended before it was asked, and nothing is done; `no-answer` where it ended or broke off
    /// then, and the call may be done: ask again; `hung-up` for a call that was broken off.
    pub async fn ask<C: Call>(
        &self,
        call: &C,
        mut step: impl FnMut(C::Step) -> ControlFlow<()>,
    ) -> Result<C::Answer, OperatorError> {
        let response =
            self.send(C::PATH, wiped(serde_json::to_vec(call).unwrap_or_default())).await?;
        let is_lines = response.headers().get(CONTENT_TYPE) == Some(&LINES);
        let is_refused = !response.status().is_success();
        let mut body = response.into_body();
        let mut read = Zeroizing::new(Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| no_answer(&error))?;
            read.extend_from_slice(frame.data_ref().map_or(&[][..], AsRef::as_ref));
            while let Some(end) = read.iter().position(|byte| is_lines && *byte == b'\n') {
                let line = Zeroizing::new(read.drain(..=end).collect::<Vec<_>>());
                match parse(&line)? {
                    Line::<C::Step, C::Answer>::Step(told) => {
                        if step(told).is_break() {
                            return Err(OperatorError::hung_up());
                        }
                    }
                    Line::Answer(answer) => return Ok(answer),
                    Line::Error(error) => return Err(error),
                }
            }
        }
        if is_refused {
            return Err(parse::<Refused>(&read)?.error);
        }
        parse(&read)
    }

    async fn send(
        &self,
        call: &str,
        body: Bytes,
    ) -> Result<axum::http::Response<Incoming>, OperatorError> {
        let gone = |error: &dyn std::error::Error| OperatorError::failed("server-gone", error);
        let stream = connect(&self.path).await.map_err(|error| gone(&error))?;
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| gone(&error))?;
        // It ends with the answer, or with an error that the answer has, too.
        tokio::spawn(async move { connection.await.unwrap_or_default() });
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/v1/{call}"))
            .header(HOST, "plugmint")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| gone(&error))?;
        sender.send_request(request).await.map_err(|error| no_answer(&error))
    }
}

/// Connects; where many wait to be taken in, it waits for room.
async fn connect(path: &Path) -> io::Result<UnixStream> {
    let mut connected = UnixStream::connect(path).await;
    for _ in 0..TRIES {
        if !matches!(&connected, Err(error) if error.kind() == io::ErrorKind::WouldBlock) {
            break;
        }
        sleep(PAUSE).await;
        connected = UnixStream::connect(path).await;
    }
    connected
}

fn is_nobody(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, OperatorError> {
    serde_json::from_slice(bytes).map_err(|error| no_answer(&error))
}

fn no_answer(error: &dyn std::error::Error) -> OperatorError {
    OperatorError::failed("no-answer", error)
}

fn wiped(bytes: Vec<u8>) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes))
}

/// For so long it waits for room: five seconds.
const TRIES: u32 = 1_000;

const PAUSE: Duration = Duration::from_millis(5);
