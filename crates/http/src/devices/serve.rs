//! From a request to an answer.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::RequestExt;
use axum::body::HttpBody;
use axum::extract::{Path, Request};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use plugmint::Source;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use crate::openapi;

use super::DeviceApi;
use super::answer::{Answered, Refusal, unread, with_body};
use super::body::{self, Bytes};
use super::caller::Claimed;
use super::source;

/// What becomes an answer.
pub(super) type Serving = Pin<Box<dyn Future<Output = Result<Answered, Infallible>> + Send>>;

/// A path under which devices are, as a service: around a handler axum puts one more future, which
/// costs a read as much as one of its look-ups.
#[derive(Clone)]
pub(super) struct Served {
    api: Arc<DeviceApi>,
    path: ServedPath,
}

#[derive(Clone, Copy)]
enum ServedPath {
    /// `/iot/device`
    Collection,
    /// `/iot/device/{id}`
    One,
}

impl Served {
    pub(super) fn collection(api: &Arc<DeviceApi>) -> Self {
        Self { api: Arc::clone(api), path: ServedPath::Collection }
    }

    pub(super) fn one(api: &Arc<DeviceApi>) -> Self {
        Self { api: Arc::clone(api), path: ServedPath::One }
    }
}

impl Service<Request> for Served {
    type Response = Answered;
    type Error = Infallible;
    type Future = Serving;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let api = Arc::clone(&self.api);
        match self.path {
            ServedPath::Collection => {
                Box::pin(async move { Ok(serve(api, At::Collection, request).await) })
            }
            ServedPath::One if is_plain_get(&request) => get(api, request),
            ServedPath::One => Box::pin(async move { Ok(one(api, request).await) }),
        }
    }
}

/// Whether a call is what most are, and all that they are: nothing is waited for that is not to
/// come. Few ids have escapes.
fn is_plain_get(request: &Request) -> bool {
    request.method() == Method::GET
        && request.body().is_end_stream()
        && !request.uri().path().contains('%')
}

/// Answers a plain `GET` of a device, whose id ends the path.
fn get(api: Arc<DeviceApi>, request: Request) -> Serving {
    let (head, _) = request.into_parts();
    let peer = source::peer(&head.extensions);
    let source = peer.map(|peer| source::of(peer, &head.headers, &api.proxies));
    Box::pin(async move {
        let answer = pin!(api.answer_get(&head, source.as_ref()));
        Ok(within(|| api.deadline(), answer).await.unwrap_or_else(Answered::from))
    })
}

async fn one(api: Arc<DeviceApi>, mut request: Request) -> Answered {
    match request.extract_parts::<Path<String>>().await {
        Ok(Path(id)) => serve(api, At::One(id), request).await,
        Err(_) => unread(request.body(), Refusal::malformed("the path is no text").into()),
    }
}

/// `/iot/openapi.json`
pub(super) async fn document(request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    if let Err(refusal) = body::ensure_length(&parts, &method(&parts)) {
        return refusal.into();
    }
    let answered = match (parts.method, openapi::document()) {
        (Method::GET | Method::HEAD, Some(document)) => with_body(StatusCode::OK, document.into()),
        (Method::GET | Method::HEAD, None) => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the platform failed").into()
        }
        _ => not_allowed("GET, HEAD"),
    };
    unread(&body, answered)
}

/// What is called.
enum At {
    Collection,
    /// The device of that id.
    One(String),
}

/// A call that is to be answered.
struct Call {
    method: Method,
    at: At,
    parts: Parts,
    body: Bytes,
}

/// What it asks.
struct Asked<'a> {
    method: &'a Method,
    claimed: Claimed<'a>,
    source: Option<&'a Source>,
    body: &'a [u8],
}

async fn serve(api: Arc<DeviceApi>, at: At, request: Request) -> Answered {
    let (parts, body) = request.into_parts();
    let method = method(&parts);
    if let Err(refusal) = body::ensure_length(&parts, &method) {
        return refusal.into();
    }
    let deadline = api.deadline();
    let body = match until(deadline, body::read(body, api.body_limit)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return refusal.into(),
        Err(_) => {
            let msg = "the body does not come";
            return Refusal::new(StatusCode::REQUEST_TIMEOUT, msg).and_closes().into();
        }
    };
    let call = Call { method, at, parts, body };
    if call.method == Method::GET {
        let answer = async { Ok(api.answer(&call).await) };
        return within(|| deadline, pin!(answer)).await.unwrap_or_else(Answered::from);
    }
    // Who hangs up has asked all the same, and an attempt that is right is not to be paid for.
    let answering = tokio::spawn(async move { api.answer(&call).await });
    let answer = async {
        let failed = || Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the platform failed");
        answering.await.map_err(|_| failed())
    };
    within(|| deadline, pin!(answer)).await.unwrap_or_else(Answered::from)
}

/// An answer, if it comes in time.
pub(super) async fn within<T>(
    deadline: impl FnOnce() -> Option<Instant>,
    mut answer: Pin<&mut impl Future<Output = Result<T, Refusal>>>,
) -> Result<T, Refusal> {
    // What need not wait, such as a read, needs no clock.
    let polled = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context)));
    if let Poll::Ready(answered) = polled.await {
        return answered;
    }
    // Boxed, so that it has no room where nothing waits.
    let answered = Box::pin(until(deadline(), answer)).await;
    answered.unwrap_or_else(|_| Err(Refusal::busy(Duration::from_secs(1))))
}

async fn until<T>(
    deadline: Option<Instant>,
    answer: impl Future<Output = T>,
) -> Result<T, Elapsed> {
    match deadline {
        Some(deadline) => timeout_at(deadline, answer).await,
        None => Ok(answer.await),
    }
}

impl DeviceApi {
    /// When a call that comes now has taken too long: never, where no clock gets there.
    pub(super) fn deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.timeout)
    }

    async fn answer_get(&self, head: &Parts, source: Option<&Source>) -> Result<Answered, Refusal> {
        let (_, id) = head.uri.path().rsplit_once('/').unwrap_or_default();
        let caller = self.caller(Claimed::of(&head.headers), source).await?;
        self.read(&caller, id).await
    }

    async fn answer(&self, call: &Call) -> Answered {
        let peer = source::peer(&call.parts.extensions);
        let source = peer.map(|peer| source::of(peer, &call.parts.headers, &self.proxies));
        let asked = Asked {
            method: &call.method,
            claimed: Claimed::of(&call.parts.headers),
            source: source.as_ref(),
            body: &call.body,
        };
        let answered = match &call.at {
            At::Collection => self.answer_collection(asked).await,
            At::One(id) => self.answer_one(id, asked).await,
        };
        answered.unwrap_or_else(Answered::from)
    }

    async fn answer_collection(&self, asked: Asked<'_>) -> Result<Answered, Refusal> {
        let Asked { method, claimed, source, body } = asked;
        match *method {
            Method::POST => self.enroll(source, body).await,
            Method::PUT => self.control(source, claimed, body).await,
            Method::DELETE => {
                let caller = self.caller(claimed, source).await?;
                self.remove(&caller, body).await
            }
            _ => Ok(not_allowed("POST, PUT, DELETE")),
        }
    }

    async fn answer_one(&self, id: &str, asked: Asked<'_>) -> Result<Answered, Refusal> {
        let Asked { method, claimed, source, body } = asked;
        if ![Method::GET, Method::PATCH, Method::DELETE].contains(method) {
            return Ok(not_allowed("GET, PATCH, DELETE"));
        }
        let caller = self.caller(claimed, source).await?;
        match *method {
            Method::GET => self.read(&caller, id).await,
            Method::PATCH => self.change(&caller, id, body).await,
            _ => self.release(&caller, id, body).await,
        }
    }
}

/// What is meant: some devices send every `PATCH`, and every `DELETE` with a body, as a `POST`.
pub(super) fn method(parts: &Parts) -> Method {
    if parts.method != Method::POST {
        return parts.method.clone();
    }
    let says = parts.headers.get("x-http-method-override").and_then(|value| value.to_str().ok());
    match says.map(str::trim) {
        Some(says) if says.eq_ignore_ascii_case("PATCH") => Method::PATCH,
        Some(says) if says.eq_ignore_ascii_case("DELETE") => Method::DELETE,
        Some(_) | None => Method::POST,
    }
}

fn not_allowed(allowed: &'static str) -> Answered {
    let msg = format!("expected {allowed}");
    let mut answered = Answered::from(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, msg));
    answered.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answered
}
