//! Each step of a life, dropped at each of its awaits: it was taken whole or not at all, and
//! whoever's password it ended is told of.

use std::sync::{Arc, Mutex};

use plugmint::{EventKind, Observer, Revocation, Store};
use plugmint_tests::{LIFE, Lives, Scene, Verb, begin_lives_with, generated_password, polled};
use pollster::block_on;

use crate::yielding_stores;

/// Keeps what ended a password.
#[derive(Default)]
struct Told(Mutex<Vec<EventKind>>);

impl Observer for Told {
    fn revoked(&self, revocation: &Revocation<'_>) {
        self.0.lock().unwrap().push(revocation.by);
    }
}

impl Told {
    fn take(&self) -> Vec<EventKind> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// What ends a password that connects.
fn ends(verb: Verb) -> Option<EventKind> {
    match verb {
        // The one of before: its overlap runs.
        Verb::ActivateAgain => Some(EventKind::Activated),
        Verb::Disable => Some(EventKind::Disabled),
        Verb::Unenroll | Verb::UnenrollByDevice => Some(EventKind::Unenrolled),
        Verb::Transfer => Some(EventKind::Transferred),
        Verb::Retire => Some(EventKind::Retired),
        Verb::Register
        | Verb::ReplacePasswords
        | Verb::Enroll
        | Verb::Activate
        | Verb::Reactivate
        | Verb::EnrollAgain
        | Verb::SetProfile
        | Verb::SetOwnProfile
        | Verb::Enable
        | Verb::ReplaceControlPassword
        | Verb::EnrollUnenrolled
        | Verb::EnrollByOperator
        | Verb::EnrollTransferred
        | Verb::EnrollWithProfile => None,
    }
}

/// A device that has taken so many steps.
fn lived(store: Arc<dyn Store>, told: &Arc<Told>, steps: usize) -> Scene {
    let observer = Arc::clone(told) as Arc<dyn Observer>;
    let scene = block_on(begin_lives_with(store, |settings| settings.with_observer(observer)));
    for verb in &LIFE[..steps] {
        block_on(verb.take(&scene, 0)).unwrap();
    }
    told.take();
    scene
}

/// Drops a step after 0, 1, 2, ... polls, until it is taken without being dropped; how often it was
/// taken though nobody waited.
fn dropped_everywhere(store: impl Fn() -> Arc<dyn Store>, lives: &Lives, steps: usize) -> usize {
    let (verb, told) = (LIFE[steps], Arc::new(Told::default()));
    let mut unnoticed = 0;
    for polls in 0..1000 {
        let scene = lived(store(), &told, steps);
        let answered = polled(verb.take(&scene, 0), polls);
        // What was handed over is done when something is that was handed over later.
        block_on(scene.register("behind-it", &generated_password(77)));
        let taken = lives.audit(&scene, |_| steps..=steps + 1).unwrap()[0];
        let revoked = told.take();
        if taken > steps {
            assert_eq!(revoked, Vec::from_iter(ends(verb)), "{verb:?} after {polls} polls");
        }
        if let Some(answer) = answered {
            answer.unwrap();
            assert_eq!(taken, steps + 1);
            assert!(polls > 4, "there were {polls} places to be dropped at");
            return unnoticed;
        }
        unnoticed += taken - steps;
        lives.live_on(&scene, &[taken]).unwrap();
    }
    panic!("the step does not come to its end");
}

#[test]
fn a_step_that_is_dropped_anywhere_is_taken_whole_or_not_and_ended_passwords_are_told() {
    let lives = Lives::of(1);
    for which in 0..yielding_stores().len() {
        let store = || yielding_stores().into_iter().nth(which).unwrap();
        for (steps, step) in LIFE.iter().enumerate() {
            let unnoticed = dropped_everywhere(store, &lives, steps);
            // With threads it hangs on how they meet.
            assert!(unnoticed > 0 || which > 0, "{step:?} is never dropped behind its commit");
        }
    }
}
