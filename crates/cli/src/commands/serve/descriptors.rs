//! The file descriptors that a server may have, and how they are shared out.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many there are: as many as this process may ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descriptors(u64);

impl Descriptors {
    /// Asks for all that may be had.
    pub(super) fn raise() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let mut refused = None;
        for more in worth_asking(current, maximum) {
            match setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum }) {
                Ok(()) => return Self(more),
                Err(error) => refused = Some(error),
            }
        }
        if let Some(error) = refused {
            tracing::warn!("the limit of file descriptors stays as it is: {error}");
        }
        Self(current.unwrap_or(u64::MAX))
    }

    /// So many connections of devices are let in: what is asked for, or a good many; never so many
    /// that the store and operators would go short.
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

/// What is more than there is now, in the order in which to ask for it. Where there is no maximum,
/// as on macOS, the system has one all the same that it does not tell, and refuses what is beyond.
fn worth_asking(current: Option<u64>, maximum: Option<u64>) -> Vec<u64> {
    let all = maximum.map_or_else(|| PLENTY.to_vec(), |maximum| vec![maximum]);
    let is_more = |more: &u64| current.is_some_and(|current| current < *more);
    all.into_iter().filter(is_more).collect()
}

/// Enough for as many connections as are let in, and what every macOS allows.
const PLENTY: [u64; 2] = [65_536, 10_240];

/// For the store and a backup of it, for metrics, and for a hundred operators at once.
const RESERVE: u64 = 128;

/// Each has about 20 KiB while it is used.
const MANY: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::worth_asking;

    #[test]
    fn all_that_may_be_had_is_asked_for() {
        assert_eq!(worth_asking(Some(256), Some(4096)), [4096]);
        assert!(worth_asking(Some(4096), Some(4096)).is_empty());
    }

    #[test]
    fn without_a_maximum_a_number_is_asked_for_that_is_more() {
        assert_eq!(worth_asking(Some(256), None), [65_536, 10_240]);
        assert_eq!(worth_asking(Some(20_000), None), [65_536]);
        assert!(worth_asking(Some(100_000), None).is_empty());
        assert!(worth_asking(None, None).is_empty());
    }
}
