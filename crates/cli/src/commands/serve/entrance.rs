//! How many are let in at once.

use std::future::pending;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

/// Listens at an address. A fleet that comes back at once waits in the backlog of the system, which
/// has room for so many where the system allows them: those that find none come back a second
/// later.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As any server has it: what is left of connections of the one before does not count.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listener with so many places. Who finds none waits before the door, in the backlog of the
/// system, until somebody leaves: who is turned away comes back at once.
#[derive(Debug)]
pub(super) struct Entrance {
    listener: TcpListener,
    /// Who comes in here.
    whose: &'static str,
    most: usize,
    places: Arc<Semaphore>,
    full: OnceInAWhile,
    failing: OnceInAWhile,
}

impl Entrance {
    pub(super) fn new(listener: TcpListener, whose: &'static str, most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most));
        let (full, failing) = (OnceInAWhile::default(), OnceInAWhile::default());
        Self { listener, whose, most, places, full, failing }
    }

    /// Waits for a place.
    async fn place(&mut self) -> OwnedSemaphorePermit {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return place;
        }
        if self.full.is_due() {
            let (whose, most) = (self.whose, self.most);
            tracing::warn!(most, "all connections of {whose} are taken: who comes now waits");
        }
        match Arc::clone(&self.places).acquire_owned().await {
            Ok(place) => place,
            // INVARIANT: nobody closes it.
            Err(_) => pending().await,
        }
    }
}

impl Listener for Entrance {
    type Io = Entered;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let place = self.place().await;
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (Entered { stream, _place: place }, address),
                Err(error) if is_of_one(&error) => {}
                Err(error) => {
                    if self.failing.is_due() {
                        tracing::error!("nobody of {} can be let in: {error}", self.whose);
                    }
                    // It takes others to leave.
                    sleep(BEFORE_THE_NEXT).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

const BACKLOG: u32 = 4096;

/// Whether it is about the one who came, and has gone.
fn is_of_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// A connection, and its place.
#[derive(Debug)]
pub(super) struct Entered {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl Entered {
    #[cfg(feature = "tls")]
    pub(super) fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.stream.set_nodelay(nodelay)
    }
}

impl AsyncRead for Entered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Entered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// What is said once a minute at most.
#[derive(Debug, Default)]
struct OnceInAWhile(Option<Instant>);

impl OnceInAWhile {
    fn is_due(&mut self) -> bool {
        let is_due = self.0.is_none_or(|said| said.elapsed() >= WHILE);
        if is_due {
            self.0 = Some(Instant::now());
        }
        is_due
    }
}

const WHILE: Duration = Duration::from_secs(60);

const BEFORE_THE_NEXT: Duration = Duration::from_secs(1);
