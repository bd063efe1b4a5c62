//! How a server ends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plugmint_http::OwnReads;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

use super::closing::Closing;

/// The end of a server, from the first signal on.
///
/// For a short time it goes on as it is, and every answer says that its connection closes: what was
/// on its way is read, and who calls again and again on one connection comes to a clean end. Then
/// nobody is let in, and what was begun is answered. It is over when that is done, when the grace
/// is, or at a second signal.
///
/// Whoever connects at the moment when nobody is let in any more may be reset: the system gives up
/// what waits before a door that closes.
#[derive(Debug)]
pub(super) struct Ending {
    signals: Signals,
    grace: Duration,
    closes: Arc<AtomicBool>,
    lets_nobody_in: watch::Sender<bool>,
}

impl Ending {
    /// From here on signals are heard.
    pub(super) fn new(grace: Duration) -> io::Result<Self> {
        let (lets_nobody_in, _) = watch::channel(false);
        Ok(Self { signals: Signals::new()?, grace, closes: Arc::default(), lets_nobody_in })
    }

    /// How long it may take.
    pub(super) const fn grace(&self) -> Duration {
        self.grace
    }

    /// What is served until then: its answers say that their connections close, once they do.
    pub(super) fn over<S>(&self, served: S) -> Closing<S> {
        Closing::new(served, Arc::clone(&self.closes))
    }

    /// When nobody is to be let in any more.
    pub(super) fn lets_nobody_in(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut lets_nobody_in = self.lets_nobody_in.subscribe();
        async move { drop(lets_nobody_in.wait_for(|it_does| *it_does).await) }
    }

    /// Ends when nothing is to be waited for any more. Devices that read themselves are told like
    /// all others that their connections close.
    pub(super) async fn until_over(mut self, reads: OwnReads) {
        self.signals.next().await;
        tracing::info!("told to end: answering what is called");
        self.closes.store(true, Ordering::Release);
        reads.stop();
        let on_its_way = ON_ITS_WAY.min(self.grace);
        let ends = async {
            sleep(on_its_way).await;
            self.lets_nobody_in.send_replace(true);
            sleep(self.grace.saturating_sub(on_its_way)).await;
        };
        tokio::select! {
            () = ends => tracing::warn!("the grace is over: calls are cut off"),
            () = self.signals.next() => tracing::warn!("told again: calls are cut off"),
        }
    }
}

/// SIGINT and SIGTERM.
#[derive(Debug)]
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Heard so that it ends nothing: what reads its files again at it hears it for itself.
    _hangup: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Self {
            interrupt: signal(interrupt)?,
            terminate: signal(terminate)?,
            _hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// How long what was sent before the end may be on its way: more than the second that a body
/// without a length is waited for.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
