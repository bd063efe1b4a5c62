//! Devices that read themselves, answered where they are connected.

mod asked;
mod spoken;

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plugmint::Source;

use crate::Peer;

use super::DeviceApi;
use super::answer::Refusal;
use super::serve::within;

pub(crate) use asked::OwnRead;

/// Answers devices that read themselves, as [`DeviceApi::router`] does, on their connections: made
/// by [`DeviceApi::own_reads`] for [`DeviceListener`](crate::DeviceListener).
///
/// Clones answer and stop together.
#[derive(Clone)]
pub struct OwnReads(Arc<Shared>);

struct Shared {
    api: DeviceApi,
    has_stopped: AtomicBool,
}

impl OwnReads {
    pub(super) fn of(api: DeviceApi) -> Self {
        Self(Arc::new(Shared { api, has_stopped: AtomicBool::new(false) }))
    }

    /// From now on whoever serves the connections answers all that is called.
    ///
    /// A server that ends may close a connection on which a call is on its way. One that ends
    /// without losing any says with its answers for a while that connections close, and then lets
    /// nobody in: these answers do not say so, and are stopped before that.
    pub fn stop(&self) {
        self.0.has_stopped.store(true, Ordering::Release);
    }

    /// What answers on a connection: nothing, where a proxy is connected, who says for whom.
    pub(crate) fn on_connection(&self, peer: Peer) -> Option<OwnConnection> {
        let address = peer.address().ip();
        let is_proxy = self.0.api.proxies.holds(address);
        (!is_proxy).then(|| {
            let connected = Connected { reads: self.clone(), source: Source::from(address) };
            OwnConnection(Arc::new(connected))
        })
    }
}

/// One connection. Its calls count themselves at it and at nothing that other connections have,
/// too: cores that count at one place wait for each other.
pub(crate) struct OwnConnection(Arc<Connected>);

struct Connected {
    reads: OwnReads,
    source: Source,
}

/// What becomes an answer: all of its bytes.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

impl OwnConnection {
    /// Whether calls are not answered here any more.
    pub(crate) fn has_stopped(&self) -> bool {
        self.0.reads.0.has_stopped.load(Ordering::Acquire)
    }

    /// Answers a call.
    ///
    /// The future has less than 700 bytes. One of more than 1,032 comes from where glibc looks for
    /// room with more care, which costs as much as a look-up.
    pub(crate) fn answer(&self, read: OwnRead) -> Answering {
        let connected = Arc::clone(&self.0);
        Box::pin(async move {
            let api = &connected.reads.0.api;
            let answer = pin!(api.read_own(&read, &connected.source));
            spoken::bytes(within(|| api.deadline(), answer).await)
        })
    }
}

impl DeviceApi {
    async fn read_own(&self, read: &OwnRead, source: &Source) -> Result<String, Refusal> {
        let principal = self.connect(Some(source), &read.plug_id, &read.password).await?;
        self.read_itself(&principal).await
    }
}

impl fmt::Debug for OwnReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnReads").field("api", &self.0.api).finish_non_exhaustive()
    }
}
