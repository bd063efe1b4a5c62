//! The file descriptors that a server may have, and how they are shared out.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many there are: as many as this process may ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptors(u64);

impl Descriptors {
    /// Asks for all that may be had.
    pub(super) fn raise() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let has = |limit: Option<u64>| Self(limit.unwrap_or(u64::MAX));
        if current == maximum {
            return has(current);
        }
        match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            Ok(()) => has(maximum),
            Err(error) => {
                tracing::warn!("the limit of file descriptors stays as it is: {error}");
                has(current)
            }
        }
    }

    /// So many connections of devices are let in: what is asked for, or a good many; never so many that
    /// the store and operators would go short.
    pub(super) fn connections(self, asked: Option<usize>) -> usize {
        let reserve = RESERVE.min(self.0 / 2);
        let most = usize::try_from(self.0.saturating_sub(reserve)).unwrap_or(usize::MAX).max(1);
        if let Some(asked) = asked
            && asked > most
        {
            let descriptors = self.0;
            tracing::warn!(descriptors, most, "{asked} connections are more than can be had");
        }
        let connections = asked.unwrap_or(MANY).min(most);
        let descriptors = self.0;
        tracing::info!(descriptors, connections, "devices have so many connections at most");
        connections
    }
}

/// For the store and a backup of it, for metrics, and for a hundred operators at once.
const RESERVE: u64 = 128;

/// Each has about 20 KiB while it is used.
const MANY: usize = 16_384;
