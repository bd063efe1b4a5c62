//! Connections of devices: what they send, and what each call in it is answered.
//!
//! An input is the bytes of one connection. They go through as they are, but for the length of a
//! `DELETE` that does not say it. Each call in what went through is then made to the router over a
//! registry in memory; behind `$` a name stands for what [`home`] gives it. What is the call of a
//! device that reads itself is answered on its connection as the router answers it.

mod home;
mod own;
mod stream;

use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::header::{ALLOW, CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{Method, Request, Response, StatusCode};
use httparse::{EMPTY_HEADER, Status};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower_service::Service;

use home::Home;

/// Holds a connection against its properties.
pub fn check(bytes: &[u8]) {
    let through = RUNTIME.block_on(async { stream::check(bytes) });
    let calls = calls(&through);
    if calls.is_empty() {
        return;
    }
    RUNTIME.block_on(async {
        let home = Home::new().await;
        own::check(&home, &home.named(bytes)).await;
        for call in calls {
            if let Some(request) = call.request(&home) {
                answered(&home, request).await;
            }
        }
    });
}

/// One thread: a call is done before the next one is made.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

/// A call, as its device wrote it.
struct Call {
    method: Vec<u8>,
    path: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
}

/// The calls of a connection, each with the body that its length tells of. What is no call ends it.
fn calls(mut bytes: &[u8]) -> Vec<Call> {
    let mut calls = Vec::new();
    while calls.len() < MOST_CALLS {
        let mut headers = [EMPTY_HEADER; 100];
        let mut head = httparse::Request::new(&mut headers);
        let Ok(Status::Complete(length)) = head.parse(bytes) else { break };
        let named =
            |name: &str| head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let told = named("content-length").and_then(|header| str::from_utf8(header.value).ok());
        let told = told.and_then(|told| told.trim().parse::<usize>().ok()).unwrap_or(0);
        let rest = &bytes[length..];
        let is_chunked = named("transfer-encoding").is_some();
        let (body, rest) =
            rest.split_at(if is_chunked { rest.len() } else { told.min(rest.len()) });
        let of = |text: Option<&str>| text.unwrap_or_default().as_bytes().to_vec();
        let header = |header: &httparse::Header<'_>| {
            (header.name.as_bytes().to_vec(), header.value.to_vec())
        };
        calls.push(Call {
            method: of(head.method),
            path: of(head.path),
            headers: head.headers.iter().map(header).collect(),
            body: body.to_vec(),
        });
        bytes = rest;
    }
    calls
}

impl Call {
    /// The call with its names replaced; `None` for what no server takes for a request.
    fn request(&self, home: &Home) -> Option<Request<Body>> {
        let mut request =
            Request::builder().method(&self.method[..]).uri(&home.named(&self.path)[..]);
        for (name, value) in &self.headers {
            request = request.header(&name[..], home.named(value));
        }
        request.body(Body::from(home.named(&self.body))).ok()
    }
}

async fn answered(home: &Home, request: Request<Body>) {
    let may = home.proves(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut router = home.router.clone();
    let Ok(response) = router.call(request).await;
    check_answer(may, &method, &path, response).await;
}

async fn check_answer(may: bool, method: &Method, path: &str, response: Response<Body>) {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let (status, headers) = (parts.status, parts.headers);
    let call = format!("{method} {path}: {status}");
    assert!(status.as_u16() < 500, "{call}");
    let is_devices =
        path == "/iot/openapi.json" || path == "/iot/device" || path.starts_with("/iot/device/");
    if !is_devices {
        assert_eq!((status, body.len()), (StatusCode::NOT_FOUND, 0), "{call}");
        return;
    }
    let length = headers.get(CONTENT_LENGTH).map(|length| length.to_str().unwrap());
    if method == Method::HEAD {
        assert!(length.is_some() && body.is_empty(), "{call}");
        return;
    }
    assert_eq!(length, Some(body.len().to_string().as_str()), "{call}");
    if status.is_success() {
        assert!([200, 201].contains(&status.as_u16()), "{call}");
        let told = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        let is_public = path == "/iot/openapi.json" || told.get("auth").is_some();
        assert!(may || is_public, "{call}: nobody proved anything");
        return;
    }
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["err"], status.as_u16(), "{call}");
    assert!(told["msg"].as_str().is_some_and(|msg| !msg.is_empty()), "{call}");
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(2), "{call}");
    let is_late = status == StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(headers.contains_key(RETRY_AFTER), is_late, "{call}");
    assert_eq!(headers.contains_key(ALLOW), status == StatusCode::METHOD_NOT_ALLOWED, "{call}");
}

const MOST_CALLS: usize = 16;
