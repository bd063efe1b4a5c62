//! May this one enroll?

use futures_util::future::join_all;

use crate::prelude::*;

#[test]
fn a_device_enrolls_connects_and_is_known() {
    let scene = scene();
    let (id, enrollment) = block_on(scene.enrolled("SN-1", &password(1)));
    assert_eq!(enrollment.outcome(), EnrollOutcome::First);
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Enrolled);
    let principal = block_on(scene.connect(&enrollment));
    assert_eq!(principal.id(), &id);
    assert_eq!(principal.plug_id(), enrollment.credentials().plug_id());
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Activated);
}

#[test]
fn the_same_password_gives_the_same_credentials_and_writes_nothing() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, first) = block_on(scene.enrolled("SN-1", &password(1)));
    let commits = store.commits();
    let again = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(again.outcome(), EnrollOutcome::Repeated);
    assert_eq!(again.credentials().plug_id(), first.credentials().plug_id());
    let (first, again) =
        (first.credentials().connection_password(), again.credentials().connection_password());
    assert!(first.matches(again));
    assert_eq!(store.commits(), commits);
}

#[test]
fn two_registries_with_one_root_key_give_the_same_credentials() {
    let (one, other) = (scene(), scene());
    let (_, first) = block_on(one.enrolled("SN-1", &password(1)));
    let (_, second) = block_on(other.enrolled("SN-1", &password(1)));
    assert_eq!(first.credentials().plug_id(), second.credentials().plug_id());
}

#[test]
fn the_strangers_answer_is_one() {
    let scene = scene();
    let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
    let disabled = block_on(scene.register("SN-2", &password(2)));
    block_on(scene.registry.disable(&disabled, &scene.ada)).unwrap();
    let retired = block_on(scene.register("SN-3", &password(3)));
    block_on(scene.registry.retire(&retired, &scene.ada)).unwrap();
    let elsewhere = SerialId::new(TemplateId::from_parts([9; 12]), *id.serial());
    let answers: Vec<_> = [
        refusal(&scene, &id, &password(9)),
        refusal(&scene, &scene.id("SN-9"), &password(1)),
        refusal(&scene, &elsewhere, &password(1)),
        refusal(&scene, &disabled, &password(2)),
        refusal(&scene, &retired, &password(3)),
        refusal(&scene, &id, "a sentence of no generator"),
    ]
    .iter()
    .map(|error| (error.code(), error.to_string(), error.is_retryable()))
    .collect();
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, "refused");
}

#[test]
fn a_refused_enrollment_writes_nothing() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let id = block_on(scene.register("SN-1", &password(1)));
    let before = store.commits();
    refusal(&scene, &id, &password(2));
    refusal(&scene, &scene.id("SN-2"), &password(2));
    assert_eq!(store.commits(), before);
    assert_eq!(block_on(scene.status(&id)).events, 1);
}

#[test]
fn an_activated_device_is_refused_by_name_when_it_proves_its_password() {
    let scene = scene();
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::AlreadyActivated));
    assert!(matches!(refusal(&scene, &id, &password(2)), EnrollError::Refused));
}

#[test]
fn a_template_that_never_repeats_refuses_an_enrolled_device_by_name() {
    let scene = block_on(Scene::new(memory(), design().with_repeat(RepeatPolicy::Never)));
    let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
    assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::AlreadyEnrolled));
}

#[test]
fn a_template_that_always_repeats_gives_an_activated_device_its_credentials() {
    let scene = block_on(Scene::new(memory(), design().with_repeat(RepeatPolicy::Always)));
    let (id, first) = block_on(scene.activated("SN-1", &password(1)));
    let again = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(again.outcome(), EnrollOutcome::Repeated);
    assert_eq!(again.credentials().plug_id(), first.credentials().plug_id());
}

#[test]
fn a_chosen_password_enrolls_as_a_generated_one_does() {
    let scene = chosen_scene();
    let (id, enrollment) = block_on(scene.enrolled("SN-1", "correct horse"));
    assert_eq!(enrollment.outcome(), EnrollOutcome::First);
    assert!(matches!(refusal(&scene, &id, "battery staple"), EnrollError::Refused));
    block_on(scene.connect(&enrollment));
}

#[test]
fn one_shared_password_makes_distinct_devices() {
    let design = chosen_design().with_password_class(PasswordClass::Shared);
    let scene = block_on(Scene::new(memory(), design));
    let (_, first) = block_on(scene.enrolled("SN-1", "correct horse"));
    let (_, second) = block_on(scene.enrolled("SN-2", "correct horse"));
    assert_ne!(first.credentials().plug_id(), second.credentials().plug_id());
}

#[test]
fn a_full_pool_is_overloaded_and_says_when_to_come_back() {
    let store = memory();
    let slow = chosen_design().with_argon2(Argon2Cost::new(4096, 1, 1).unwrap());
    let scene = block_on(Scene::new(Arc::clone(&store), slow));
    let id = block_on(scene.register("SN-1", "correct horse"));
    let one = StretchLimits::new(NonZeroUsize::MIN, 0);
    let narrow = builder(store, Arc::clone(&scene.clock), 2).with_stretch_limits(one);
    let narrow = block_on(narrow.open(&root_key())).unwrap();
    let password = enroll_password("correct horse");
    let answers = block_on(join_all((0..20).map(|_| narrow.enroll(&id, &password))));
    assert!(answers.iter().any(Result::is_ok));
    let error = answers.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(error, EnrollError::Overloaded { .. }));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert!(error.is_retryable());
    let register = |number| {
        let new = new_serial(&format!("SN-{number}"), "correct horse");
        narrow.register(id.template(), new, &scene.ada)
    };
    let answers = block_on(join_all((2..20).map(register)));
    let error = answers.into_iter().find_map(Result::err).unwrap();
    assert_eq!((error.code(), error.is_retryable()), ("overloaded", true));
}

#[test]
fn each_attempt_at_a_chosen_password_is_one_argon2id() {
    let scene = chosen_scene();
    let right = "correct horse";
    let [known, disabled, retired] =
        ["SN-1", "SN-2", "SN-3"].map(|serial| block_on(scene.register(serial, right)));
    block_on(scene.registry.disable(&disabled, &scene.ada)).unwrap();
    block_on(scene.registry.retire(&retired, &scene.ada)).unwrap();
    for (what, id, password, is_given) in [
        ("first", known, right, true),
        ("again", known, right, true),
        ("wrong", known, "another horse", false),
        ("unknown serial", scene.id("SN-4"), right, false),
        ("disabled", disabled, right, false),
        ("retired", retired, right, false),
    ] {
        let before = scene.registry.stretch_load().hashed();
        let answer = block_on(scene.enroll_or_refuse(&id, password));
        assert_eq!(answer.is_ok(), is_given, "{what}");
        assert_eq!(scene.registry.stretch_load().hashed() - before, 1, "{what}");
    }
}

#[test]
fn no_argon2id_is_done_for_a_template_that_is_not_there_or_a_generated_password() {
    let scene = chosen_scene();
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), "SN-1".parse().unwrap());
    assert!(matches!(refusal(&scene, &nowhere, "correct horse"), EnrollError::Refused));
    assert_eq!(scene.registry.stretch_load().hashed(), 0);
    let scene = self::scene();
    block_on(scene.enrolled("SN-1", &password(1)));
    assert!(matches!(refusal(&scene, &scene.id("SN-1"), &password(2)), EnrollError::Refused));
    assert_eq!(scene.registry.stretch_load().hashed(), 0);
}
