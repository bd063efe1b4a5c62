//! `plugmint serve`

mod closing;
mod descriptors;
mod door;
mod ending;
mod entrance;
mod log;
mod metrics;
mod owner;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::Listener;
use plugmint::Registry;
use plugmint_http::operators::{OperatorSocket, Operators};
use plugmint_http::{DeviceApi, DeviceListener, OwnReads, Peer, TrustedProxies, no_such_path};
use plugmint_redb::RedbOptions;
use serde::Serialize;
use tokio::runtime::Builder;
use tracing::info;

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};
use crate::home::{Home, Host};
use crate::output::Output;

use descriptors::Descriptors;
use door::Door;
use ending::Ending;
use entrance::Entrance;
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
    let door = Door::of(arguments)?;
    let metrics = Metrics::at(arguments.metrics);
    // A backup may take longer than a call.
    let options = RedbOptions::default().with_snapshot_age(BACKUP_TIME);
    let (registry, store) = metrics.open(home, options)?;
    let host = Host::new(home.absolute()?, store);
    let operators = Operators::new(registry.clone()).with_host(Arc::new(host));
    log::to_stderr(arguments.log_format);
    let owner = OneOwner::of(arguments, &registry)?;
    let connections = Descriptors::raise().connections(arguments.max_connections);
    let mut api = DeviceApi::new(registry.clone())
        .with_trusted_proxies(TrustedProxies::of(arguments.trusted_proxy.iter().copied()));
    if let Some(owner) = owner {
        api = api.with_owners(Arc::new(owner));
    }
    let health = Router::new().route("/healthz", get(health)).with_state(registry.clone());
    let reads = api.own_reads();
    let devices = api.router().merge(health.clone().fallback(no_such_path));
    let runtime =
        Builder::new_multi_thread().enable_all().build().map_err(|error| failed(&error))?;
    let served = runtime.block_on(async {
        let ending = Ending::new(Duration::from_secs(arguments.grace));
        let ending = ending.map_err(|error| failed(&error))?;
        let listener = entrance::listen(arguments.listen);
        let listener = listener.map_err(|error| {
            let failure = failed(&error).about(Path::new(&arguments.listen.to_string()));
            failure.hint("name another --listen, if another program listens there")
        })?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        let metrics = metrics.serve(health).await?;
        let operators = operators.open_socket(home.data())?;
        let serving = Serving {
            devices: format!("{}://{address}/iot/device", door.scheme()),
            operators: operators.path().display().to_string(),
            metrics,
        };
        output.show(&serving, in_words)?;
        let entrance = Entrance::new(listener, "devices", connections);
        let idle_timeout = Duration::from_secs(arguments.idle_timeout);
        door.serve(entrance, Behind { idle_timeout, reads, devices, operators, ending }).await
    });
    // What is left belongs to who hung up, or was cut off: none of it is half done.
    runtime.shutdown_timeout(Duration::from_secs(1));
    pollster::block_on(registry.close());
    served.inspect(|()| info!("ended: nobody is served any more"))
}

/// What is behind the door.
struct Behind {
    idle_timeout: Duration,
    reads: OwnReads,
    devices: Router,
    operators: OperatorSocket,
    ending: Ending,
}

impl Behind {
    /// Serves until it is told to end, and every call that was made before is answered.
    async fn serve(self, listener: impl Listener<Addr = SocketAddr>) -> Result<(), Failure> {
        let Self { idle_timeout, reads, devices, operators, ending } = self;
        let grace = ending.grace();
        let listener =
            DeviceListener::new(listener).with_idle_timeout(idle_timeout).with_own_reads(&reads);
        let devices = devices.into_make_service_with_connect_info::<Peer>();
        let devices = axum::serve(listener, ending.over(devices))
            .with_graceful_shutdown(ending.lets_nobody_in());
        // Operators are served until the last device is: whoever comes then finds no server, and
        // the store.
        let both = async {
            let served = devices.await;
            operators.close(grace).await;
            served
        };
        tokio::select! {
            served = both => served.map_err(|error| failed(&error)),
            () = ending.until_over(reads) => Ok(()),
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
