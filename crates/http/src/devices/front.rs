//! Devices in front of all else that a server has.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tower_service::Service;

use crate::Peer;

use super::DeviceApi;
use super::serve::{get, is_plain_get};

/// A server of devices at `/iot/device`, and of a router's paths: made by
/// [`DeviceApi::in_front_of`], for [`axum::serve()`].
#[derive(Clone)]
pub struct DeviceFront {
    api: Arc<DeviceApi>,
    all: Router,
}

/// One connection to a [`DeviceFront`].
#[derive(Clone)]
pub struct DeviceConnection {
    front: DeviceFront,
    peer: Peer,
}

impl DeviceFront {
    pub(super) fn new(api: DeviceApi, rest: Router) -> Self {
        Self { all: api.clone().router().merge(rest), api: Arc::new(api) }
    }

    /// What a connection is served by, to whoever is connected.
    #[must_use]
    pub fn connection(&self, peer: Peer) -> DeviceConnection {
        DeviceConnection { front: self.clone(), peer }
    }
}

impl<L: Listener<Addr = SocketAddr>> Service<IncomingStream<'_, L>> for DeviceFront {
    type Response = DeviceConnection;
    type Error = Infallible;
    type Future = Ready<Result<DeviceConnection, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(self.connection(Peer::new(*stream.remote_addr()))))
    }
}

impl Service<Request> for DeviceConnection {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let id = request.uri().path().strip_prefix("/iot/device/");
        if id.is_some_and(|id| !id.is_empty() && !id.contains('/')) && is_plain_get(&request) {
            return get(Arc::clone(&self.front.api), request, Some(self.peer));
        }
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(ConnectInfo(self.peer.address()));
        Box::pin(self.front.all.call(request))
    }
}

impl fmt::Debug for DeviceFront {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceFront").field("api", &self.api).finish_non_exhaustive()
    }
}

impl fmt::Debug for DeviceConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceConnection").field("peer", &self.peer).finish_non_exhaustive()
    }
}
