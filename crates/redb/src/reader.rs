//! Reading the last state: on the thread that asks, or on threads for it.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use plugmint_store::{Key, Record};

use crate::hand_over::HandOver;
use crate::snapshot::Snapshot;
use crate::unsettled::Unsettled;
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

/// Threads that read, so that an executor does not wait for a disk. Dropping them waits until what
/// they read is read.
pub(crate) struct ReadThreads {
    jobs: Arc<HandOver<Job>>,
    threads: Vec<JoinHandle<()>>,
}

type Job = Box<dyn FnOnce() + Send>;

impl ReadThreads {
    /// `None` when there shall be none.
    pub(crate) fn start(count: usize) -> io::Result<Option<Self>> {
        let jobs = Arc::new(HandOver::new(MOST_JOBS));
        // A thread that does not start ends those before it.
        let mut these = Self { jobs, threads: Vec::new() };
        for _ in 0..count {
            let jobs = Arc::clone(&these.jobs);
            let serve = move || jobs.serve_each(|job| job());
            let thread =
                thread::Builder::new().name("plugmint-redb-reader".to_owned()).spawn(serve)?;
            these.threads.push(thread);
        }
        Ok((count > 0).then_some(these))
    }

    pub(crate) async fn run<A: Send + 'static>(
        &self,
        read: impl FnOnce() -> A + Send + 'static,
    ) -> Result<A, Unsettled> {
        let (answer, answered) = oneshot::channel();
        // Who does not wait any more is not told.
        let job = move || drop(answer.send(read()));
        self.jobs.leave(Box::new(job)).await.map_err(|_| Unsettled::Ended)?;
        answered.await.map_err(|_| Unsettled::Ended)
    }
}

impl Drop for ReadThreads {
    fn drop(&mut self) {
        self.jobs.close();
        for thread in self.threads.drain(..) {
            // A panic of the thread was told to who waited for it.
            drop(thread.join());
        }
    }
}

/// Records that are read before the age of a state is looked at again.
const AT_A_TIME: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

/// Reads that wait for a thread; more wait for room.
const MOST_JOBS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);
