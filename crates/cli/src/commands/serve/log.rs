//! What the server says of itself.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::args::LogFormat;

/// Lines of the server go to standard error, one for each event; `RUST_LOG` says which.
pub(super) fn to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // Who reads them may go: the server serves on.
    let lines = lines.log_internal_errors(false);
    let begun = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    // Whoever has set one up already keeps it.
    drop(begun);
}
