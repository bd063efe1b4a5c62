//! Threads that read, where a host's own shall not wait for a disk.

use std::io;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use futures_channel::oneshot;

use crate::hand_over::HandOver;
use crate::join::join;
use crate::unsettled::Unsettled;

/// Some threads and a queue before them. Dropping them waits until what they read is read.
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
            // One read that panics is one read without an answer.
            let serve = move || {
                jobs.serve_each(|job| drop(panic::catch_unwind(AssertUnwindSafe(job))));
            };
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
        self.threads.drain(..).for_each(join);
    }
}

/// Reads that wait for a thread; more wait for room.
const MOST_JOBS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);
