//! What a server is told.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

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
    /// A proxy whose X-Forwarded-For is believed; may be given more than once
    #[arg(long, value_name = "ADDRESS", env = "PLUGMINT_TRUSTED_PROXY", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    /// The email of the owner, who may do over HTTP what owners may; none unless named
    #[arg(long, value_name = "EMAIL", env = "PLUGMINT_OWNER_EMAIL", requires = "owner_hash_file")]
    pub(crate) owner_email: Option<String>,
    /// The file that holds the hash of the owner's password, as `hash-password` prints it
    #[arg(long, value_name = "FILE", env = "PLUGMINT_OWNER_HASH_FILE", requires = "owner_email")]
    pub(crate) owner_hash_file: Option<PathBuf>,
    /// How long calls that were accepted may take once the server is told to end, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) grace: u64,
}
