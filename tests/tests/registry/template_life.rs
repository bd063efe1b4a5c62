//! Templates that change, close and end.

use plugmint::{
    ControllerCap, Epoch, Living, NewPasswords, TemplateChange, TemplateName, TemplateState,
};

use plugmint_tests::{Trouble, TroubledStore};

use crate::prelude::*;

#[test]
fn a_template_changes_in_what_no_password_hangs_on() {
    let scene = scene();
    let (registry, id) = (&scene.registry, scene.template.id());
    let change = TemplateChange::new()
        .rename(TemplateName::parse("Blue refrigerators").unwrap())
        .repeat(RepeatPolicy::Never)
        .controllers(ControllerCap::new(3).unwrap());
    assert_eq!(block_on(registry.change_template(id, &change)).unwrap(), Outcome::Done);
    assert_eq!(block_on(registry.change_template(id, &change)).unwrap(), Outcome::AlreadyDone);
    let template = block_on(registry.template(id)).unwrap();
    let (before, after) = (scene.template.design(), template.design());
    assert_eq!(after.name().as_str(), "Blue refrigerators");
    assert_eq!(after.controllers().number(), 3);
    assert_eq!(after.password_class(), before.password_class());
    assert_eq!(after.argon2(), before.argon2());
    let (serial, _) = block_on(scene.enrolled("SN-1", &password(1)));
    assert!(matches!(refusal(&scene, &serial, &password(1)), EnrollError::AlreadyEnrolled));
}

#[test]
fn a_closed_template_is_unknown_to_devices_and_who_is_enrolled_connects() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, told) = block_on(scene.enrolled("SN-1", &password(1)));
    assert_eq!(block_on(registry.close_template(id.template())).unwrap(), Outcome::Done);
    assert_eq!(block_on(registry.close_template(id.template())).unwrap(), Outcome::AlreadyDone);
    assert!(matches!(refusal(&scene, &id, &password(1)), EnrollError::Refused));
    block_on(scene.connect(&told));
    assert_eq!(register_error(&scene, new_serial("SN-2", &password(2))).code(), "template-closed");
    let operator = block_on(registry.enroll_by_operator(&id, ada)).unwrap_err();
    assert_eq!(operator.code(), "template-closed");
    let passwords = NewPasswords::new(enroll_password(&password(3)));
    let transfer = block_on(registry.transfer(&id, &passwords, Epoch::FIRST, ada)).unwrap_err();
    assert_eq!(transfer.code(), "template-closed");
    block_on(registry.reactivate(&id, Epoch::FIRST, ada)).unwrap();
    assert_eq!(block_on(registry.open_template(id.template())).unwrap(), Outcome::Done);
    block_on(scene.enroll(&id, &password(1)));
}

#[test]
fn no_argon2id_is_paid_for_a_closed_template() {
    let scene = chosen_scene();
    let id = block_on(scene.register("SN-1", "correct horse"));
    block_on(scene.registry.close_template(id.template())).unwrap();
    let hashed = scene.registry.stretch_load().hashed();
    assert!(matches!(refusal(&scene, &id, "correct horse"), EnrollError::Refused));
    assert_eq!(scene.registry.stretch_load().hashed(), hashed);
}

#[test]
fn a_template_in_use_is_not_deleted_and_is_open_again() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    block_on(scene.register("SN-0", &password(0)));
    let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
    let delete = || block_on(registry.delete_template(id.template(), Living::Refuse, ada));
    let in_use = delete().unwrap_err();
    assert_eq!((in_use.code(), in_use.is_retryable()), ("in-use", false));
    assert!(block_on(registry.template(id.template())).unwrap().is_open());
    block_on(registry.close_template(id.template())).unwrap();
    assert_eq!(delete().unwrap_err().code(), "in-use");
    let state = block_on(registry.template(id.template())).unwrap().state();
    assert!(matches!(state, TemplateState::Closed { .. }), "it was closed before: {state:?}");
    block_on(registry.unenroll(&id, Epoch::FIRST, ada)).unwrap();
    assert_eq!(delete().unwrap(), Outcome::Done);
    assert_eq!(delete().unwrap(), Outcome::AlreadyDone);
}

#[test]
fn an_overlap_is_use_until_its_time_is_up() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.activated("SN-1", &password(1)));
    let until = plugmint::UnixMillis::new(scene.clock.time().millis() + 1000);
    block_on(registry.reactivate_with_overlap(&id, Epoch::FIRST, until, ada)).unwrap();
    let delete = || block_on(registry.delete_template(id.template(), Living::Refuse, ada));
    assert_eq!(delete().unwrap_err().code(), "in-use");
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(delete().unwrap(), Outcome::Done);
}

#[test]
fn a_deleted_template_is_a_tombstone() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let waiting = block_on(scene.register("SN-0", &password(0)));
    let (id, told) = block_on(scene.activated("SN-1", &password(1)));
    let template = *id.template();
    block_on(registry.delete_template(&template, Living::Retire, ada)).unwrap();
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Retired);
    assert_eq!(block_on(scene.status(&waiting)).stage, StageName::Registered);
    let credentials = told.credentials();
    let (plug_id, connection) = (credentials.plug_id(), credentials.connection_password());
    assert!(block_on(registry.authenticate(plug_id, connection)).is_err());
    assert!(matches!(refusal(&scene, &waiting, &password(0)), EnrollError::Refused));
    assert!(block_on(registry.templates(registry.company(), None, PAGE)).unwrap().is_empty());
    assert!(block_on(registry.template(&template)).unwrap().is_deleted());
    let codes = [
        block_on(registry.open_template(&template)).unwrap_err().code(),
        block_on(registry.close_template(&template)).unwrap_err().code(),
        block_on(registry.change_template(&template, &TemplateChange::new())).unwrap_err().code(),
        register_error(&scene, new_serial("SN-2", &password(2))).code(),
        block_on(registry.enroll_by_operator(&waiting, ada)).unwrap_err().code(),
    ];
    assert_eq!(codes, ["unknown-template"; 5]);
}

#[test]
fn a_deletion_that_was_given_up_is_taken_up_again() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    for number in 0..2_000 {
        let serial = format!("SN-{number:04}");
        if number % 500 == 0 {
            block_on(scene.activated(&serial, &password(number)));
        } else {
            block_on(scene.register(&serial, &password(number)));
        }
    }
    let id = scene.template.id();
    let mut first = registry.template_deletion(id, Living::Retire, ada);
    block_on(first.step()).unwrap();
    let progress = block_on(first.step()).unwrap();
    assert_eq!((progress.looked_at, progress.retired, progress.outcome), (1024, 3, None));
    drop(first);
    assert!(!block_on(registry.template(id)).unwrap().is_open());
    let mut second = registry.template_deletion(id, Living::Retire, ada);
    let mut last = block_on(second.step()).unwrap();
    while last.outcome.is_none() {
        last = block_on(second.step()).unwrap();
    }
    assert_eq!((last.looked_at, last.retired, last.outcome), (2_000, 1, Some(Outcome::Done)));
}

#[test]
fn whoever_opens_a_template_during_its_deletion_ends_that() {
    for living in [Living::Refuse, Living::Retire] {
        let scene = scene();
        let (registry, ada) = (&scene.registry, &scene.ada);
        let id = scene.template.id();
        block_on(scene.register("SN-1", &password(1)));
        let mut deletion = registry.template_deletion(id, living, ada);
        block_on(deletion.step()).unwrap();
        block_on(deletion.step()).unwrap();
        block_on(registry.open_template(id)).unwrap();
        block_on(scene.enroll(&scene.id("SN-1"), &password(1)));
        assert_eq!(block_on(deletion.step()).unwrap_err().code(), "opened");
        assert!(block_on(registry.template(id)).unwrap().is_open());
    }
}

#[test]
fn whoever_closes_a_template_during_a_deletion_that_is_refused_finds_it_closed() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let id = scene.template.id();
    let mut deletion = registry.template_deletion(id, Living::Refuse, ada);
    for number in 0..1_100 {
        block_on(scene.register(&format!("SN-{number:04}"), &password(number)));
    }
    block_on(scene.enroll(&scene.id("SN-1099"), &password(1099)));
    block_on(deletion.step()).unwrap();
    assert_eq!(block_on(registry.close_template(id)).unwrap(), Outcome::Done);
    block_on(deletion.step()).unwrap();
    assert_eq!(block_on(deletion.step()).unwrap_err().code(), "in-use");
    let state = block_on(registry.template(id)).unwrap().state();
    assert!(matches!(state, TemplateState::Closed { .. }), "{state:?}");
}

#[test]
fn a_step_that_failed_is_done_again_by_the_next() {
    let store = Arc::new(TroubledStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(block_on(scene.enrolled(&format!("SN-{number}"), &password(number))).0);
    }
    let mut deletion = registry.template_deletion(scene.template.id(), Living::Retire, ada);
    block_on(deletion.step()).unwrap();
    store.trouble(Trouble::FailsBefore, 1);
    assert_eq!(block_on(deletion.step()).unwrap_err().code(), "store");
    let mut last = block_on(deletion.step()).unwrap();
    while last.outcome.is_none() {
        last = block_on(deletion.step()).unwrap();
    }
    assert_eq!((last.looked_at, last.outcome), (3, Some(Outcome::Done)));
    for id in ids {
        assert_eq!(block_on(scene.status(&id)).stage, StageName::Retired);
    }
}

#[test]
fn a_template_that_is_renamed_during_a_deletion_that_is_refused_is_open_again() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let id = scene.template.id();
    let mut deletion = registry.template_deletion(id, Living::Refuse, ada);
    for number in 0..1_100 {
        block_on(scene.register(&format!("SN-{number:04}"), &password(number)));
    }
    block_on(scene.enroll(&scene.id("SN-1099"), &password(1099)));
    block_on(deletion.step()).unwrap();
    let change = TemplateChange::new().rename(TemplateName::parse("Blue ones").unwrap());
    block_on(registry.change_template(id, &change)).unwrap();
    block_on(deletion.step()).unwrap();
    assert_eq!(block_on(deletion.step()).unwrap_err().code(), "in-use");
    let template = block_on(registry.template(id)).unwrap();
    assert!(template.is_open());
    assert_eq!(template.design().name().as_str(), "Blue ones");
}
