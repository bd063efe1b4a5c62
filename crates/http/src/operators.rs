//! The operators' router: every verb of the program as JSON, on a Unix socket in the data
//! directory.
//!
//! A store has one owner. While a server is that owner, the program asks it over the socket, and so
//! may anybody who may open it: its mode is 0600.
//!
//! Each [`Call`] is one thing that is asked: `POST /v1/` and its [path](Call::PATH), with its
//! fields as a JSON object, and its answer as JSON. A call that takes long is answered as it goes
//! on: one JSON value on each line, `{"step": ..}` as often as it likes, and at the end `{"answer":
//! ..}` or `{"error": ..}`. A call that is refused is `{"error": {"kind", "code", "message", ..}}`,
//! see [`OperatorError`]. `docs/operators.md` has the JSON of each.
//!
//! ```no_run
//! use plugmint_http::operators::Operators;
//! # fn serve(registry: plugmint::Registry) -> Result<(), Box<dyn std::error::Error>> {
//! let socket = Operators::new(registry).open_socket("plugmint-data".as_ref())?;
//! # drop(socket);
//! # Ok(())
//! # }
//! ```
//!
//! ```sh
//! curl --unix-socket plugmint-data/operators.sock http://plugmint/v1/serial/disable \
//!     -d '{"serial": {"template": "mod-5c66bc451866d3c62ba0b904", "serial": "SN-1"}, "by": "me"}'
//! ```

mod bytes;
mod call;
mod calls;
#[cfg(unix)]
mod client;
#[cfg(unix)]
mod connections;
mod error;
mod secret;
mod serve;
#[cfg(unix)]
mod socket;

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use futures_util::future;
use plugmint::{KeyVersion, Registry, RootKeys};
use tokio::sync::watch;

pub use call::{Call, NoStep, Steps};
pub use calls::*;
#[cfg(unix)]
pub use client::OperatorClient;
pub use error::{FailureKind, OperatorError};
#[cfg(unix)]
pub use socket::{OpenSocketError, OperatorSocket, SOCKET_FILE};

/// What operators do with a registry.
#[derive(Clone)]
pub struct Operators {
    registry: Registry,
    host: Option<Arc<dyn OperatorsHost>>,
    /// Whether the socket that serves them ends.
    ending: Option<watch::Receiver<bool>>,
}

/// What a host does for its operators, beside what its registry does.
#[async_trait]
pub trait OperatorsHost: Send + Sync {
    /// The root keys as they are now: one more than the registry knows is to be taken up.
    async fn root_keys(&self) -> Result<Arc<dyn RootKeys>, OperatorError>;

    /// Makes the root key of a version that there is none of, where
    /// [`root_keys`](Self::root_keys) finds it.
    async fn make_root_key(&self, version: KeyVersion) -> Result<(), OperatorError>;

    /// Where the root key of a version lies or would lie, as people find it; never the key.
    fn root_key_place(&self, version: KeyVersion) -> String;

    /// Writes a backup of the store into a file of that name, which is free. How many records it
    /// holds. Dropped, it gives the backup up.
    async fn back_up(&self, file: &Path) -> Result<u64, OperatorError>;
}

impl Operators {
    /// Over a registry. Without a [host](Self::with_host) no root key is taken up, and no backup
    /// written.
    #[must_use]
    pub const fn new(registry: Registry) -> Self {
        Self { registry, host: None, ending: None }
    }

    /// Who has the root keys and the store.
    #[must_use]
    pub fn with_host(self, host: Arc<dyn OperatorsHost>) -> Self {
        Self { host: Some(host), ..self }
    }

    /// Does a call here, and hands on each step that is told, until it breaks off: what
    /// [`OperatorClient::ask`] does in another process.
    ///
    /// # Errors
    /// [`OperatorError`]: that of the [`Registry`]; `hung-up` for a call that was broken off.
    pub async fn ask<C: Call>(
        &self,
        call: C,
        mut step: impl FnMut(C::Step) -> ControlFlow<()>,
    ) -> Result<C::Answer, OperatorError> {
        let (steps, mut heard) = Steps::heard(1, self.ending.clone());
        let hearing = async {
            while let Some(told) = heard.recv().await {
                if step(told).is_break() {
                    heard.close();
                    return true;
                }
            }
            false
        };
        match future::join(call.ask(self, steps), hearing).await {
            (_, true) => Err(OperatorError::hung_up()),
            (answer, false) => answer,
        }
    }

    /// The router. It asks nobody who they are: serve it where only operators come, as
    /// [`open_socket`](Self::open_socket) does.
    pub fn router(self) -> Router {
        routes(Router::new())
            .fallback(serve::unknown)
            .method_not_allowed_fallback(serve::not_post)
            .with_state(Arc::new(self))
    }

    pub(crate) const fn registry(&self) -> &Registry {
        &self.registry
    }

    fn host(&self) -> Result<&dyn OperatorsHost, OperatorError> {
        self.host.as_deref().ok_or_else(|| {
            let message =
                "the server does not do that: it was given neither root keys nor the store";
            OperatorError::refused("not-offered", message)
        })
    }
}

impl fmt::Debug for Operators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operators").field("registry", &self.registry).finish_non_exhaustive()
    }
}
