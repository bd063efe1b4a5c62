//! What is counted, and whether the server is well, over HTTP, on a listener of its own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use plugmint::{Registry, RegistryBuilder};
use plugmint_http::DeviceListener;
use plugmint_redb::{RedbOptions, RedbStore};
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::home::Home;
use crate::prometheus::Prometheus;

use super::entrance::Entrance;
use super::failed;

/// Whether somebody counts, and where that is told.
pub(super) struct Metrics(Option<(SocketAddr, Arc<Prometheus>)>);

impl Metrics {
    /// Nobody counts without an address.
    pub(super) fn at(address: Option<SocketAddr>) -> Self {
        Self(address.map(|address| (address, Arc::default())))
    }

    /// Opens the registry, which counts if somebody does.
    pub(super) fn open(
        &self,
        home: &Home,
        options: RedbOptions,
    ) -> Result<(Registry, Arc<RedbStore>), Failure> {
        let Some((_, recorder)) = &self.0 else {
            return home.open(&options, |settings| settings);
        };
        let count = || home.open(&options.with_metrics(), RegistryBuilder::with_metrics);
        metrics::with_local_recorder(recorder, count)
    }

    /// Tells it to whoever asks, for as long as the runtime lives, and `health` besides. Where, if
    /// anywhere.
    pub(super) async fn serve(self, health: Router) -> Result<Option<String>, Failure> {
        let Some((address, recorder)) = self.0 else { return Ok(None) };
        let not_bound = |error: &io::Error| {
            let failure = failed(error).about(Path::new(&address.to_string()));
            failure.hint("name another --metrics, if another program listens there")
        };
        let listener = TcpListener::bind(address).await.map_err(|error| not_bound(&error))?;
        let address = listener.local_addr().map_err(|error| not_bound(&error))?;
        let router = Router::new().route("/metrics", get(tell)).with_state(recorder).merge(health);
        let entrance = Entrance::new(listener, "metrics", MOST);
        // Who sits on a connection is sent away here, too.
        let listener = DeviceListener::new(entrance);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Some(format!("http://{address}/metrics")))
    }
}

async fn tell(State(recorder): State<Arc<Prometheus>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder.text())
}

/// So many may ask at once: there is one Prometheus, or two, and a load balancer.
const MOST: usize = 16;
