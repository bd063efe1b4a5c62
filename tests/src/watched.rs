//! The suite watches itself: whatever plugmint says while its tests run holds none of the secrets
//! that they use.
//!
//! From the first secret on everything is traced, at TRACE, and held against all secrets that were
//! used until then, and so is what panics say. Who says a secret ends the process: a test that
//! fails may be caught, and one that passes says nothing.

use std::io::{self, Write};
use std::panic;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Once, PoisonError, RwLock};

use plugmint::{Credentials, Enrollment};
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::{Canaries, Named};

/// Watches for a secret, from now on, in everything that this process says.
pub fn watch(name: &'static str, secret: &[u8]) {
    listen();
    // A shorter one may stand anywhere by accident.
    if secret.len() >= 8 {
        CANARIES.write().unwrap_or_else(PoisonError::into_inner).note(name, secret);
    }
}

/// Watches for many.
pub fn watch_all(secrets: impl IntoIterator<Item = Named>) {
    for (name, secret) in secrets {
        watch(name, &secret);
    }
}

/// Watches for what a device was told.
pub fn watch_told(enrollment: &Enrollment) {
    watch_credentials(enrollment.credentials());
}

/// Watches for the password of credentials.
pub fn watch_credentials(credentials: &Credentials) {
    let password = credentials.connection_password();
    watch("connection password", password.expose_text().as_bytes());
    watch("connection password", password.expose_bytes());
}

/// How many lines of traces were held against secrets so far.
#[must_use]
pub fn lines_watched() -> usize {
    LINES.load(Ordering::Relaxed)
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let everything = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::NEW)
            .with_ansi(false)
            .with_writer(|| Lines);
        everything.try_init().unwrap_or_else(|error| end(&format!("nothing is traced: {error}")));
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            hold(panic.to_string().as_bytes());
            others(panic);
        }));
    });
}

/// Where traces go.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(1, Ordering::Relaxed);
        hold(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hold(said: &[u8]) {
    let found = CANARIES.read().unwrap_or_else(PoisonError::into_inner).find(said);
    if let Some(name) = found {
        end(&format!("a secret was said: the {name} stands in\n{}", said.escape_ascii()));
    }
}

/// Says why, past the test that may keep what is printed to itself, and ends the process.
fn end(why: &str) -> ! {
    _ = writeln!(io::stderr(), "{why}");
    process::abort();
}

static CANARIES: LazyLock<RwLock<Canaries>> = LazyLock::new(RwLock::default);
static LINES: AtomicUsize = AtomicUsize::new(0);
