//! Bodies whose length their senders do not tell.
//!
//! Some devices send the body of a `DELETE` with neither `Content-Length` nor chunks. To HTTP/1.1
//! such a call has no body, and what follows is the next call (RFC 9112, section 6.3); to those
//! devices it is their list of Things, and a server that takes it for nothing gives up all of them.
//! So what follows such a head within a second is its body here: it is told how long that is, and
//! that its connection ends with it, before anything else reads it.

mod frame;
mod silence;
mod stream;
mod turns;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;

use crate::OwnReads;

pub use stream::DeviceStream;

/// A listener whose connections read what devices send without telling its length.
///
/// ```no_run
/// # async fn serve(api: plugmint_http::DeviceApi) -> std::io::Result<()> {
/// use plugmint_http::{DeviceListener, Peer};
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
/// let listener = DeviceListener::new(listener).with_own_reads(&api.own_reads());
/// let service = api.router().into_make_service_with_connect_info::<Peer>();
/// axum::serve(listener, service).await
/// # }
/// ```
///
/// Devices that sit on their connections are sent away: see
/// [`with_idle_timeout`](Self::with_idle_timeout). One that closes its side of a connection has
/// hung up: a call that is not answered by then may be given up, so that nobody works for who is
/// gone. Behind a body without a length it only says that this is all, and is answered.
pub struct DeviceListener<L: Listener> {
    listener: L,
    idle_timeout: Duration,
    own: Option<Answers<L::Addr>>,
}

/// What answers on connections, and who an address is.
struct Answers<A> {
    reads: OwnReads,
    peer: fn(&A) -> Peer,
}

impl<L: Listener> DeviceListener<L> {
    /// Over another listener. A connection may be idle for 75 seconds, so that a device that calls
    /// once a minute keeps its own.
    pub const fn new(listener: L) -> Self {
        Self { listener, idle_timeout: stream::IDLE, own: None }
    }

    /// How long a device may let its connection wait: [`DeviceStream::with_idle_timeout`]. Where
    /// devices send the next call before the last one is answered, make it longer than a call may
    /// take.
    #[must_use]
    pub fn with_idle_timeout(self, longest: Duration) -> Self {
        Self { idle_timeout: longest, ..self }
    }
}

impl<L: Listener<Addr = SocketAddr>> DeviceListener<L> {
    /// Answers devices that read themselves here, also those that are refused: whoever is served
    /// does not see these calls, nor does any layer. [`DeviceStream::with_own_reads`] says which.
    #[must_use]
    pub fn with_own_reads(self, reads: &OwnReads) -> Self {
        let answers = Answers { reads: reads.clone(), peer: |address| Peer::new(*address) };
        Self { own: Some(answers), ..self }
    }
}

impl<L: Listener> Listener for DeviceListener<L> {
    type Io = DeviceStream<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (io, address) = self.listener.accept().await;
        let stream = DeviceStream::new(io).with_idle_timeout(self.idle_timeout);
        let stream = match &self.own {
            Some(Answers { reads, peer }) => stream.with_own_reads(reads, peer(&address)),
            None => stream,
        };
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl<L: Listener + fmt::Debug> fmt::Debug for DeviceListener<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceListener")
            .field("listener", &self.listener)
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}

/// The address of whoever is connected, for attempt limits: the connect info of a router that is
/// served through a [`DeviceListener`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peer(SocketAddr);

impl Peer {
    /// That address.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

impl<L: Listener<Addr = SocketAddr>> Connected<IncomingStream<'_, DeviceListener<L>>> for Peer {
    fn connect_info(stream: IncomingStream<'_, DeviceListener<L>>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}
