//! The verbs of a registry.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;

use plugmint::{
    Actor, EnrollOutcome, Enrollment, Mark, NewSerial, Outcome, ProductionTemplate, Registry,
    SerialId, StageName, Store,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    Scene, chosen_design, design, enroll_password, generated_password, new_serial, polled,
};
use pollster::block_on;

use crate::{is_whole, yielding_stores};

fn ada() -> Actor {
    Actor::parse("ada").unwrap()
}

/// Drops the call that `call` makes after 0, 1, 2, ... polls, each time on a new scene, until it is
/// done without being dropped, on each store; `check` sees each scene afterwards.
fn dropped_everywhere<T, F: Future<Output = T>>(
    call: impl Fn(Registry, SerialId, Option<Enrollment>) -> F,
    prepare: impl Fn(&Scene) -> (SerialId, Option<Enrollment>),
    check: impl Fn(&Scene, &SerialId),
) -> usize {
    let polls = (0..yielding_stores().len()).map(|store| {
        let new = || yielding_stores().into_iter().nth(store).unwrap();
        dropped_everywhere_on(new, &call, &prepare, &check)
    });
    polls.min().unwrap()
}

fn dropped_everywhere_on<T, F: Future<Output = T>>(
    store: impl Fn() -> Arc<dyn Store>,
    call: &impl Fn(Registry, SerialId, Option<Enrollment>) -> F,
    prepare: &impl Fn(&Scene) -> (SerialId, Option<Enrollment>),
    check: &impl Fn(&Scene, &SerialId),
) -> usize {
    for polls in 0..1000 {
        let scene = block_on(Scene::new(store(), design()));
        let (id, enrollment) = prepare(&scene);
        let done = polled(call(scene.registry.clone(), id, enrollment), polls).is_some();
        // What was handed over is done when something is that was handed over later.
        block_on(scene.register("behind-it", &generated_password(77)));
        check(&scene, &id);
        if done {
            return polls;
        }
    }
    panic!("the call does not come to its end");
}

#[test]
fn an_enrollment_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let password = generated_password(1);
    let polls = dropped_everywhere(
        |registry, id, _| {
            let password = enroll_password(&password);
            async move { registry.enroll(&id, &password).await.map(drop) }
        },
        |scene| (block_on(scene.register("SN-1", &password)), None),
        |scene, id| {
            is_whole(scene, id);
            let before = block_on(scene.status(id)).stage;
            let outcome = block_on(scene.enroll(id, &password)).outcome();
            match before {
                StageName::Registered => assert_eq!(outcome, EnrollOutcome::First),
                StageName::Enrolled => assert_eq!(outcome, EnrollOutcome::Repeated),
                StageName::Activated | StageName::Retired => panic!("{before}"),
            }
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn an_activation_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let polls = dropped_everywhere(
        |registry, _, enrollment| async move {
            let enrollment = enrollment.unwrap();
            let credentials = enrollment.credentials();
            registry
                .authenticate(credentials.plug_id(), credentials.connection_password())
                .await
                .map(drop)
        },
        |scene| {
            let (id, enrollment) = block_on(scene.enrolled("SN-1", &generated_password(1)));
            (id, Some(enrollment))
        },
        |scene, id| {
            is_whole(scene, id);
            let again = block_on(scene.enroll_or_refuse(id, &generated_password(1)));
            let stage = block_on(scene.status(id)).stage;
            assert_eq!(again.is_ok(), stage == StageName::Enrolled);
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_registration_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    let password = generated_password(1);
    let new = || -> NewSerial { new_serial("SN-1", &password) };
    let polls = dropped_everywhere(
        |registry, id, _| {
            let new = new();
            async move { registry.register(id.template(), new, &ada()).await.map(drop) }
        },
        |scene| (scene.id("SN-1"), None),
        |scene, id| {
            let again = block_on(scene.registry.register(id.template(), new(), &scene.ada));
            assert!(again.is_ok() || again.unwrap_err().code() == "already-registered");
            is_whole(scene, id);
            assert_eq!(block_on(scene.status(id)).events, 1);
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

/// A verb of an operator's, as its future.
type Verb = fn(&Registry, SerialId) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>;

const DISABLE: Verb =
    |registry, id| Box::pin(async move { registry.disable(&id, &ada()).await.unwrap() });
const ENABLE: Verb =
    |registry, id| Box::pin(async move { registry.enable(&id, &ada()).await.unwrap() });
const RETIRE: Verb =
    |registry, id| Box::pin(async move { registry.retire(&id, &ada()).await.unwrap() });

/// Drops a verb everywhere, on a device that is activated and went through `before`; `is_done`
/// tells by the stage and the mark whether it happened.
fn is_whole_or_did_not_happen(
    verb: Verb,
    before: Option<Verb>,
    is_done: fn(StageName, Option<Mark>) -> bool,
) {
    let polls = dropped_everywhere(
        |registry, id, _| async move { verb(&registry, id).await },
        |scene| {
            let (id, enrollment) = block_on(scene.activated("SN-1", &generated_password(1)));
            before.map(|before| block_on(before(&scene.registry, id)));
            (id, Some(enrollment))
        },
        |scene, id| {
            is_whole(scene, id);
            let status = block_on(scene.status(id));
            let outcome = block_on(verb(&scene.registry, *id));
            let was_done = is_done(status.stage, status.mark);
            assert_eq!(outcome, if was_done { Outcome::AlreadyDone } else { Outcome::Done });
            is_whole(scene, id);
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_disable_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    is_whole_or_did_not_happen(DISABLE, None, |_, mark| mark == Some(Mark::Disabled));
}

#[test]
fn an_enable_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    is_whole_or_did_not_happen(ENABLE, Some(DISABLE), |_, mark| mark == Some(Mark::Enabled));
}

#[test]
fn a_retirement_that_is_dropped_anywhere_is_whole_or_did_not_happen() {
    is_whole_or_did_not_happen(RETIRE, None, |stage, _| stage == StageName::Retired);
}

#[test]
fn serials_whose_registration_in_one_commit_is_dropped_are_all_there_or_none() {
    let names = ["SN-1", "SN-2", "SN-3"];
    let polls = dropped_everywhere(
        |registry, id, _| async move {
            let new = names.map(|name| new_serial(name, &generated_password(1)));
            registry.register_all(id.template(), new.into(), &ada()).await.map(drop)
        },
        |scene| (scene.id("SN-1"), None),
        |scene, _| {
            let ids = names.map(|name| scene.id(name));
            let there = ids.iter().filter(|id| block_on(scene.registry.serial(id)).is_ok());
            let there: Vec<_> = there.collect();
            assert!(there.is_empty() || there.len() == names.len(), "{there:?}");
            for id in there {
                is_whole(scene, id);
            }
        },
    );
    assert!(polls > 4, "there were {polls} places to be dropped at");
}

#[test]
fn a_template_whose_creation_is_dropped_anywhere_serves_or_is_not_there() {
    let polls = dropped_everywhere(
        |registry, _, _| async move {
            registry.create_template(registry.company(), design()).await.map(drop)
        },
        |scene| (scene.id("SN-1"), None),
        |scene, _| {
            let all = scene.registry.templates(scene.registry.company(), None, NonZeroUsize::MAX);
            let others = block_on(all).unwrap();
            let others = others.iter().filter(|other| other.id() != scene.template.id());
            let serves = |other: &ProductionTemplate| {
                assert_eq!(block_on(scene.registry.template(other.id())).unwrap(), *other);
                let new = new_serial("SN-1", &generated_password(1));
                block_on(scene.registry.register(other.id(), new, &scene.ada)).unwrap();
            };
            assert!(others.map(serves).count() <= 1);
        },
    );
    assert!(polls > 2, "there were {polls} places to be dropped at");
}

#[test]
fn a_call_that_waits_for_a_slow_hash_may_be_dropped() {
    let scene = block_on(Scene::new(Arc::new(MemoryStore::new()), chosen_design()));
    let id = block_on(scene.register("SN-1", "correct horse"));
    for polls in 0..4 {
        let password = enroll_password("correct horse");
        polled(scene.registry.enroll(&id, &password), polls);
        is_whole(&scene, &id);
    }
    block_on(scene.enroll(&id, "correct horse"));
}
