//! A server of one's own: the devices' router under a path of its, beside whatever else it serves,
//! and a route that asks who is connected. `cargo run -p plugmint --example axum_server --
//! 127.0.0.1:8080`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use plugmint::{FileRootKeys, Registry};
use plugmint_http::{DeviceApi, DeviceListener, Peer};
use plugmint_redb::{RedbOptions, RedbStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let directory = tempfile::tempdir()?;
    let store = RedbStore::create(directory.path().join("store.redb"), &RedbOptions::default())?;
    let root_key = FileRootKeys::create(directory.path().join("root.key"))?;
    let registry = Registry::create(Arc::new(store), &root_key).await?;

    let router = Router::new()
        .nest("/v1", DeviceApi::new(registry.clone()).router())
        .route("/whoami", get(who_am_i).with_state(registry));
    let listener = TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    // What devices send without a length is read by this listener.
    let service = router.into_make_service_with_connect_info::<Peer>();
    Ok(axum::serve(DeviceListener::new(listener), service).await?)
}

/// A route of the server's own, for devices alone.
async fn who_am_i(
    State(registry): State<Registry>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (plug_id, password) = text("x-plug-id").zip(text("x-plug-auth")).unwrap_or_default();
    match registry.authenticate_text(plug_id, password).await {
        Ok(principal) => Ok(format!("{}\n", principal.id().serial())),
        Err(error) if error.is_retryable() => Err(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => Err(StatusCode::UNAUTHORIZED),
    }
}
