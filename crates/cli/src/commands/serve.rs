//! `plugmint serve`

mod log;
mod metrics;
mod owner;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use plugmint::Registry;
use plugmint_http::operators::Operators;
use plugmint_http::{DeviceApi, DeviceListener, Peer, TrustedProxies};
use plugmint_redb::RedbOptions;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::home::{Home, Host};
use crate::output::Output;

use metrics::Metrics;
use owner::OneOwner;

#[derive(Serialize)]
struct Serving {
    devices: String,
    operators: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
}

pub(crate) fn run(arguments: &ServeArgs, home: &Home, output: &Output) -> Result<(), Failure> {
    let metrics = Metrics::at(arguments.metrics);
    // A backup may take longer than a call.
    let options = RedbOptions::default().with_snapshot_age(BACKUP_TIME);
    let (registry, store) = metrics.open(home, options)?;
    let host = Host::new(home.clone(), store);
    let operators = Operators::new(registry.clone()).with_host(Arc::new(host));
    let owner = OneOwner::of(arguments, &registry)?;
    log::to_stderr(arguments.log_format);
    let mut api = DeviceApi::new(registry.clone())
        .with_trusted_proxies(TrustedProxies::of(arguments.trusted_proxy.iter().copied()));
    if let Some(owner) = owner {
        api = api.with_owners(Arc::new(owner));
    }
    let health = Router::new().route("/healthz", get(health)).with_state(registry.clone());
    let router = api.router().merge(health);
    let runtime =
        Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error))?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await;
        let listener = listener.map_err(|error| {
            let failure = failed(&error).about(Path::new(&arguments.listen.to_string()));
            failure.hint("name another --listen, if another program listens there")
        })?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        let metrics = metrics.serve().await?;
        // From here on a signal is waited for, and ends nothing by itself.
        let ends = Ends::new().map_err(|error| failed(&error))?;
        let socket = operators.open_socket(home.data())?;
        let serving = Serving {
            devices: format!("http://{address}/iot/device"),
            operators: socket.path().display().to_string(),
            metrics,
        };
        output.show(&serving, in_words)?;
        let served = serve(listener, router, ends, Duration::from_secs(arguments.grace)).await;
        socket.close().await;
        served
    });
    // Whoever hung up has asked all the same: what was begun is finished here.
    runtime.shutdown_timeout(Duration::from_secs(arguments.grace));
    pollster::block_on(registry.close());
    served
}

/// Serves until a signal comes, and then until every call that was accepted is answered, or the grace
/// is over.
async fn serve(
    listener: TcpListener,
    router: Router,
    mut ends: Ends,
    grace: Duration,
) -> Result<(), Failure> {
    let (ending, mut ended) = watch::channel(false);
    let mut told = ended.clone();
    let service = router.into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(DeviceListener::new(listener), service)
        .with_graceful_shutdown(async move { drop(told.wait_for(|ending| *ending).await) });
    let serving = async { serving.await };
    let ends = async {
        ends.told().await;
        tracing::info!("told to end: answering what was accepted");
        ending.send_replace(true);
        Ok::<_, io::Error>(())
    };
    let grace_is_over = async {
        drop(ended.wait_for(|ending| *ending).await);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = async { tokio::try_join!(serving, ends) } => {
            served.map(drop).map_err(|error| failed(&error))
        }
        () = grace_is_over => Ok(()),
    }
}

/// What tells the server to end.
struct Ends {
    interrupt: Signal,
    terminate: Signal,
}

impl Ends {
    fn new() -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Self { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
    }

    /// Waits for SIGINT or SIGTERM.
    async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// For a load balancer.
async fn health(State(registry): State<Registry>) -> (StatusCode, &'static str) {
    if registry.is_ready().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

fn in_words(serving: &Serving) -> String {
    let metrics =
        serving.metrics.iter().map(|metrics| format!("\nmetrics are served at {metrics}"));
    format!(
        "devices are served at {}, operators at {}{}",
        serving.devices,
        serving.operators,
        metrics.collect::<String>()
    )
}

fn failed(error: &io::Error) -> Failure {
    Failure::of(Kind::Store, "not-served", error)
}

/// For so long a backup holds on to one state of the store.
const BACKUP_TIME: Duration = Duration::from_secs(3600);
