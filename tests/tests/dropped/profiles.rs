//! What is kept with Things and Controllers, said by whoever is dropped at each of its awaits.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::{
    AccessLevel, ControllerEnrollment, DeviceName, EnrollOutcome, Enrollment, OpaqueText, Outcome,
    ProfileChange, SerialId, Store,
};
use plugmint_store::Key;
use plugmint_tests::{
    Scene, control_of, design, enroll_password, generated_password, known_as, polled,
};
use pollster::block_on;

use crate::{is_whole, yielding_stores};

/// Who says it.
#[derive(Clone, Copy, Debug)]
enum Call {
    OperatorOfThing,
    OperatorOfController,
    Thing,
    Controller,
    /// A Thing that says it when it enrolls.
    Newcomer,
}

/// A Thing with a Controller, and one that has not enrolled yet.
struct People {
    scene: Scene,
    store: Arc<dyn Store>,
    thing: SerialId,
    thing_told: Enrollment,
    controller_told: ControllerEnrollment,
    newcomer: SerialId,
}

impl People {
    fn new(store: Arc<dyn Store>) -> Self {
        let scene = block_on(Scene::new(Arc::clone(&store), design()));
        let (thing, thing_told) = block_on(scene.thing("SN-1", 1));
        let controller_told = block_on(scene.control(&thing, &control_of(1), &known_as("phone")));
        let newcomer = block_on(scene.register("SN-2", &generated_password(2)));
        Self { scene, store, thing, thing_told, controller_told, newcomer }
    }

    /// What was handed over is done when something is that was handed over later.
    fn fence(&self) {
        block_on(self.scene.register("behind-it", &generated_password(77)));
    }

    /// Every record: what is kept with nobody yet would be seen by no look-up.
    fn found(&self) -> Vec<(Key, Vec<u8>)> {
        for id in [&self.thing, &self.newcomer] {
            is_whole(&self.scene, id);
        }
        let all = block_on(self.store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
        all.into_iter().map(|(key, record)| (key, record.into_value())).collect()
    }
}

impl Call {
    async fn make(self, people: &People) -> Outcome {
        let (registry, ada) = (&people.scene.registry, &people.scene.ada);
        let (thing, controller) =
            (people.thing_told.credentials(), people.controller_told.credentials());
        match self {
            Self::OperatorOfThing => {
                registry.set_profile(thing.plug_id(), &change(), ada).await.unwrap()
            }
            Self::OperatorOfController => {
                registry.set_profile(controller.plug_id(), &change(), ada).await.unwrap()
            }
            Self::Thing => {
                let own = thing.connection_password();
                registry.set_own_profile(thing.plug_id(), own, &change()).await.unwrap()
            }
            Self::Controller => {
                let own = controller.connection_password();
                registry.set_own_profile(controller.plug_id(), own, &change()).await.unwrap()
            }
            Self::Newcomer => {
                let password = enroll_password(&generated_password(2));
                let (id, change) = (&people.newcomer, change());
                let enrolled = registry.enroll_with_profile(None, id, &password, &change);
                let outcome = enrolled.await.unwrap().outcome();
                let is_first = outcome == EnrollOutcome::First;
                assert!(is_first || outcome == EnrollOutcome::Repeated, "{outcome:?}");
                if is_first { Outcome::Done } else { Outcome::AlreadyDone }
            }
        }
    }
}

/// A Controller has its name in its own record, and a Thing its access level.
fn change() -> ProfileChange {
    let text = |text| Some(OpaqueText::parse(text).unwrap());
    ProfileChange::new()
        .name(Some(DeviceName::parse("kitchen").unwrap()))
        .perm(text(r#"{"ctrl":"r"}"#), Some(AccessLevel::Read))
        .props(text("{}"))
}

fn dropped_everywhere(call: Call) {
    for which in 0..yielding_stores().len() {
        let people = || People::new(yielding_stores().into_iter().nth(which).unwrap());
        let sound = people();
        sound.fence();
        let before = sound.found();
        assert_eq!(block_on(call.make(&sound)), Outcome::Done);
        let behind = sound.found();
        let mut done_unnoticed = 0;
        for polls in 0.. {
            let people = people();
            let answered = polled(call.make(&people), polls);
            people.fence();
            let found = people.found();
            let was_done = found == behind;
            assert!(was_done || found == before, "{call:?} after {polls} polls: {found:#?}");
            let expected = if was_done { Outcome::AlreadyDone } else { Outcome::Done };
            assert_eq!(block_on(call.make(&people)), expected, "{call:?} after {polls} polls");
            assert_eq!(people.found(), behind, "{call:?} after {polls} polls");
            if answered.is_some() {
                assert!(was_done && polls > 4, "there were {polls} places to be dropped at");
                break;
            }
            done_unnoticed += usize::from(was_done);
        }
        // With threads it hangs on how they meet.
        assert!(done_unnoticed > 0 || which > 0, "{call:?} is never dropped behind its commit");
    }
}

#[test]
fn what_an_operator_says_and_is_dropped_anywhere_is_kept_whole_or_not() {
    dropped_everywhere(Call::OperatorOfThing);
    dropped_everywhere(Call::OperatorOfController);
}

#[test]
fn what_a_thing_or_a_controller_says_and_is_dropped_anywhere_is_kept_whole_or_not() {
    dropped_everywhere(Call::Thing);
    dropped_everywhere(Call::Controller);
}

#[test]
fn an_enrollment_that_is_dropped_anywhere_keeps_what_was_said_with_it_or_did_not_happen() {
    dropped_everywhere(Call::Newcomer);
}
