//! `plugmint serve`

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
use plugmint_http::{DeviceApi, DeviceListener, Peer, TrustedProxies};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::home::Home;
use crate::output::Output;

use owner::OneOwner;

#[derive(Serialize)]
struct Serving {
    devices: String,
}

pub(crate) fn run(arguments: &ServeArgs, home: &Home, output: &Output) -> Result<(), Failure> {
    let registry = home.open()?;
    let owner = OneOwner::of(arguments, &registry)?;
    log_to_stderr();
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
        let serving = Serving { devices: format!("http://{address}/iot/device") };
        output.show(&serving, |serving| format!("devices are served at {}", serving.devices))?;
        serve(listener, router, Duration::from_secs(arguments.grace)).await
    });
    // Whoever hung up has asked all the same: what was begun is finished here.
    runtime.shutdown_timeout(Duration::from_secs(arguments.grace));
    pollster::block_on(registry.close());
    served
}

/// Serves until a signal comes, and then until every call that was accepted is answered, or the grace
/// is over.
async fn serve(listener: TcpListener, router: Router, grace: Duration) -> Result<(), Failure> {
    let (ending, mut ended) = watch::channel(false);
    let mut told = ended.clone();
    let service = router.into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(DeviceListener::new(listener), service)
        .with_graceful_shutdown(async move { drop(told.wait_for(|ending| *ending).await) });
    let serving = async { serving.await };
    let ends = async {
        told_to_end().await?;
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

/// Waits for SIGINT or SIGTERM.
async fn told_to_end() -> io::Result<()> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// For a load balancer.
async fn health(State(registry): State<Registry>) -> (StatusCode, &'static str) {
    if registry.is_ready().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

/// Lines of the server go to standard error, one for each event; `RUST_LOG` says which.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // Whoever has set one up already keeps it.
    drop(lines.try_init());
}

fn failed(error: &io::Error) -> Failure {
    Failure::of(Kind::Store, "not-served", error)
}
