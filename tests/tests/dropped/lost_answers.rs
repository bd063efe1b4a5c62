//! Answers that were lost, because the store failed before or behind what it did: whoever asks
//! again is told that it was done, or what it gave, and nothing happens twice.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::{
    DeleteTemplateError, EnrollError, EventKind, Fault, Living, NewSerial, Outcome, RegisterError,
    RepeatPolicy, SerialId, StageName, TemplateChange, TemplateId,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    AuditError, LIFE, Lives, Scene, Trouble, TroubledStore, begin_lives, design, enroll_password,
    generated_password, new_serial,
};
use pollster::block_on;

const ALL: NonZeroUsize = NonZeroUsize::MAX;

fn troubled() -> Arc<TroubledStore> {
    Arc::new(TroubledStore::new(Arc::new(MemoryStore::new())))
}

/// Takes each step of a life with that trouble; `steps` says how many steps there are then.
fn trouble_at_each_step(trouble: Trouble, steps: impl Fn(usize) -> usize) {
    let lives = Lives::of(1);
    for (before, verb) in LIFE.into_iter().enumerate() {
        let store = troubled();
        let scene = block_on(begin_lives(Arc::clone(&store) as _));
        for verb in &LIFE[..before] {
            block_on(verb.take(&scene, 0)).unwrap();
        }
        store.trouble(trouble, 1);
        let failed = block_on(verb.take(&scene, 0));
        assert!(matches!(failed, Err(AuditError::Told(_))), "{verb:?}: {failed:?}");
        // The audit asks for the last step again, and the second one sees that nothing was written.
        for _ in 0..2 {
            let taken = lives.audit(&scene, |_| 0..=LIFE.len()).unwrap();
            assert_eq!(taken, [steps(before)], "{verb:?}");
        }
        if steps(before) == before {
            block_on(verb.take(&scene, 0)).unwrap();
        }
        let taken = lives.audit(&scene, |_| 0..=LIFE.len()).unwrap();
        assert_eq!(taken, [before + 1], "{verb:?}");
        lives.live_on(&scene, &taken).unwrap();
    }
}

#[test]
fn a_step_that_failed_before_it_was_done_is_done_when_it_is_asked_for_again() {
    trouble_at_each_step(Trouble::FailsBefore, |before| before);
}

#[test]
fn a_step_that_failed_when_it_was_done_is_answered_when_it_is_asked_for_again_and_not_done_twice() {
    trouble_at_each_step(Trouble::FailsAfter, |before| before + 1);
}

#[test]
fn an_enrollment_that_is_never_repeated_and_failed_when_it_was_done_is_refused() {
    let store = troubled();
    let design = design().with_repeat(RepeatPolicy::Never);
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design));
    let id = block_on(scene.register("SN-1", &generated_password(1)));
    store.trouble(Trouble::FailsAfter, 1);
    let failed = block_on(scene.enroll_or_refuse(&id, &generated_password(1)));
    assert!(matches!(failed, Err(EnrollError::Fault(Fault::Store(_)))));
    let again = block_on(scene.enroll_or_refuse(&id, &generated_password(1)));
    assert!(matches!(again, Err(EnrollError::AlreadyEnrolled)), "{again:?}");
    assert_eq!(block_on(scene.status(&id)).events, 2);
}

#[test]
fn serials_whose_registration_failed_when_it_was_done_are_registered_already() {
    let store = troubled();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let new = || -> Vec<NewSerial> {
        ["SN-1", "SN-2"].map(|serial| new_serial(serial, &generated_password(1))).into()
    };
    store.trouble(Trouble::FailsAfter, 1);
    let register = || scene.registry.register_all(scene.template.id(), new(), &scene.ada);
    block_on(register()).unwrap_err();
    for verdict in block_on(register()).unwrap() {
        assert!(matches!(verdict, Err(RegisterError::AlreadyRegistered { .. })), "{verdict:?}");
    }
    assert_eq!(block_on(scene.status(&scene.id("SN-1"))).events, 1);
}

#[test]
fn a_change_of_a_template_that_failed_when_it_was_done_is_done_already() {
    let store = troubled();
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (registry, id) = (&scene.registry, scene.template.id());
    let change = TemplateChange::new().repeat(RepeatPolicy::Always);
    let ask = |which: usize| match which {
        0 => block_on(registry.change_template(id, &change)),
        1 => block_on(registry.close_template(id)),
        _ => block_on(registry.open_template(id)),
    };
    for which in 0..3 {
        store.trouble(Trouble::FailsBefore, 1);
        ask(which).unwrap_err();
        store.trouble(Trouble::FailsAfter, 1);
        ask(which).unwrap_err();
        assert_eq!(store.left(), 0);
        assert_eq!(ask(which).unwrap(), Outcome::AlreadyDone, "{which}");
    }
}

/// A template with a serial at each of its first stages.
fn peopled(scene: &Scene) -> (TemplateId, [SerialId; 3]) {
    let registered = block_on(scene.register("A", &generated_password(1)));
    let (enrolled, _) = block_on(scene.enrolled("B", &generated_password(2)));
    let (activated, _) = block_on(scene.activated("C", &generated_password(3)));
    (*scene.template.id(), [registered, enrolled, activated])
}

fn times(scene: &Scene, id: &SerialId, kind: EventKind) -> usize {
    let events = block_on(scene.registry.history(id, None, ALL)).unwrap();
    events.iter().filter(|event| event.kind() == kind).count()
}

#[test]
fn a_deletion_that_failed_at_any_commit_is_done_when_it_is_asked_for_again_and_retires_once() {
    for trouble in [Trouble::FailsBefore, Trouble::FailsAfter] {
        let mut commits = 0;
        loop {
            let store = troubled();
            let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
            let (template, ids) = peopled(&scene);
            store.trouble_behind(commits, trouble);
            let delete = || scene.registry.delete_template(&template, Living::Retire, &scene.ada);
            let first = block_on(delete());
            let was_met = store.left() == 0;
            store.calm();
            match first {
                Ok(outcome) => assert_eq!(outcome, Outcome::Done),
                Err(DeleteTemplateError::Fault(Fault::Store(_))) => assert!(was_met),
                Err(error) => panic!("{error:?}"),
            }
            block_on(delete()).unwrap();
            assert_eq!(block_on(delete()).unwrap(), Outcome::AlreadyDone);
            let stages = ids.map(|id| block_on(scene.status(&id)).stage);
            let expected = [StageName::Registered, StageName::Retired, StageName::Retired];
            assert_eq!(stages, expected);
            let retired = ids.map(|id| times(&scene, &id, EventKind::Retired));
            assert_eq!(retired, [0, 1, 1], "{trouble:?} behind {commits}");
            for id in ids {
                block_on(scene.registry.verify_history(&id, None)).unwrap();
            }
            if !was_met {
                break;
            }
            commits += 1;
        }
        assert_eq!(commits, 4, "it closes, retires two, and deletes");
    }
}

#[test]
fn a_forgetting_that_failed_at_any_commit_goes_on_when_it_is_asked_for_again() {
    for trouble in [Trouble::FailsBefore, Trouble::FailsAfter] {
        let mut commits = 0;
        loop {
            let store = troubled();
            let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
            let (_, ids) = peopled(&scene);
            scene.clock.advance(std::time::Duration::from_secs(1));
            store.trouble_behind(commits, trouble);
            let forget = || scene.registry.forget_events(scene.clock.time(), None);
            drop(block_on(forget()));
            let was_met = store.left() == 0;
            store.calm();
            block_on(forget()).unwrap();
            assert_eq!(block_on(forget()).unwrap().events, 0);
            for (id, first) in ids.iter().zip([0, 1, 2]) {
                let verified = block_on(scene.registry.verify_history(id, None)).unwrap();
                assert_eq!(verified.first.number(), first, "{trouble:?} behind {commits}");
                assert_eq!(block_on(scene.registry.history(id, None, ALL)).unwrap().len(), 1);
            }
            let enroll = enroll_password(&generated_password(1));
            block_on(scene.registry.enroll(&ids[0], &enroll)).unwrap();
            if !was_met {
                break;
            }
            commits += 1;
        }
        assert_eq!(commits, 2, "two of them have events that may go");
    }
}
