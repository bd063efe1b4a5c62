//! Calls that fail, and calls that nobody waits for: each was done whole or not at all, and the
//! lives go on from there.

use std::sync::Arc;
use std::time::Duration;

use plugmint::Store;
use plugmint::testing::FixedClock;
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, Guard, Key};
use plugmint_tests::{SimDisk, Trouble, TroubledStore, YieldingStore, polled};
use pollster::block_on;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

use crate::operation::{Operation, SEED, arb_operation};
use crate::reference::Model;
use crate::sides::Side;

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It is answered.
    Sound,
    /// Its first commit fails, before or behind what it does.
    Troubled(Trouble),
    /// It is dropped at one of its awaits.
    Dropped { polls: usize },
}

fn arb_fate(operation: &Operation) -> BoxedStrategy<Fate> {
    match operation {
        // These make more than one commit, or none that matters here.
        Operation::Delete { .. }
        | Operation::Forget { .. }
        | Operation::ReadFeed { .. }
        | Operation::Sweep
        | Operation::DropKey { .. }
        | Operation::Wait { .. }
        | Operation::Reopen => Just(Fate::Sound).boxed(),
        _ => prop_oneof![
            4 => Just(Fate::Sound),
            1 => Just(Fate::Troubled(Trouble::FailsBefore)),
            1 => Just(Fate::Troubled(Trouble::FailsAfter)),
            2 => (0_usize..16).prop_map(|polls| Fate::Dropped { polls }),
        ]
        .boxed(),
    }
}

/// A registry on a store that can be made to fail, and its clock.
struct Rough {
    store: Arc<TroubledStore>,
    side: Side,
    clock: Arc<FixedClock>,
    reopened: u64,
}

/// How often a call that did not answer was done, and was not.
#[derive(Debug, Default)]
struct Met {
    done: usize,
    undone: usize,
}

impl Rough {
    fn over(store: Arc<dyn Store>) -> Self {
        let store = Arc::new(TroubledStore::new(Arc::new(YieldingStore::new(store))));
        let clock = Arc::new(FixedClock::default());
        let side = Side::create(Arc::clone(&store) as _, &clock);
        Self { store, side, clock, reopened: 0 }
    }

    /// Does one operation, and gives the model that the registry is at then.
    fn step(
        mut self,
        model: &Model,
        operation: Operation,
        fate: Fate,
        met: &mut Met,
    ) -> (Self, Model) {
        let after = Model::apply(model.clone(), &operation);
        match operation {
            Operation::Wait { millis } => {
                self.clock.advance(Duration::from_millis(u64::from(millis)));
            }
            Operation::Reopen => self = self.reopen(&after),
            _ => {}
        }
        let said = match fate {
            Fate::Sound => Some(block_on(self.side.answer(&after, operation))),
            Fate::Troubled(trouble) => {
                self.store.trouble(trouble, 1);
                let said = block_on(self.side.answer(&after, operation));
                let was_met = self.store.left() == 0;
                self.store.calm();
                (!was_met).then_some(said)
            }
            Fate::Dropped { polls } => polled(self.side.answer(&after, operation), polls),
        };
        if let Some(said) = said {
            assert_eq!(said, after.expected, "{operation:?}");
            return (self, after);
        }
        // What was handed over is done when something is that was handed over later.
        self.fence();
        if let Operation::Rotate = operation {
            // No serial shows it: whoever does not know asks again.
            block_on(self.side.answer(&after, operation));
            return (self, after);
        }
        let done = self.side.is_at(&after);
        let same = self.side.is_at(model);
        assert!(done || same, "{operation:?}, {fate:?}: it is done by half");
        met.done += usize::from(done && !same);
        met.undone += usize::from(same && !done);
        (self, if done && !same { after } else { model.clone() })
    }

    fn reopen(self, model: &Model) -> Self {
        let Self { store, side, clock, reopened } = self;
        let side = side.reopen(|store| store, &clock, SEED + 1 + reopened, model);
        Self { store, side, clock, reopened: reopened + 1 }
    }

    fn fence(&self) {
        let key = Key::new(b"z").unwrap();
        let found = block_on(self.store.get(&key)).unwrap();
        let guard = found.map_or(Guard::Absent, |found| Guard::At(found.revision()));
        block_on(self.store.commit(Batch::new().put(key, guard, Vec::new()).unwrap())).unwrap();
    }
}

fn live(store: impl Fn() -> Arc<dyn Store>) {
    let config = Config::default();
    let mut met = Met::default();
    for case in 0..config.cases {
        let seed = [&case.to_be_bytes()[..], &[7; 28]].concat();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        let mut model = Model::init_state().new_tree(&mut runner).unwrap().current();
        let mut rough = Rough::over(store());
        let mut told = Vec::new();
        for _ in 0..CALLS {
            let operation = arb_operation(&model).new_tree(&mut runner).unwrap().current();
            let fate = arb_fate(&operation).new_tree(&mut runner).unwrap().current();
            told.push((operation, fate));
            let was = std::panic::AssertUnwindSafe(|| {
                let (rough, model) = rough.step(&model, operation, fate, &mut met);
                rough.side.agrees(&model);
                (rough, model)
            });
            (rough, model) =
                std::panic::catch_unwind(was).unwrap_or_else(|_| panic!("case {case}: {told:#?}"));
        }
        rough.side.nothing_comes_back(model);
    }
    println!("of calls without an answer {} were done and {} not", met.done, met.undone);
    assert!(met.done > 100 && met.undone > 100, "{met:?}");
}

/// Calls in one case.
const CALLS: usize = 50;

#[test]
fn calls_that_fail_or_are_dropped_in_memory_are_done_whole_or_not_at_all() {
    live(|| Arc::new(MemoryStore::new()));
}

#[test]
fn calls_that_fail_or_are_dropped_on_redb_are_done_whole_or_not_at_all() {
    let options = RedbOptions::default().with_cache_mib(4);
    live(|| Arc::new(RedbStore::create_on(SimDisk::new(Vec::new()) as _, &options).unwrap()));
}
