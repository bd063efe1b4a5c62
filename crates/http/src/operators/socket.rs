//! The socket in the data directory.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::net::{UnixListener, UnixSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Operators;

/// The name of the socket in a data directory.
pub const SOCKET_FILE: &str = "operators.sock";

impl Operators {
    /// Serves the router on the socket [`SOCKET_FILE`] in a data directory, until it is
    /// [closed](OperatorSocket::close) or dropped. Its mode is 0600: whoever may open it is an operator.
    /// Within a Tokio runtime; what is served goes on there.
    ///
    /// Call it once the store is open: a socket that is there then belongs to nobody, and is replaced.
    ///
    /// # Errors
    /// [`OpenSocketError`]; nothing is served.
    pub fn open_socket(self, data: &Path) -> Result<OperatorSocket, OpenSocketError> {
        let path = data.join(SOCKET_FILE);
        let listener =
            listen(&path).map_err(|cause| OpenSocketError { path: path.clone(), cause })?;
        let (ending, mut ended) = watch::channel(false);
        let serving = axum::serve(listener, self.router()).with_graceful_shutdown(async move {
            // Dropped without a word, it ends, too.
            drop(ended.wait_for(|ending| *ending).await);
        });
        let serving = tokio::spawn(async move { serving.await });
        Ok(OperatorSocket { named: Named(path), ending: Arc::new(ending), serving })
    }
}

/// Operators are served. Dropped, it takes in no further call and answers those that are under way.
#[derive(Debug)]
pub struct OperatorSocket {
    named: Named,
    ending: Arc<watch::Sender<bool>>,
    serving: JoinHandle<io::Result<()>>,
}

impl OperatorSocket {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.named.0
    }

    /// Takes in no further call, and waits until those under way are answered.
    pub async fn close(self) {
        drop(self.named);
        self.ending.send_replace(true);
        // A server that panicked serves nobody any more, either.
        drop(self.serving.await);
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
    let mut made = path.as_os_str().to_owned();
    made.push(format!(".{}", std::process::id()));
    let made = PathBuf::from(made);
    // Of a process with this number that is long gone.
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
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "socket-not-opened"
    }
}

/// So many may wait to be taken in.
const BACKLOG: u32 = 128;
