//! Who asks over the socket.

use std::error::Error;
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
use tokio::time::{sleep, timeout};

use super::bytes::Unread;
use super::serve::LINES;
use super::{About, Call, FailureKind, OperatorError, SOCKET_FILE};
use crate::wiped::Wiped;

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
    /// The server of a data directory; `None` where there is none, or it ends, and the store may be
    /// opened, at once or soon.
    ///
    /// # Errors
    /// The socket is there and may not be opened, or nobody answers it within five seconds.
    pub async fn find(data: &Path) -> io::Result<Option<Self>> {
        let found = Self { path: data.join(SOCKET_FILE) };
        match connect(&found.path).await {
            // Left there by a server that was killed, or never there.
            Err(error) if is_nobody(&error) => return Ok(None),
            connected => drop(connected?),
        }
        let about = found.ask(&About {}, |_| ControlFlow::Continue(()));
        match timeout(PATIENCE, about).await {
            Ok(Err(error)) if [SERVER_GONE, NO_ANSWER].contains(&error.code()) => Ok(None),
            // What it says besides is told to whoever asks for more.
            Ok(_) => Ok(Some(found)),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer")),
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
    /// [`OperatorError`]: that of the call, as it would be without a server, or
    /// * `server-gone`: the server ended before it was asked, and the call is not done;
    /// * `no-answer`: it ended or broke off then, and the call may be done;
    /// * `unreadable-answer`: it is of another version, and the call is done;
    /// * `server-ends`: it ends, and a call that takes long is done in part;
    /// * `hung-up`: the call was broken off.
    pub async fn ask<C: Call>(
        &self,
        call: &C,
        mut step: impl FnMut(C::Step) -> ControlFlow<()>,
    ) -> Result<C::Answer, OperatorError> {
        let bytes = Wiped::json(call).map_err(|error| {
            OperatorError::malformed("malformed", format!("the call cannot be sent: {error}"))
        })?;
        let response = self.send(C::PATH, bytes.into_bytes()).await?;
        let is_lines = response.headers().get(CONTENT_TYPE) == Some(&LINES);
        let is_refused = !response.status().is_success();
        let mut body = response.into_body();
        if !is_lines {
            let read = Wiped::read(body, usize::MAX).await.map_err(|unread| match unread {
                Unread::Broken(error) => no_answer(&error),
                Unread::TooLong => OperatorError::told(FailureKind::Failed, NO_ANSWER, "too long"),
            })?;
            return if is_refused { Err(parse::<Refused>(&read)?.error) } else { parse(&read) };
        }
        let mut read = Wiped::default();
        while let Some(frame) = body.frame().await {
            read.take_over(
                frame.map_err(|error| no_answer(&error))?.into_data().unwrap_or_default(),
            );
            while let Some(line) = read.line() {
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
        let message = "the server broke off";
        Err(OperatorError::told(FailureKind::Failed, NO_ANSWER, message))
    }

    async fn send(
        &self,
        call: &str,
        body: Bytes,
    ) -> Result<axum::http::Response<Incoming>, OperatorError> {
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
        sender.try_send_request(request).await.map_err(|mut unsent| {
            // What comes back was not sent.
            let is_unsent = unsent.take_message().is_some();
            let error = unsent.into_error();
            if is_unsent { gone(&error) } else { no_answer(&error) }
        })
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

fn parse<T: DeserializeOwned>(read: &Wiped) -> Result<T, OperatorError> {
    serde_json::from_slice(read.bytes()).map_err(|_| {
        let message = "the answer cannot be read: the server is of another version";
        OperatorError::told(FailureKind::Failed, "unreadable-answer", message)
    })
}

fn gone(error: &dyn Error) -> OperatorError {
    OperatorError::failed(SERVER_GONE, error)
}

fn no_answer(error: &dyn Error) -> OperatorError {
    OperatorError::failed(NO_ANSWER, error)
}

const SERVER_GONE: &str = "server-gone";
const NO_ANSWER: &str = "no-answer";

/// For so long an answer is waited for that needs no work.
const PATIENCE: Duration = Duration::from_secs(5);

/// For so long it waits for room: five seconds.
const TRIES: u32 = 1_000;

const PAUSE: Duration = Duration::from_millis(5);
