//! Registering serials, one and many.

use crate::prelude::*;

#[test]
fn a_serial_is_registered_once() {
    let scene = scene();
    block_on(scene.register("SN-1", &password(1)));
    let same = register_error(&scene, new_serial("SN-1", &password(1)));
    assert!(matches!(same, RegisterError::AlreadyRegistered { .. }));
    let other = register_error(&scene, new_serial("SN-1", &password(2)));
    assert!(matches!(other, RegisterError::SerialTaken { .. }));
}

#[test]
fn another_control_password_is_another_registration() {
    let scene = scene();
    let with = |control: u32| {
        let control = ControlPassword::parse(&password(control)).unwrap();
        new_serial("SN-1", &password(1)).with_control_password(control)
    };
    block_on(scene.registry.register(scene.template.id(), with(2), &scene.ada)).unwrap();
    assert_eq!(register_error(&scene, with(2)).code(), "already-registered");
    assert_eq!(register_error(&scene, with(3)).code(), "serial-taken");
    let without = new_serial("SN-1", &password(1));
    assert_eq!(register_error(&scene, without).code(), "serial-taken");
}

#[test]
fn a_retired_serial_cannot_be_registered_again() {
    let scene = scene();
    let id = block_on(scene.register("SN-1", &password(1)));
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    let again = register_error(&scene, new_serial("SN-1", &password(1)));
    assert!(matches!(again, RegisterError::Retired { .. }));
}

#[test]
fn the_same_serial_of_another_template_is_another_device() {
    let scene = scene();
    let other =
        block_on(scene.registry.create_template(scene.registry.company(), design())).unwrap();
    let (_, first) = block_on(scene.enrolled("SN-1", &password(1)));
    let new = new_serial("SN-1", &password(1));
    block_on(scene.registry.register(other.id(), new, &scene.ada)).unwrap();
    let id = SerialId::new(*other.id(), "SN-1".parse().unwrap());
    let second = block_on(scene.enroll(&id, &password(1)));
    assert_ne!(first.credentials().plug_id(), second.credentials().plug_id());
}

#[test]
fn a_password_of_the_wrong_class_is_refused() {
    let scene = scene();
    let sentence = register_error(&scene, new_serial("SN-1", "correct horse"));
    assert!(matches!(sentence, RegisterError::Passwords(PasswordRefusal::EnrollPassword(_))));
    let control = ControlPassword::parse("correct horse").unwrap();
    let new = new_serial("SN-1", &password(1)).with_control_password(control);
    assert!(matches!(
        register_error(&scene, new),
        RegisterError::Passwords(PasswordRefusal::ControlPassword(_))
    ));
}

#[test]
fn one_password_for_both_is_refused() {
    let scene = scene();
    let control = ControlPassword::parse(&password(1)).unwrap();
    let new = new_serial("SN-1", &password(1)).with_control_password(control);
    assert!(matches!(
        register_error(&scene, new),
        RegisterError::Passwords(PasswordRefusal::SamePasswords)
    ));
}

#[test]
fn a_serial_of_an_unknown_template_is_refused() {
    let scene = scene();
    let unknown = TemplateId::from_parts([9; 12]);
    let new = new_serial("SN-1", &password(1));
    let error = block_on(scene.registry.register(&unknown, new, &scene.ada)).unwrap_err();
    assert!(matches!(error, RegisterError::Unknown(Unknown::Template { id }) if id == unknown));
}

#[test]
fn a_registration_that_is_refused_writes_nothing() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    block_on(scene.register("SN-1", &password(1)));
    let commits = store.commits();
    register_error(&scene, new_serial("SN-1", &password(1)));
    register_error(&scene, new_serial("SN-2", "not generated"));
    assert_eq!(store.commits(), commits);
}

#[test]
fn what_was_refused_is_not_there() {
    let scene = scene();
    register_error(&scene, new_serial("SN-1", "correct horse"));
    let error = block_on(scene.registry.serial(&scene.id("SN-1"))).unwrap_err();
    assert!(matches!(error, LookUpError::Unknown(Unknown::Serial { .. })));
}

#[test]
fn many_serials_are_one_commit_and_each_has_its_verdict() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    block_on(scene.register("SN-2", &password(2)));
    let commits = store.commits();
    let new = vec![
        new_serial("SN-1", &password(1)),
        new_serial("SN-2", &password(2)),
        new_serial("SN-2", &password(3)),
        new_serial("SN-3", "no generator wrote this"),
        new_serial("SN-4", &password(4)),
        new_serial("SN-4", &password(4)),
    ];
    let verdicts =
        block_on(scene.registry.register_all(scene.template.id(), new, &scene.ada)).unwrap();
    let codes: Vec<_> = verdicts
        .iter()
        .map(|verdict| verdict.as_ref().map_or_else(RegisterError::code, |_| "registered"))
        .collect();
    assert_eq!(
        codes,
        [
            "registered",
            "already-registered",
            "serial-taken",
            "wrong-enroll-password-class",
            "registered",
            "already-registered"
        ]
    );
    assert_eq!(store.commits(), commits + 1);
    let there =
        block_on(scene.registry.serials(&of_template(scene.template.id()), None, PAGE)).unwrap();
    let there: Vec<_> = there.serials.iter().map(|status| status.id.serial().to_string()).collect();
    assert_eq!(there, ["SN-1", "SN-2", "SN-4"]);
    for status in verdicts.into_iter().flatten() {
        assert_eq!(block_on(scene.registry.serial(&status.id)).unwrap(), status);
        assert_eq!(block_on(scene.registry.history(&status.id, None, PAGE)).unwrap().len(), 1);
    }
}

#[test]
fn checking_serials_registers_none() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let commits = store.commits();
    let new = vec![new_serial("SN-1", &password(1)), new_serial("SN-2", "not generated")];
    let verdicts = block_on(scene.registry.check_all(scene.template.id(), new)).unwrap();
    assert!(verdicts[0].is_ok() && verdicts[1].is_err());
    assert_eq!(store.commits(), commits);
}

#[test]
fn an_enroll_key_is_kept_only_where_operators_may_enroll() {
    let allowed = design().with_operator_enroll(OperatorEnroll::Allowed);
    let (kept, refused) = (block_on(Scene::new(memory(), allowed)), scene());
    let id = block_on(kept.register("SN-1", &password(1)));
    assert!(block_on(kept.status(&id)).sealed);
    let enrollment = block_on(kept.enroll(&id, &password(1)));
    assert!(block_on(kept.status(&id)).sealed);
    block_on(kept.connect(&enrollment));
    assert!(!block_on(kept.status(&id)).sealed, "activation erases it");
    let id = block_on(refused.register("SN-1", &password(1)));
    assert!(!block_on(refused.status(&id)).sealed);
}
