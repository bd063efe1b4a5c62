//! Calls, by outcome.

use std::sync::Arc;

use plugmint::testing::{FixedClock, builder};
use plugmint::{
    AccountHash, Argon2Cost, ConnectionPassword, ControllerRequest, Epoch, PasswordClass, Source,
    Store, UnixMillis,
};
use plugmint_core::derivation::{PasswordText, StretchMemory};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    Recorded, Scene, Trouble, TroubledStore, control_of, control_password, design, enroll_password,
    generated_password, known_as, polled,
};
use pollster::block_on;
use tracing::subscriber::{NoSubscriber, with_default};

use crate::scene::{counted, counted_over, totals};

const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn each_enrollment_of_a_device_is_counted_by_its_outcome() {
    let (scene, recorded) = counted(design());
    let (id, enrollment) = block_on(scene.enrolled("SN-1", &generated_password(1)));
    block_on(scene.enroll(&id, &generated_password(1)));
    block_on(scene.connect(&enrollment));
    let refused =
        |id, password: &str| block_on(scene.enroll_or_refuse(id, password)).unwrap_err().code();
    assert_eq!(refused(&id, &generated_password(1)), "already-activated");
    assert_eq!(refused(&id, &generated_password(2)), "refused");
    assert_eq!(refused(&scene.id("SN-2"), &generated_password(2)), "refused");
    block_on(scene.registry.reactivate(&id, Epoch::FIRST, &scene.ada)).unwrap();
    block_on(scene.enroll(&id, &generated_password(1)));
    let counted =
        [("first", 1), ("repeated", 1), ("reissued", 1), ("already-activated", 1), ("refused", 2)];
    assert_eq!(recorded.totals("plugmint_enroll_total"), totals(&counted));
    assert_eq!(recorded.values("plugmint_enroll_seconds").len(), 6);
}

#[test]
fn every_outcome_is_there_before_the_first_call() {
    let (_, recorded) = counted(design());
    for outcome in ["first", "refused", "throttled", "overloaded", "store", "contended"] {
        assert_eq!(recorded.total(&format!("plugmint_enroll_total{{{outcome}}}")), 0);
    }
    assert_eq!(recorded.total("plugmint_authenticate_total{accepted}"), 0);
}

/// All the ways in which one connects.
fn connects(scene: &Scene) {
    let registry = &scene.registry;
    let (id, first) = block_on(scene.activated("SN-1", &generated_password(1)));
    let (plug_id, former) =
        (first.credentials().plug_id(), first.credentials().connection_password());
    let (text, source) = (former.expose_text(), Source::new("192.0.2.1").unwrap());
    let wrong = ConnectionPassword::parse(WRONG).unwrap();
    block_on(async {
        registry.authenticate(plug_id, former).await.unwrap();
        registry.authenticate_from(&source, plug_id, former).await.unwrap();
        registry.authenticate_text(&plug_id.to_string(), &text).await.unwrap();
        registry.authenticate(plug_id, &wrong).await.unwrap_err();
        registry.authenticate_from(&source, plug_id, &wrong).await.unwrap_err();
        registry.authenticate_text("no plug-id", &text).await.unwrap_err();
        registry.authenticate_text_from(&source, "dev-0", "short").await.unwrap_err();
        let until = UnixMillis::new(u64::MAX);
        let again = registry.reactivate_with_overlap(&id, Epoch::FIRST, until, &scene.ada);
        again.await.unwrap();
        registry.authenticate(plug_id, former).await.unwrap();
    });
}

#[test]
fn each_connection_is_counted_once_whether_it_is_traced_or_not() {
    for traced in [true, false] {
        let (scene, recorded) = counted(design());
        if traced {
            connects(&scene);
        } else {
            with_default(NoSubscriber::new(), || connects(&scene));
        }
        let counted = [("accepted", 4), ("refused", 4), ("overlap", 1)];
        assert_eq!(recorded.totals("plugmint_authenticate_total"), totals(&counted));
        let times = recorded.values("plugmint_authenticate_seconds");
        assert_eq!(times.len(), 9);
        assert!(times.iter().all(|time| (0.0..60.0).contains(time)), "{times:?}");
    }
}

#[test]
fn enrollments_of_controllers_and_things_that_are_added_are_counted_by_their_outcome() {
    let (scene, recorded) = counted(design());
    let (registry, nobody) = (&scene.registry, ControllerRequest::new());
    let ((thing, _), (other, _)) = (block_on(scene.thing("A", 1)), block_on(scene.thing("B", 2)));
    let phone = block_on(scene.control(&thing, &control_of(1), &known_as("P")));
    block_on(scene.control(&thing, &control_of(1), &known_as("P")));
    block_on(scene.control_or_refuse(&thing, &control_of(2), &nobody)).unwrap_err();
    let counted = [("first", 1), ("repeated", 1), ("refused", 1)];
    assert_eq!(recorded.totals("plugmint_enroll_controller_total"), totals(&counted));
    assert_eq!(recorded.values("plugmint_enroll_controller_seconds").len(), 3);

    let (plug_id, password) =
        (phone.credentials().plug_id(), phone.credentials().connection_password());
    let (right, wrong) = (control_password(&control_of(2)), control_password(&control_of(3)));
    let stranger = ConnectionPassword::parse(WRONG).unwrap();
    block_on(async {
        registry.add_thing(None, plug_id, password, &other, &right).await.unwrap();
        registry.add_thing_for(None, plug_id, &other, &right).await.unwrap();
        registry.add_thing(None, plug_id, password, &other, &wrong).await.unwrap_err();
        registry.add_thing(None, plug_id, &stranger, &other, &right).await.unwrap_err();
    });
    let counted = [("done", 1), ("already-done", 1), ("thing-refused", 1), ("refused", 1)];
    assert_eq!(recorded.totals("plugmint_add_thing_total"), totals(&counted));
    assert_eq!(recorded.values("plugmint_add_thing_seconds").len(), 4);
}

#[test]
fn looks_at_an_owners_password_are_counted_by_their_outcome() {
    let (scene, recorded) = counted(design());
    let cost = Argon2Cost::new(64, 1, 1).unwrap();
    let text = PasswordText::of_any(b"correct horse").unwrap();
    let hash = AccountHash::of_password(text, cost, [0; 16], &mut StretchMemory::new()).unwrap();
    let look =
        |password| block_on(scene.registry.verify_account(None, "ada", Some(&hash), password));
    assert!(look("correct horse").unwrap());
    while look("wrong horse").is_ok() {}
    let counted = recorded.totals("plugmint_verify_account_total");
    assert_eq!((counted["right"], counted["throttled"]), (1, 1));
    assert!(counted["wrong"] > 1);
}

#[test]
fn a_fault_is_counted_under_its_code() {
    let troubled = Arc::new(TroubledStore::new(Arc::new(MemoryStore::new())));
    let (scene, recorded) = counted_over(Arc::clone(&troubled) as _, design());
    let id = block_on(scene.register("SN-1", &generated_password(1)));
    troubled.trouble(Trouble::FailsBefore, 1);
    troubled.trouble(Trouble::Conflict, 16);
    for _ in 0..2 {
        block_on(scene.enroll_or_refuse(&id, &generated_password(1))).unwrap_err();
    }
    block_on(scene.registry.close());
    block_on(scene.enroll_or_refuse(&id, &generated_password(1))).unwrap_err();
    let counted = [("store", 1), ("contended", 1), ("closed", 1)];
    assert_eq!(recorded.totals("plugmint_enroll_total"), totals(&counted));
}

#[test]
fn a_call_that_is_dropped_before_its_answer_is_not_counted() {
    // A hash that takes long.
    let (scene, recorded) = counted(design().with_password_class(PasswordClass::Chosen));
    let (id, password) = (scene.id("SN-1"), enroll_password("correct horse"));
    assert!(polled(scene.registry.enroll(&id, &password), 1).is_none());
    assert_eq!(recorded.totals("plugmint_enroll_total"), totals(&[]));
    assert!(recorded.values("plugmint_enroll_seconds").is_empty());
}

#[test]
fn a_registry_that_is_not_told_to_counts_nothing() {
    let recorded = Recorded::default();
    recorded.record(|| {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(FixedClock::default()));
        let settings = builder(store as Arc<dyn Store>, Arc::clone(&clock), 1);
        let scene = block_on(Scene::with(settings, clock, design()));
        block_on(scene.activated("SN-1", &generated_password(1)));
    });
    assert!(recorded.series().is_empty() && recorded.units().is_empty());
}

#[test]
fn there_are_as_many_series_for_many_devices_as_for_none() {
    let (scene, recorded) = counted(design());
    let before = recorded.series();
    recorded.record(|| {
        for number in 1..20 {
            block_on(scene.activated(&format!("SN-{number}"), &generated_password(number)));
        }
    });
    assert_eq!(recorded.series(), before);
    let id = scene.template.id().to_string();
    assert!(before.iter().all(|series| !series.contains("SN-") && !series.contains(&id)));
}
