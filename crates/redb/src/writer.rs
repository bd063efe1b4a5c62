//! The thread that writes: takes all batches that wait, settles them in one durable transaction,
//! and answers when the disk has.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use arc_swap::ArcSwap;
use futures_channel::oneshot;
use plugmint_store::Batch;
use redb::Database;

use crate::database;
use crate::group::{Group, Verdict};
use crate::hand_over::HandOver;
use crate::join::join;
use crate::metrics::{self, Commits};
use crate::options::RedbOptions;
use crate::revisions::Revisions;
use crate::snapshot::Snapshot;
use crate::unsettled::Unsettled;

/// The last state that was committed, for everybody who reads.
pub(crate) type Last = Arc<ArcSwap<Snapshot>>;

/// The one thread that writes. Dropping it waits until everything that was handed over is done.
pub(crate) struct Writer {
    batches: Arc<HandOver<Waiting>>,
    groups: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

/// A batch, and who waits for what becomes of it.
struct Waiting {
    batch: Batch,
    answer: oneshot::Sender<Result<Verdict, Unsettled>>,
}

impl Writer {
    pub(crate) fn start(
        database: Database,
        last: Last,
        revisions: Revisions,
        options: &RedbOptions,
    ) -> io::Result<Self> {
        let batches = Arc::new(HandOver::new(options.most_waiting()));
        let groups = Arc::default();
        let mut desk = Desk {
            database,
            last,
            revisions,
            groups: Arc::clone(&groups),
            metrics: options.metrics().cloned(),
            failed: None,
        };
        let taken = Arc::clone(&batches);
        let serve = move || taken.serve_all(|waiting| desk.settle(waiting));
        let thread = thread::Builder::new().name("plugmint-redb-writer".to_owned()).spawn(serve)?;
        Ok(Self { batches, groups, thread: Some(thread) })
    }

    /// Hands a batch over and waits for its verdict. Once it is handed over it is settled, whether
    /// anybody waits or not.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<Verdict, Unsettled> {
        let (answer, answered) = oneshot::channel();
        self.batches.leave(Waiting { batch, answer }).await.map_err(|_| Unsettled::Ended)?;
        // Who is not answered waited for a thread that ended.
        answered.await.unwrap_or(Err(Unsettled::Ended))
    }

    /// How many transactions were committed so far.
    pub(crate) fn groups(&self) -> u64 {
        self.groups.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.batches.close();
        self.thread.take().into_iter().for_each(join);
    }
}

/// Where batches are settled.
struct Desk {
    database: Database,
    last: Last,
    revisions: Revisions,
    groups: Arc<AtomicU64>,
    metrics: Option<Commits>,
    /// Why nothing is settled any more.
    failed: Option<Arc<redb::Error>>,
}

impl Desk {
    fn settle(&mut self, waiting: VecDeque<Waiting>) {
        let (batches, answers): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|waiting| (waiting.batch, waiting.answer)).unzip();
        let settled = match &self.failed {
            Some(cause) => Err(Unsettled::Stopped(Arc::clone(cause))),
            None => self.commit(batches).map_err(|error| {
                let cause = Arc::new(error);
                self.failed = Some(Arc::clone(&cause));
                Unsettled::Failed(cause)
            }),
        };
        if let Some(metrics) = &self.metrics {
            metrics.settled(answers.len(), settled.as_deref().ok());
        }
        // Who does not wait any more is not told.
        match settled {
            Ok(verdicts) => answers.into_iter().zip(verdicts).for_each(|(answer, verdict)| {
                drop(answer.send(Ok(verdict)));
            }),
            Err(unsettled) => answers.into_iter().for_each(|answer| {
                drop(answer.send(Err(unsettled.clone())));
            }),
        }
    }

    /// Verdicts that are true on the disk, and for every reader.
    fn commit(&mut self, batches: Vec<Batch>) -> Result<Vec<Verdict>, redb::Error> {
        let before = self.last.load_full();
        let mut group = Group::new(&before, &mut self.revisions);
        let verdicts =
            batches.into_iter().map(|batch| group.settle(batch)).collect::<Result<_, _>>()?;
        if group.is_empty() {
            return Ok(verdicts);
        }
        let (begun, batches) = (self.metrics.as_ref().map(|_| metrics::now()), group.len());
        let txn = database::begin(&self.database)?;
        group.write(&txn)?;
        txn.commit()?;
        self.groups.fetch_add(1, Ordering::Relaxed);
        if let Some((metrics, begun)) = self.metrics.as_ref().zip(begun) {
            metrics.synced(batches, begun.elapsed());
        }
        self.last.store(Arc::new(Snapshot::last(&self.database)?));
        Ok(verdicts)
    }
}
