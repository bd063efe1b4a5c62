//! How devices come in: as they are, or over TLS.

#[cfg(feature = "tls")]
use rustls::ServerConfig;

use crate::args::ServeArgs;
use crate::failure::Failure;

use super::Behind;
use super::entrance::Entrance;
#[cfg(feature = "tls")]
use super::tls::{TlsFiles, TlsListener};

/// Whether what comes in is TLS.
pub(super) struct Door {
    #[cfg(feature = "tls")]
    tls: Option<(TlsFiles, ServerConfig)>,
}

impl Door {
    /// The one that a command line asks for.
    #[cfg(feature = "tls")]
    pub(super) fn of(arguments: &ServeArgs) -> Result<Self, Failure> {
        Ok(Self { tls: TlsFiles::of(arguments)? })
    }

    /// The one that there is.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, reason = "as with TLS, whose files may be wrong")]
    pub(super) fn of(_: &ServeArgs) -> Result<Self, Failure> {
        Ok(Self {})
    }

    /// How its address begins.
    #[cfg(feature = "tls")]
    pub(super) const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// How its address begins.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "as with TLS")]
    pub(super) const fn scheme(&self) -> &'static str {
        "http"
    }

    /// Serves behind it until the end.
    pub(super) async fn serve(self, listener: Entrance, behind: Behind) -> Result<(), Failure> {
        #[cfg(feature = "tls")]
        if let Some((files, config)) = self.tls {
            let listener = TlsListener::new(listener, files, config);
            let listener = listener.map_err(|error| super::failed(&error))?;
            return behind.serve(listener).await;
        }
        behind.serve(listener).await
    }
}
