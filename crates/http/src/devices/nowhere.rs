//! Where there is nothing.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{Refusal, unread};
use super::body;
use super::serve::method;

/// Answers 404 as devices are answered: `{"err": 404, "msg": <text>}`.
///
/// [`DeviceApi`](crate::DeviceApi) answers so below `/iot/device`, and leaves every other path to
/// its host. A host that has nothing but devices takes it for the fallback of its router.
pub async fn no_such_path(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let refusal = match body::ensure_length(&parts, &method(&parts)) {
        Ok(()) => Refusal::new(StatusCode::NOT_FOUND, "there is no such path"),
        Err(refusal) => refusal,
    };
    unread(&body, refusal.into())
}
