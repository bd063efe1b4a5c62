//! Each step of the story, dropped at each of its awaits, and with a store that fails before and
//! behind its commit: it is taken whole or not at all, and a repeat ends it.

use std::sync::{Arc, Mutex};

use plugmint::{
    ControllerEnrollment, ControllerRequest, EnrollControllerError, EnrollOutcome, EventKind,
    Fault, Observer, Ordinal, Revocation, Store,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{
    SimDisk, Trouble, TroubledStore, YieldingStore, control_of, known_as, polled,
};
use pollster::block_on;

use crate::story::{House, STORY, Said, Story};

/// Keeps what ended a password.
#[derive(Default)]
struct Listens(Mutex<Vec<EventKind>>);

impl Observer for Listens {
    fn revoked(&self, revocation: &Revocation<'_>) {
        self.0.lock().unwrap().push(revocation.by);
    }
}

impl Listens {
    fn take(&self) -> Vec<EventKind> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Stores on which every call is a place to be dropped at: in memory, and on redb with threads.
fn yielding(which: usize) -> Arc<dyn Store> {
    if which == 0 {
        return Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
    }
    let options = RedbOptions::default().with_cache_mib(4).with_read_threads(1);
    let redb = RedbStore::create_on(SimDisk::new(Vec::new()) as _, &options).unwrap();
    Arc::new(YieldingStore::new(Arc::new(redb)))
}

/// Drops a step after 0, 1, 2, ... polls, until it is taken without being dropped; how often it was
/// taken though nobody waited.
fn dropped_everywhere(story: &Story, which: usize, steps: usize) -> usize {
    let mut unnoticed = 0;
    for polls in 0..1000 {
        let listens = Arc::new(Listens::default());
        let house = House::observed(yielding(which), Some(Arc::clone(&listens) as _));
        story.lived(&house, steps);
        listens.take();
        let said = polled(STORY[steps].take(&house, &story.told), polls);
        house.fence();
        let taken = story.taken(&house, steps);
        if taken > steps {
            assert_eq!(
                listens.take(),
                Vec::from_iter(STORY[steps].revokes()),
                "{:?}",
                STORY[steps]
            );
        }
        story.lives_on(&house, steps, taken);
        if let Some(said) = said {
            assert!(said.is_done() && taken == steps + 1, "{said:?}");
            assert!(polls > 4, "there were {polls} places to be dropped at");
            return unnoticed;
        }
        unnoticed += taken - steps;
    }
    panic!("the step does not come to its end");
}

#[test]
fn a_step_that_is_dropped_anywhere_is_taken_whole_or_not_and_a_repeat_ends_it() {
    let story = Story::new();
    for which in 0..2 {
        for (steps, step) in STORY.iter().enumerate() {
            let unnoticed = dropped_everywhere(&story, which, steps);
            // With threads it hangs on how they meet.
            assert!(unnoticed > 0 || which > 0, "{step:?} is never dropped behind its commit");
        }
    }
}

fn troubled() -> Arc<TroubledStore> {
    Arc::new(TroubledStore::new(Arc::new(MemoryStore::new())))
}

#[test]
fn a_step_whose_commit_fails_before_or_behind_it_is_taken_whole_or_not_and_a_repeat_ends_it() {
    let story = Story::new();
    for (trouble, further) in [(Trouble::FailsBefore, 0), (Trouble::FailsAfter, 1)] {
        for (steps, step) in STORY.into_iter().enumerate() {
            let troubles = troubled();
            let house = House::new(Arc::clone(&troubles) as _);
            story.lived(&house, steps);
            troubles.trouble(trouble, 1);
            let said = block_on(step.take(&house, &story.told));
            assert!(matches!(said, Said::Fault(Fault::Store(_))), "{step:?}: {said:?}");
            assert_eq!(troubles.left(), 0, "{step:?} is one commit");
            let taken = story.taken(&house, steps);
            assert_eq!(taken, steps + further, "{step:?}");
            story.lives_on(&house, steps, taken);
        }
    }
}

#[test]
fn a_step_that_others_are_faster_than_is_decided_again() {
    let story = Story::new();
    for (steps, step) in STORY.into_iter().enumerate() {
        let troubles = troubled();
        let house = House::new(Arc::clone(&troubles) as _);
        story.lived(&house, steps);
        troubles.trouble(Trouble::Rewritten(b"s"), 2);
        assert!(block_on(step.take(&house, &story.told)).is_done(), "{step:?}");
        assert_eq!((troubles.left(), troubles.conflicts()), (0, 2), "{step:?}");
        assert_eq!(story.taken(&house, steps), steps + 1, "{step:?}");
    }
}

#[test]
fn a_step_that_others_are_always_faster_than_gives_up_and_changed_nothing() {
    let story = Story::new();
    for (steps, step) in STORY.into_iter().enumerate() {
        let troubles = troubled();
        let house = House::new(Arc::clone(&troubles) as _);
        story.lived(&house, steps);
        troubles.trouble(Trouble::Conflict, 16);
        let said = block_on(step.take(&house, &story.told));
        assert!(matches!(said, Said::Fault(Fault::Contended { tries: 16 })), "{step:?}: {said:?}");
        assert_eq!(story.taken(&house, steps), steps, "{step:?}");
        story.lives_on(&house, steps, steps);
    }
}

/// Somebody enrolls, and the answer is lost behind the commit.
fn lost(house: &House, troubles: &TroubledStore, request: &ControllerRequest) {
    troubles.trouble(Trouble::FailsAfter, 1);
    let failed = block_on(house.scene.control_or_refuse(&house.thing, &control_of(1), request));
    assert!(matches!(failed, Err(EnrollControllerError::Fault(Fault::Store(_)))), "{failed:?}");
}

fn enroll(house: &House, request: &ControllerRequest) -> ControllerEnrollment {
    block_on(house.scene.control(&house.thing, &control_of(1), request))
}

#[test]
fn without_an_own_serial_number_a_lost_answer_makes_a_second_controller_and_the_first_makes_room() {
    let troubles = troubled();
    let house = House::new(Arc::clone(&troubles) as _);
    let anybody = ControllerRequest::new();
    lost(&house, &troubles, &anybody);
    let told = enroll(&house, &anybody);
    assert_eq!((told.outcome(), told.ordinal()), (EnrollOutcome::First, Ordinal::new(1)));
    // There are two places, and the one that nobody was told of is the oldest that never connected.
    block_on(house.scene.connect_as(told.credentials())).unwrap();
    assert_eq!(enroll(&house, &anybody).ordinal(), Ordinal::new(2));
    let all = house.scene.registry.controllers(&house.thing, None, std::num::NonZeroUsize::MAX);
    let all = block_on(all).unwrap().controllers;
    assert_eq!(all.len(), 3);
    let retired: Vec<_> =
        all.iter().filter(|one| one.retired_at.is_some()).map(|one| one.ordinal).collect();
    assert_eq!(retired, [Ordinal::FIRST]);
}

#[test]
fn with_an_own_serial_number_a_lost_answer_is_given_again() {
    let troubles = troubled();
    let house = House::new(Arc::clone(&troubles) as _);
    lost(&house, &troubles, &known_as("phone"));
    let told = enroll(&house, &known_as("phone"));
    assert_eq!((told.outcome(), told.ordinal()), (EnrollOutcome::Repeated, Ordinal::FIRST));
    let again = enroll(&house, &known_as("phone"));
    let text = |told: &ControllerEnrollment| {
        told.credentials().connection_password().expose_text().to_string()
    };
    assert_eq!(text(&told), text(&again));
    block_on(house.scene.connect_as(told.credentials())).unwrap();
}
