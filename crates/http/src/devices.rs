//! The router that devices in the field talk to.

mod answer;
mod body;
mod caller;
mod change;
mod enroll;
mod lists;
mod nowhere;
mod own_reads;
mod perm;
mod read;
mod remove;
mod serve;
mod source;
mod target;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use plugmint::Registry;

use crate::{NobodyOwns, Owners};

use serve::Served;

pub use nowhere::no_such_path;
pub use own_reads::OwnReads;
pub(crate) use own_reads::{Answering, OwnConnection, OwnRead};
pub use source::TrustedProxies;

/// The devices' interface over a registry: `/iot/device` and `/iot/device/{id}`, to be mounted
/// under any path. `GET /iot/openapi.json` tells what can be called, in `OpenAPI` 3.1.
///
/// Devices cannot be changed, so it answers them as they are: every answer has a `Content-Length`,
/// success is 200 or 201, an error is `{"err": <status>, "msg": <text>}`, and `POST` with
/// `X-HTTP-Method-Override` is what it says.
///
/// What is no HTTP, or whose path or head is too long, never comes here: hyper answers it 400, 414
/// or 431 with an empty body, and closes.
///
/// What a call does goes on when the caller hangs up. A `GET` does not: it changes nothing, but
/// that a device which reads itself for the first time is activated, and it may be so or not then.
///
/// Where calls come from is the peer's address: serve the router with
/// [`into_make_service_with_connect_info`](axum::Router::into_make_service_with_connect_info), and
/// name the proxies before it that can be trusted. Without either no attempt is limited by its
/// source.
///
/// A `DELETE` that does not say how long its body is, neither with `Content-Length` nor chunked, is
/// answered 400: its body cannot be seen here, and must not be taken for none. Serve through a
/// [`DeviceListener`](crate::DeviceListener), which finds out and says so.
#[derive(Clone)]
pub struct DeviceApi {
    registry: Registry,
    owners: Arc<dyn Owners>,
    proxies: TrustedProxies,
    body_limit: usize,
    timeout: Duration,
}

impl DeviceApi {
    /// With no owner, no trusted proxy, bodies of at most 64 KiB, and 30 seconds for each call.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self {
            registry,
            owners: Arc::new(NobodyOwns),
            proxies: TrustedProxies::none(),
            body_limit: 64 * 1024,
            timeout: Duration::from_secs(30),
        }
    }

    /// Who owns the devices.
    #[must_use]
    pub fn with_owners(self, owners: Arc<dyn Owners>) -> Self {
        Self { owners, ..self }
    }

    /// Whose `X-Forwarded-For` is believed.
    #[must_use]
    pub fn with_trusted_proxies(self, proxies: TrustedProxies) -> Self {
        Self { proxies, ..self }
    }

    /// The most bytes of a body; what is longer is answered 413.
    #[must_use]
    pub fn with_body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// How long a call may take, its body included. A slow sender is answered 408 then; what takes
    /// too long here is answered 503 and goes on, unless it is a `GET`. What no clock reaches, such
    /// as [`Duration::MAX`], is no limit.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// What answers devices that read themselves on their connections, before a server sees the
    /// call: for [`DeviceListener::with_own_reads`](crate::DeviceListener::with_own_reads), where
    /// the [`router`](Self::router) is at the root of the server: they answer `/iot/device/{id}`,
    /// whether the router is there or not. They are as this interface is set up by now.
    #[must_use]
    pub fn own_reads(&self) -> OwnReads {
        OwnReads::of(self.clone())
    }

    /// The router.
    pub fn router(self) -> Router {
        let api = Arc::new(self);
        Router::new()
            .route_service("/iot/device", Served::collection(&api))
            .route_service("/iot/device/{id}", Served::one(&api))
            .route("/iot/openapi.json", any(serve::document))
            .route("/iot/device/", any(no_such_path))
            .route("/iot/device/{id}/", any(no_such_path))
            .route("/iot/device/{id}/{*rest}", any(no_such_path))
    }
}

impl fmt::Debug for DeviceApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceApi")
            .field("registry", &self.registry)
            .field("body_limit", &self.body_limit)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
