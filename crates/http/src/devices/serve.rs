//! From a request to an answer.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use plugmint::Source;
use tokio::time::{Instant, timeout_at};

use crate::openapi;

use super::DeviceApi;
use super::answer::{Answered, Refusal, unread, with_body};
use super::body::{self, Bytes};
use super::caller::Claimed;
use super::source;

/// `/iot/device`
pub(super) async fn collection(State(api): State<Arc<DeviceApi>>, request: Request) -> Answered {
    serve(api, None, request).await
}

/// `/iot/device/{id}`
pub(super) async fn one(
    State(api): State<Arc<DeviceApi>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Answered {
    match id {
        Ok(Path(id)) => serve(api, Some(id), request).await,
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

/// A call that is to be answered.
struct Call {
    method: Method,
    id: Option<String>,
    claimed: Claimed,
    source: Option<Source>,
    body: Bytes,
}

async fn serve(api: Arc<DeviceApi>, id: Option<String>, request: Request) -> Answered {
    let deadline = Instant::now() + api.timeout;
    let (parts, body) = request.into_parts();
    let method = method(&parts);
    if let Err(refusal) = body::ensure_length(&parts, &method) {
        return refusal.into();
    }
    // Nothing is waited for that is not to come.
    let body = if body.is_end_stream() {
        Ok(Ok(Bytes::default()))
    } else {
        timeout_at(deadline, Box::pin(body::read(body, api.body_limit))).await
    };
    let body = match body {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return refusal.into(),
        Err(_) => {
            let msg = "the body does not come";
            return Refusal::new(StatusCode::REQUEST_TIMEOUT, msg).and_closes().into();
        }
    };
    let (claimed, source) = (Claimed::of(&parts.headers), source::of(&parts, &api.proxies));
    let call = Call { method, id, claimed, source, body };
    if call.method == Method::GET {
        let answer = pin!(async { Ok::<_, Infallible>(api.answer(call).await) });
        return within(deadline, answer).await;
    }
    // Who hangs up has asked all the same, and an attempt that is right is not to be paid for.
    let answer = tokio::spawn(async move { api.answer(call).await });
    within(deadline, answer).await
}

async fn within<E>(
    deadline: Instant,
    answer: impl Future<Output = Result<Answered, E>>,
) -> Answered {
    match timeout_at(deadline, answer).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(_)) => Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the platform failed").into(),
        Err(_) => Refusal::busy(Duration::from_secs(1)).into(),
    }
}

impl DeviceApi {
    // Calls that write are boxed: reads, which are many, would be moved about with their size.
    async fn answer(&self, call: Call) -> Answered {
        let answered = match &call.id {
            None => self.answer_collection(call).await,
            Some(_) => self.answer_one(call).await,
        };
        answered.unwrap_or_else(Answered::from)
    }

    async fn answer_collection(&self, call: Call) -> Result<Answered, Refusal> {
        let Call { method, claimed, source, body, .. } = call;
        let source = source.as_ref();
        match method {
            Method::POST => Box::pin(self.enroll(source, &body)).await,
            Method::PUT => Box::pin(self.control(source, claimed, &body)).await,
            Method::DELETE => {
                let caller = self.caller(claimed, source).await?;
                Box::pin(self.remove(&caller, &body)).await
            }
            _ => Ok(not_allowed("POST, PUT, DELETE")),
        }
    }

    async fn answer_one(&self, call: Call) -> Result<Answered, Refusal> {
        let Call { method, id, claimed, source, body } = call;
        let (source, id) = (source.as_ref(), id.unwrap_or_default());
        if ![Method::GET, Method::PATCH, Method::DELETE].contains(&method) {
            return Ok(not_allowed("GET, PATCH, DELETE"));
        }
        let caller = self.caller(claimed, source).await?;
        match method {
            Method::GET => self.read(&caller, &id).await,
            Method::PATCH => Box::pin(self.change(&caller, &id, &body)).await,
            _ => Box::pin(self.release(&caller, &id, &body)).await,
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
