//! Devices that read themselves, answered where they are connected.

mod alike;
mod order;
mod source;
mod under_axum;
mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_request;
use axum::routing::get;
use plugmint_http::{DeviceApi, OwnReads, no_such_path};

use crate::client::{Call, Client};
use crate::home::{Home, Server, api};

/// A server that answers devices before its router, which counts what it sees.
struct Watched {
    server: Server,
    reads: OwnReads,
    seen: Arc<AtomicUsize>,
}

impl Watched {
    /// Nobody is a proxy, and there are more paths.
    fn with(api: DeviceApi, rest: Router) -> Self {
        let (reads, seen) = (api.own_reads(), Arc::<AtomicUsize>::default());
        let rest = rest.route("/host", get(async || "host's")).fallback(no_such_path);
        let count = Arc::clone(&seen);
        let counts = map_request(move |request: Request| {
            count.fetch_add(1, Ordering::SeqCst);
            std::future::ready(request)
        });
        let router = api.router().merge(rest).layer(counts);
        let server = Server::with(router, |listener| listener.with_own_reads(&reads));
        Self { server, reads, seen }
    }

    /// A connection whose first call is made.
    fn client(&self) -> Client {
        let mut client = self.server.client();
        client.send(Call::new("GET", "/host").bytes());
        assert_eq!(client.answer().said(), "host's");
        client
    }

    /// How many calls the router sees meanwhile.
    fn sees(&self, meanwhile: impl FnOnce()) -> usize {
        let before = self.seen.load(Ordering::SeqCst);
        meanwhile();
        self.seen.load(Ordering::SeqCst) - before
    }
}

/// Devices of a home, of which no proxy is known.
fn direct(home: &Home) -> DeviceApi {
    api(&home.scene.registry).with_trusted_proxies(plugmint_http::TrustedProxies::none())
}
