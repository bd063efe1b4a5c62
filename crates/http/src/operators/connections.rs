//! Whoever is connected to the socket.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{debug, error};

/// Serves whoever comes until it ends, and then those who are there. Dropped, it cuts them off.
pub(super) async fn serve(listener: UnixListener, router: Router, ending: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut ends = pin!(ends(ending.clone()));
    let mut is_failing = false;
    loop {
        let accepted = tokio::select! {
            () = &mut ends => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve_one(stream, router.clone(), ending.clone()));
                is_failing = false;
            }
            Err(failed) => {
                if !is_failing {
                    error!("no operator can be let in: {failed}");
                }
                is_failing = true;
                // It takes others to leave.
                sleep(BEFORE_THE_NEXT).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve_one(stream: UnixStream, router: Router, ending: watch::Receiver<bool>) {
    let service = TowerToHyperService::new(router);
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    let served = tokio::select! {
        served = served.as_mut() => served,
        () = ends(ending) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = served {
        debug!("an operator's connection broke off: {error}");
    }
}

/// Dropped without a word, it ends, too.
async fn ends(mut ending: watch::Receiver<bool>) {
    drop(ending.wait_for(|ending| *ending).await);
}

const BEFORE_THE_NEXT: Duration = Duration::from_secs(1);
