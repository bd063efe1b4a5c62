//! Disable, enable, retire.

use crate::prelude::*;

#[test]
fn a_verb_that_is_done_says_so_and_writes_nothing() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let id = block_on(scene.register("SN-1", &password(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    assert_eq!(block_on(registry.enable(&id, ada)).unwrap(), Outcome::AlreadyDone);
    assert_eq!(block_on(registry.disable(&id, ada)).unwrap(), Outcome::Done);
    let commits = store.commits();
    assert_eq!(block_on(registry.disable(&id, ada)).unwrap(), Outcome::AlreadyDone);
    assert_eq!(store.commits(), commits);
    assert_eq!(block_on(registry.retire(&id, ada)).unwrap(), Outcome::Done);
    assert_eq!(block_on(registry.retire(&id, ada)).unwrap(), Outcome::AlreadyDone);
    assert_eq!(store.commits(), commits + 1);
}

#[test]
fn a_retired_serial_is_not_disabled_or_enabled() {
    let scene = scene();
    let id = block_on(scene.register("SN-1", &password(1)));
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    for answer in [
        block_on(scene.registry.disable(&id, &scene.ada)),
        block_on(scene.registry.enable(&id, &scene.ada)),
    ] {
        assert!(matches!(answer, Err(VerbError::Refused(RetiredSerial))));
    }
}

#[test]
fn operators_are_told_which_of_the_two_is_unknown() {
    let scene = scene();
    let serial = scene.id("SN-9");
    let template = SerialId::new(TemplateId::from_parts([9; 12]), *serial.serial());
    let (registry, ada) = (&scene.registry, &scene.ada);
    assert_eq!(block_on(registry.disable(&serial, ada)).unwrap_err().code(), "unknown-serial");
    assert_eq!(block_on(registry.enable(&template, ada)).unwrap_err().code(), "unknown-template");
    let error = block_on(registry.retire(&serial, ada)).unwrap_err();
    assert!(matches!(error, RetireError::Unknown(Unknown::Serial { .. })));
    assert_eq!(block_on(registry.serial(&template)).unwrap_err().code(), "unknown-template");
    assert_eq!(
        block_on(registry.history(&serial, None, PAGE)).unwrap_err().code(),
        "unknown-serial"
    );
}
