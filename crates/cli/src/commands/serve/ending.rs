//! How a server ends.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

/// The end of a server, from the first signal on.
///
/// For a short time it goes on as it is, and every answer says that its connection closes: what was on
/// its way is read, and who calls again and again comes to a clean end. Then nobody is let in, and what
/// was begun is answered. It is over when that is done, when the grace is, or at a second signal.
#[derive(Debug)]
pub(super) struct Ending {
    signals: Signals,
    grace: Duration,
    stage: watch::Sender<Stage>,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Stage {
    Serves,
    Closes,
    LetsNobodyIn,
}

impl Ending {
    /// From here on signals are heard.
    pub(super) fn new(grace: Duration) -> io::Result<Self> {
        let (stage, _) = watch::channel(Stage::Serves);
        Ok(Self { signals: Signals::new()?, grace, stage })
    }

    /// How long it may take.
    pub(super) const fn grace(&self) -> Duration {
        self.grace
    }

    /// The router whose answers say that their connections close, once they do.
    pub(super) fn over(&self, router: Router) -> Router {
        router.layer(map_response_with_state(self.stage.subscribe(), say_whether_it_closes))
    }

    /// When nobody is to be let in any more.
    pub(super) fn lets_nobody_in(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stage = self.stage.subscribe();
        async move { drop(stage.wait_for(|stage| *stage == Stage::LetsNobodyIn).await) }
    }

    /// Ends when nothing is to be waited for any more.
    pub(super) async fn until_over(mut self) {
        self.signals.next().await;
        tracing::info!("told to end: answering what is called");
        self.stage.send_replace(Stage::Closes);
        let on_its_way = ON_ITS_WAY.min(self.grace);
        let ends = async {
            sleep(on_its_way).await;
            self.stage.send_replace(Stage::LetsNobodyIn);
            sleep(self.grace.saturating_sub(on_its_way)).await;
        };
        tokio::select! {
            () = ends => tracing::warn!("the grace is over: calls are cut off"),
            () = self.signals.next() => tracing::warn!("told again: calls are cut off"),
        }
    }
}

async fn say_whether_it_closes(
    State(stage): State<watch::Receiver<Stage>>,
    mut response: Response,
) -> Response {
    if *stage.borrow() > Stage::Serves {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
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

/// How long what was sent before the end may be on its way: more than the second that a body without
/// a length is waited for.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
