//! What a server is told.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum, value_parser};

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where devices connect
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "PLUGMINT_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: SocketAddr,
    /// The certificate to speak TLS with, in PEM, its issuers behind it; read again on SIGHUP
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "FILE", env = "PLUGMINT_TLS_CERT", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The private key of that certificate, in PEM, for its owner alone to read
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "FILE", env = "PLUGMINT_TLS_KEY", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy whose X-Forwarded-For is believed; may be given more than once
    #[arg(long, value_name = "ADDRESS", env = "PLUGMINT_TRUSTED_PROXY", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    /// The email of the owner, who may do over HTTP what owners may; none unless named
    #[arg(long, value_name = "EMAIL", env = "PLUGMINT_OWNER_EMAIL", requires = "owner_hash_file")]
    pub(crate) owner_email: Option<String>,
    /// The file that holds the hash of the owner's password, as `hash-password` prints it
    #[arg(long, value_name = "FILE", env = "PLUGMINT_OWNER_HASH_FILE", requires = "owner_email")]
    pub(crate) owner_hash_file: Option<PathBuf>,
    /// Where Prometheus reads /metrics, and /healthz is told besides; nowhere unless named. It asks
    /// nobody who they are: name an address that strangers do not reach
    #[arg(long, value_name = "ADDRESS:PORT", env = "PLUGMINT_METRICS")]
    pub(crate) metrics: Option<SocketAddr>,
    /// How the lines on standard error are written; `RUST_LOG` says which there are
    #[arg(
        long,
        value_name = "FORMAT",
        env = "PLUGMINT_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Text
    )]
    pub(crate) log_format: LogFormat,
    /// How long a device may sit on its connection without a call, in seconds; then it is closed.
    /// More than the 30 that a call may take, where devices send calls one behind another without
    /// waiting for answers
    #[arg(
        long,
        value_name = "SECONDS",
        env = "PLUGMINT_IDLE_TIMEOUT",
        default_value_t = 75,
        value_parser = value_parser!(u64).range(1..)
    )]
    pub(crate) idle_timeout: u64,
    /// How many connections devices may have at once; who comes then waits. Unless told: what the
    /// limit of file descriptors allows, 16384 at most
    #[arg(
        long,
        value_name = "NUMBER",
        env = "PLUGMINT_MAX_CONNECTIONS",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..)
    )]
    pub(crate) max_connections: Option<usize>,
    /// How long calls that were accepted may take once the server is told to end, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) grace: u64,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object on each line
    Json,
}
