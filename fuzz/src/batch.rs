//! Batches: what a store makes of them, against a map.
//!
//! Each run is done over memory and over redb on a disk in memory. Every verdict is foretold by the
//! map, every record and page is as the map has it, also after the store was opened again, and no
//! revision is given twice.

pub mod command;
mod model;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use futures_util::future::join_all;
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, CommitError, Revision, Store};
use plugmint_tests::SimDisk;
use pollster::block_on;

use command::Command;
use model::{Model, page_of};

pub use command::Commands;

/// Holds both stores against the model.
pub fn check(commands: &Commands) {
    run(&Place::Memory(Arc::new(MemoryStore::new())), commands);
    run(&Place::disk(), commands);
}

/// Where records lie while no store is open.
enum Place {
    Memory(Arc<MemoryStore>),
    Disk(Arc<SimDisk>),
}

impl Place {
    /// A disk with an empty store on it.
    fn disk() -> Self {
        let disk = SimDisk::new(Vec::new());
        drop(RedbStore::create_on(Arc::clone(&disk) as _, &options()).unwrap());
        Self::Disk(disk)
    }

    fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => Arc::clone(store) as _,
            Self::Disk(disk) => {
                Arc::new(RedbStore::open_on(Arc::clone(disk) as _, &options()).unwrap())
            }
        }
    }
}

fn run(place: &Place, commands: &Commands) {
    let mut model = Model::default();
    for commands in commands.0.split(|command| matches!(command, Command::Reopen)) {
        let store = place.open();
        model.check_all(&*store);
        for command in commands {
            step(place, &*store, &mut model, command);
        }
        model.check_all(&*store);
    }
}

fn step(place: &Place, store: &dyn Store, model: &mut Model, command: &Command) {
    match command {
        Command::Commit(steps) => {
            let batch = model.batch(steps);
            let verdict = block_on(store.commit(batch.clone()));
            model.settle(&batch, verdict);
            model.check_records(store);
        }
        Command::CommitTogether(batches) => {
            let batches: Vec<_> = batches.iter().map(|steps| model.batch(steps)).collect();
            let verdicts = commit_together(place, store, model, &batches);
            for (batch, verdict) in batches.iter().zip(verdicts) {
                model.settle(batch, verdict);
            }
            model.check_records(store);
        }
        Command::Scan { prefix, after, limit } => {
            let page = block_on(store.scan(prefix, after.as_deref(), *limit)).unwrap();
            assert_eq!(page_of(page), model.page(prefix, after.as_deref(), *limit), "{command:?}");
        }
        // Where the commands were split.
        Command::Reopen => {}
    }
}

/// Commits batches that are handed over in their order; to a disk, while another commit is under
/// way, so that they gather behind it and are settled together.
fn commit_together(
    place: &Place,
    store: &dyn Store,
    model: &mut Model,
    batches: &[Batch],
) -> Vec<Result<Revision, CommitError>> {
    let mut all = join_all(batches.iter().map(|batch| store.commit(batch.clone())));
    let Place::Disk(disk) = place else {
        return block_on(all);
    };
    let mut context = Context::from_waker(Waker::noop());
    let before = model.batch_before();
    let mut under_way = store.commit(before.clone());
    disk.shut_gate();
    assert!(under_way.as_mut().poll(&mut context).is_pending());
    disk.wait_for_sync();
    assert!(Pin::new(&mut all).poll(&mut context).is_pending());
    disk.open_gate();
    model.settle(&before, block_on(under_way));
    block_on(all)
}

fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(1)
}
