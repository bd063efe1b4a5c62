//! From a request to an answer, or to one line after the other.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing::debug;

use super::bytes::Unread;
use super::{Call, OperatorError, Operators, Steps};
use crate::wiped::Wiped;

/// What one line tells.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Line<'a, S, A> {
    Step(&'a S),
    Answer(&'a A),
    Error(&'a OperatorError),
}

/// A call under way: its steps, and what it comes to.
struct UnderWay<C: Call> {
    steps: mpsc::Receiver<C::Step>,
    /// `None` once its end was told.
    end: Option<JoinHandle<Result<C::Answer, OperatorError>>>,
}

pub(super) async fn answer<C: Call>(
    State(operators): State<Arc<Operators>>,
    request: Request,
) -> Response<Body> {
    let call: C = match read(request).await {
        Ok(call) => call,
        Err(error) => return refused(&error),
    };
    debug!(call = C::PATH, "an operator asks");
    let (steps, heard) = Steps::heard(AHEAD, operators.ending.clone());
    // Who hangs up has asked all the same.
    let end = tokio::spawn(async move { call.ask(&operators, steps).await });
    let mut under_way = UnderWay::<C> { steps: heard, end: Some(end) };
    match under_way.steps.recv().await {
        None => match under_way.end().await {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(error) => refused(&error),
        },
        Some(first) => {
            let first = line::<C>(&Line::Step(&first));
            let lines = stream::unfold((Some(first), under_way), |(first, mut under_way)| async {
                let next = match first {
                    Some(first) => Some(first),
                    None => under_way.next_line().await,
                };
                next.map(|line| (Ok::<_, Infallible>(line), (None, under_way)))
            });
            with_body(StatusCode::OK, LINES, Body::from_stream(lines))
        }
    }
}

/// A path that no call has.
pub(super) async fn unknown(request: Request) -> Response<Body> {
    let message =
        format!("there is no call {}: see the version of the server", request.uri().path());
    let mut answer = refused(&OperatorError::malformed("unknown-call", message));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// A call is a `POST`.
pub(super) async fn not_post() -> Response<Body> {
    let mut answer = refused(&OperatorError::malformed("malformed", "expected POST"));
    *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    answer
}

async fn read<C: Call>(request: Request) -> Result<C, OperatorError> {
    let malformed = |message: String| OperatorError::malformed("malformed", message);
    let bytes =
        Wiped::read(request.into_body(), MOST_BYTES).await.map_err(|unread| match unread {
            Unread::TooLong => malformed(format!("the call is longer than {MOST_BYTES} bytes")),
            Unread::Broken(error) => malformed(format!("the call breaks off: {error}")),
        })?;
    serde_json::from_slice(bytes.bytes())
        .map_err(|error| malformed(format!("not this call: {}", without_values(&error))))
}

/// What serde says, without the values that it repeats: one may be a password in the wrong place.
fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.split_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message,
    }
}

impl<C: Call> UnderWay<C> {
    async fn next_line(&mut self) -> Option<Bytes> {
        self.end.as_ref()?;
        if let Some(step) = self.steps.recv().await {
            return Some(line::<C>(&Line::Step(&step)));
        }
        let end = self.end().await;
        Some(match &end {
            Ok(answer) => line::<C>(&Line::Answer(answer)),
            Err(error) => line::<C>(&Line::Error(error)),
        })
    }

    async fn end(&mut self) -> Result<C::Answer, OperatorError> {
        let failed = |error: &dyn std::error::Error| OperatorError::failed("call-failed", error);
        match self.end.take() {
            Some(end) => end.await.unwrap_or_else(|error| Err(failed(&error))),
            None => Err(OperatorError::refused("call-failed", "its end was told already")),
        }
    }
}

fn line<C: Call>(line: &Line<'_, C::Step, C::Answer>) -> Bytes {
    let mut bytes = to_json(line);
    bytes.push(b"\n");
    bytes.into_bytes()
}

fn refused(error: &OperatorError) -> Response<Body> {
    json(error.status(), &Line::<(), ()>::Error(error))
}

fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    with_body(status, JSON, Body::from(to_json(value).into_bytes()))
}

fn to_json(value: &impl Serialize) -> Wiped {
    // INVARIANT: what is answered has text or numbers for keys, so it is always JSON.
    Wiped::json(value).unwrap_or_default()
}

fn with_body(status: StatusCode, kind: HeaderValue, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A call with 2,000 serials and their passwords has 1 MiB at most.
const MOST_BYTES: usize = 16 << 20;

/// So many steps may be done and not yet sent.
const AHEAD: usize = 4;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(super) const LINES: HeaderValue = HeaderValue::from_static("application/x-ndjson");
