//! What a call comes to when its store does not do what it is asked.

use futures_util::future::join;
use plugmint_store::{Batch, Guard};
use plugmint_tests::{Trouble, TroubledStore, YieldingStore};

use crate::prelude::*;

fn troubled() -> (Arc<TroubledStore>, Scene) {
    let store = Arc::new(TroubledStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    (store, scene)
}

#[test]
fn a_call_that_collides_fifteen_times_is_done_at_the_sixteenth() {
    let (store, scene) = troubled();
    let id = block_on(scene.register("SN-1", &password(1)));
    store.trouble(Trouble::Conflict, 15);
    assert_eq!(block_on(scene.enroll(&id, &password(1))).outcome(), EnrollOutcome::First);
    store.trouble(Trouble::Conflict, 15);
    assert_eq!(block_on(scene.registry.disable(&id, &scene.ada)).unwrap(), Outcome::Done);
    store.trouble(Trouble::Conflict, 15);
    block_on(scene.register("SN-2", &password(2)));
    assert_eq!(store.left(), 0);
}

#[test]
fn a_call_that_collides_sixteen_times_gives_up_and_changed_nothing() {
    let (store, scene) = troubled();
    let id = block_on(scene.register("SN-1", &password(1)));
    store.trouble(Trouble::Conflict, 16);
    let error = refusal(&scene, &id, &password(1));
    assert!(matches!(error, EnrollError::Fault(Fault::Contended { tries: 16 })));
    assert!(error.is_retryable());
    store.trouble(Trouble::Conflict, 16);
    assert_eq!(register_error(&scene, new_serial("SN-2", &password(2))).code(), "contended");
    assert_eq!(store.left(), 0);
    let status = block_on(scene.status(&id));
    assert_eq!((status.stage, status.events), (StageName::Registered, 1));
    assert_eq!(block_on(scene.enroll(&id, &password(1))).outcome(), EnrollOutcome::First);
}

#[test]
fn a_store_that_fails_before_it_writes_leaves_everything_as_it_was() {
    let (store, scene) = troubled();
    let id = block_on(scene.register("SN-1", &password(1)));
    store.trouble(Trouble::FailsBefore, 1);
    let error = refusal(&scene, &id, &password(1));
    assert!(matches!(error, EnrollError::Fault(Fault::Store(_))));
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Registered);
    assert_eq!(block_on(scene.enroll(&id, &password(1))).outcome(), EnrollOutcome::First);
}

#[test]
fn an_enrollment_whose_answer_got_lost_is_repeated_with_the_same_credentials() {
    let (store, scene) = troubled();
    let id = block_on(scene.register("SN-1", &password(1)));
    store.trouble(Trouble::FailsAfter, 1);
    assert_eq!(refusal(&scene, &id, &password(1)).code(), "store");
    let status = block_on(scene.status(&id));
    assert_eq!((status.stage, status.events), (StageName::Enrolled, 2));
    let again = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(again.outcome(), EnrollOutcome::Repeated);
    assert_eq!(Some(again.credentials().plug_id()), status.plug_id.as_ref());
    block_on(scene.connect(&again));
}

#[test]
fn what_was_registered_when_the_answer_got_lost_is_told_from_what_is_taken() {
    let (store, scene) = troubled();
    store.trouble(Trouble::FailsAfter, 1);
    assert_eq!(register_error(&scene, new_serial("SN-1", &password(1))).code(), "store");
    let again = register_error(&scene, new_serial("SN-1", &password(1)));
    assert_eq!(again.code(), "already-registered");
    let other = register_error(&scene, new_serial("SN-1", &password(2)));
    assert_eq!(other.code(), "serial-taken");
}

#[test]
fn an_activation_whose_answer_got_lost_is_admitted_the_next_time() {
    let (store, scene) = troubled();
    let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
    store.trouble(Trouble::FailsAfter, 1);
    let credentials = enrollment.credentials();
    let connect = || {
        let password = credentials.connection_password();
        block_on(scene.registry.authenticate(credentials.plug_id(), password))
    };
    assert_eq!(connect().unwrap_err().code(), "store");
    assert_eq!(connect().unwrap().id(), &id);
    assert_eq!(block_on(scene.status(&id)).events, 3);
}

/// How many conflicts a call had whose commit came after somebody had rewritten those records.
fn conflicts<T>(store: &TroubledStore, prefix: &'static [u8], call: impl FnOnce() -> T) -> usize {
    let before = store.conflicts();
    store.trouble(Trouble::Rewritten(prefix), 1);
    call();
    assert_eq!(store.left(), 0);
    store.conflicts() - before
}

/// What a decision rests on must not have changed when it is committed: here each record is touched
/// between the two.
#[test]
fn a_decision_holds_only_while_what_it_rests_on_does() {
    let (store, scene) = troubled();
    let id = block_on(scene.register("SN-0", &password(0)));
    assert_eq!(conflicts(&store, b"t", || block_on(scene.register("SN-1", &password(1)))), 1);
    assert_eq!(conflicts(&store, b"s", || block_on(scene.register("SN-2", &password(2)))), 0);
    // Enrolling rests on the template's policy and on the serial.
    assert_eq!(conflicts(&store, b"t", || block_on(scene.enroll(&id, &password(0)))), 1);
    let id = scene.id("SN-1");
    assert_eq!(conflicts(&store, b"s", || block_on(scene.enroll(&id, &password(1)))), 1);
    let id = scene.id("SN-2");
    let enrollment = block_on(scene.enroll(&id, &password(2)));
    // The others rest on the serial and, where there is one, on its credential.
    for (prefix, expected) in [(b"t", 0), (b"s", 1), (b"p", 1)] {
        let (registry, ada) = (&scene.registry, &scene.ada);
        assert_eq!(conflicts(&store, prefix, || block_on(registry.disable(&id, ada))), expected);
        assert_eq!(conflicts(&store, prefix, || block_on(registry.enable(&id, ada))), expected);
    }
    assert_eq!(conflicts(&store, b"p", || block_on(scene.connect(&enrollment))), 1);
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Activated);
}

/// Two registries over one store stand in no common line, so they do collide.
#[test]
fn two_registries_over_one_store_enroll_a_serial_once() {
    let store: Arc<dyn Store> = Arc::new(YieldingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let other = block_on(Registry::open(store, &root_key())).unwrap();
    for number in 0..10 {
        let id = block_on(scene.register(&format!("SN-{number}"), &password(number)));
        let password = enroll_password(&password(number));
        let (here, there) =
            block_on(join(scene.registry.enroll(&id, &password), other.enroll(&id, &password)));
        let (here, there) = (here.unwrap(), there.unwrap());
        let mut outcomes = [here.outcome(), there.outcome()].map(|outcome| format!("{outcome:?}"));
        outcomes.sort();
        assert_eq!(outcomes, ["First", "Repeated"]);
        assert_eq!(here.credentials().plug_id(), there.credentials().plug_id());
        assert_eq!(block_on(scene.status(&id)).events, 2);
    }
}

#[test]
fn two_registries_over_one_store_register_a_serial_once() {
    let store: Arc<dyn Store> = Arc::new(YieldingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let other = block_on(Registry::open(store, &root_key())).unwrap();
    let register = |registry: &Registry, number| {
        let (registry, template) = (registry.clone(), *scene.template.id());
        let ada = scene.ada.clone();
        async move { registry.register(&template, new_serial("SN-1", &password(number)), &ada).await }
    };
    let (here, there) = block_on(join(register(&scene.registry, 1), register(&other, 2)));
    let lost = match (here, there) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("{both:?}"),
    };
    assert!(matches!(lost, RegisterError::SerialTaken { .. }));
    assert_eq!(block_on(scene.status(&scene.id("SN-1"))).events, 1);
}

/// Never seen to happen: what a device would connect as lies there under another serial's name.
#[test]
fn a_plug_id_that_is_another_serials_refuses_the_enrollment() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let (_, first) = block_on(scene.enrolled("SN-1", &password(1)));
    let second = block_on(scene.register("SN-2", &password(2)));
    // What SN-2 will be called is known from another registry that has enrolled it.
    let elsewhere = memory();
    for (key, record) in block_on(store.scan(b"", None, PAGE)).unwrap() {
        let put = Batch::new().put(key, Guard::Absent, record.value().to_vec()).unwrap();
        block_on(elsewhere.commit(put)).unwrap();
    }
    let copy = block_on(Registry::open(elsewhere, &root_key())).unwrap();
    let expected = block_on(copy.enroll(&second, &enroll_password(&password(2)))).unwrap();
    let plug_id = *expected.credentials().plug_id();

    let under = |plug_id: &PlugId| [b"p".as_slice(), plug_id.body()].concat();
    let taken = block_on(store.scan(&under(first.credentials().plug_id()), None, PAGE)).unwrap();
    let key = plugmint_store::Key::new(&under(&plug_id)).unwrap();
    let put = Batch::new().put(key, Guard::Absent, taken[0].1.value().to_vec()).unwrap();
    block_on(store.commit(put)).unwrap();

    let error = refusal(&scene, &second, &password(2));
    assert!(
        matches!(error, EnrollError::Fault(Fault::PlugIdTaken { plug_id: of }) if of == plug_id)
    );
    assert_eq!(block_on(scene.status(&second)).stage, StageName::Registered);
}
