//! Reading the last state, and holding on to it no longer than is good for the file.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugmint_store::{Key, Record};

use crate::snapshot::Snapshot;
use crate::writer::Last;

/// Who reads, and how long it holds on to what it reads.
#[derive(Clone)]
pub(crate) struct Reader {
    last: Last,
    snapshot_age: Duration,
}

impl Reader {
    pub(crate) const fn new(last: Last, snapshot_age: Duration) -> Self {
        Self { last, snapshot_age }
    }

    pub(crate) fn get(&self, key: &Key) -> Result<Option<Record>, redb::Error> {
        self.last.load().get(key)
    }

    /// A page, from one state as long as that is not too old.
    pub(crate) fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: NonZeroUsize,
    ) -> Result<Vec<(Key, Record)>, redb::Error> {
        let mut held = self.hold();
        let mut page: Vec<(Key, Record)> = Vec::new();
        while let Some(left) = NonZeroUsize::new(limit.get().saturating_sub(page.len())) {
            let most = left.min(AT_A_TIME);
            let after = page.last().map(|(key, _)| key).or(after);
            let part = held.snapshot().page(prefix, after, most)?;
            let is_last = part.len() < most.get();
            page.extend(part);
            if is_last {
                break;
            }
            if held.is_older_than().is_some() {
                held = self.hold();
            }
        }
        Ok(page)
    }

    /// The last state, to be held for a while.
    pub(crate) fn hold(&self) -> Held {
        #[expect(clippy::disallowed_methods, reason = "an age is measured, nobody is told a time")]
        let since = Instant::now();
        Held { snapshot: self.last.load_full(), since, age: self.snapshot_age }
    }
}

/// A state that is held while others are committed.
pub(crate) struct Held {
    snapshot: Arc<Snapshot>,
    since: Instant,
    age: Duration,
}

impl Held {
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// How old it may become, once it is older.
    pub(crate) fn is_older_than(&self) -> Option<Duration> {
        (self.since.elapsed() > self.age).then_some(self.age)
    }
}

/// Records that are read before the age of a state is looked at again.
const AT_A_TIME: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
