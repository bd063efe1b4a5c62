//! TLS between devices and their interface.

mod files;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::failure::Failure;

use super::entrance::{Entered, Entrance};

pub(super) use files::TlsFiles;

/// A listener whose connections have a handshake behind them.
///
/// Each handshake is a task of its own with a limit of its time, so that a slow one is in nobody's
/// way; one that fails ends its own connection. On SIGHUP the files are read again: connections
/// that are there go on, and files that are of no use change nothing.
#[derive(Debug)]
pub(super) struct TlsListener {
    listener: Entrance,
    files: TlsFiles,
    config: Arc<ServerConfig>,
    handshakes: JoinSet<Option<(TlsStream<Entered>, SocketAddr)>>,
    hangup: Signal,
}

impl TlsListener {
    pub(super) fn new(
        listener: Entrance,
        files: TlsFiles,
        config: ServerConfig,
    ) -> io::Result<Self> {
        let hangup = signal(SignalKind::hangup())?;
        let (config, handshakes) = (Arc::new(config), JoinSet::new());
        Ok(Self { listener, files, config, handshakes, hangup })
    }

    fn begin(&mut self, stream: Entered, address: SocketAddr) {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        self.handshakes.spawn(async move {
            // A ticket goes out before the first answer, which would wait for it to be
            // acknowledged.
            let made = match stream.set_nodelay(true) {
                Ok(()) => timeout(LONGEST, acceptor.accept(stream)).await,
                Err(error) => Ok(Err(error)),
            };
            match made {
                Ok(Ok(stream)) => Some((stream, address)),
                Ok(Err(error)) => {
                    tracing::debug!(%address, "a TLS handshake failed: {error}");
                    None
                }
                Err(_) => {
                    tracing::debug!(%address, "a TLS handshake took too long");
                    None
                }
            }
        });
    }

    fn reload(&mut self) {
        match self.files.load() {
            Ok(config) => {
                self.config = Arc::new(config);
                tracing::info!("the TLS certificate and its key were read again");
            }
            Err(failure) => {
                let failed = told(&failure);
                tracing::error!("the TLS certificate and its key stay as they are: {failed}");
            }
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<Entered>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(made) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = made {
                        return connection;
                    }
                }
                Some(()) = self.hangup.recv() => self.reload(),
                (stream, address) = self.listener.accept() => {
                    self.begin(stream, address);
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

fn told(failure: &Failure) -> String {
    format!("{} ({})", failure.message(), failure.code())
}

/// How long a handshake may take: two round trips, on the worst of networks.
const LONGEST: Duration = Duration::from_secs(10);
