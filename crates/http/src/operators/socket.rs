//! The socket in the data directory.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;
use tokio::net::{UnixListener, UnixSocket};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::{Operators, connections};

/// The name of the socket in a data directory.
pub const SOCKET_FILE: &str = "operators.sock";

impl Operators {
    /// Serves the router on the socket [`SOCKET_FILE`] in a data directory, until it is
    /// [closed](OperatorSocket::close) or dropped. Its mode is 0600: whoever may open it is an
    /// operator. Within a Tokio runtime; what is served goes on there.
    ///
    /// Call it once the store is open: a socket that is there then belongs to nobody, and is
    /// replaced.
    ///
    /// # Errors
    /// [`OpenSocketError`]; nothing is served.
    pub fn open_socket(mut self, data: &Path) -> Result<OperatorSocket, OpenSocketError> {
        let path = data.join(SOCKET_FILE);
        let failed = |cause| OpenSocketError { path: path.clone(), cause };
        let runtime = Handle::try_current().map_err(|error| failed(io::Error::other(error)))?;
        let listener = listen(&path).map_err(failed)?;
        let (ending, ended) = watch::channel(false);
        self.ending = Some(ended.clone());
        let serving = runtime.spawn(connections::serve(listener, self.router(), ended));
        Ok(OperatorSocket { named: Named(path), ending, serving })
    }
}

/// Operators are served. Dropped, it takes in no further call and answers those that are under way.
#[derive(Debug)]
pub struct OperatorSocket {
    named: Named,
    ending: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl OperatorSocket {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.named.0
    }

    /// Takes in no further call, and waits until those under way are answered. One that takes long
    /// ends with the step that it is at. Who has not read its answer, or has not sent all of its
    /// call, when the grace is over is cut off; a call that was read whole is done all the same,
    /// and waited for.
    pub async fn close(mut self, grace: Duration) {
        drop(self.named);
        // Whoever found it by its name is heard.
        sleep(ON_ITS_WAY).await;
        self.ending.send_replace(true);
        if timeout(grace, &mut self.serving).await.is_err() {
            warn!("operators that do not come to an end are cut off");
            self.serving.abort();
        }
        // Each call knows whether it ends, until it has.
        self.ending.closed().await;
    }
}

/// A socket that has its name for so long.
#[derive(Debug)]
struct Named(PathBuf);

impl Drop for Named {
    fn drop(&mut self) {
        // Left there it belongs to nobody, and whoever finds it opens the store.
        fs::remove_file(&self.0).unwrap_or_default();
    }
}

/// Binds under a name of its own, and gives the socket its name once nobody else may open it.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let made = path.with_extension("new");
    // Left there by a server that was killed: who owns the store opens one at a time.
    fs::remove_file(&made).unwrap_or_default();
    let socket = UnixSocket::new_stream()?;
    socket.bind(&made)?;
    let listened = (|| {
        fs::set_permissions(&made, Permissions::from_mode(0o600))?;
        // Until here nobody could connect.
        let listener = socket.listen(BACKLOG)?;
        fs::rename(&made, path)?;
        Ok(listener)
    })();
    if listened.is_err() {
        fs::remove_file(&made).unwrap_or_default();
    }
    listened
}

/// Why operators cannot be served.
#[derive(Debug, Error)]
#[error("{}: operators cannot be served", path.display())]
pub struct OpenSocketError {
    path: PathBuf,
    #[source]
    cause: io::Error,
}

impl OpenSocketError {
    /// Whether the path is longer than the path of a socket may be.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.cause.kind() == io::ErrorKind::InvalidInput
    }

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "socket-not-opened"
    }
}

/// So many may wait to be taken in.
const BACKLOG: u32 = 128;

/// For so long calls are on their way that were begun while the socket had its name.
const ON_ITS_WAY: Duration = Duration::from_millis(100);
