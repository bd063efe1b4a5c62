//! What operators do with Controllers, and what they are shown.

use plugmint::{
    ControllerRefusal, ControllerStageName, Epoch, EpochRefusal, GrantsThen, Living, Ordinal,
    PlugIdKind, ReactivateControllerRefusal,
};
use plugmint_tests::{control_of, control_password, known_as};

use crate::prelude::*;

use super::{anybody, both, control, name_of};

fn reactivate_error(scene: &Scene, plug_id: &PlugId, seen: u32) -> ReactivateControllerRefusal {
    let seen = Epoch::new(seen);
    match block_on(scene.registry.reactivate_controller(plug_id, seen, &scene.ada)) {
        Err(VerbError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_verb_on_a_controller_is_one_commit_and_its_repeat_says_that_it_was_done() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let plug_id = name_of(&control(&scene, &id, 1, &known_as("phone")));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let verbs: [&dyn Fn() -> Outcome; 4] = [
        &|| block_on(registry.disable_controller(&plug_id, ada)).unwrap(),
        &|| block_on(registry.enable_controller(&plug_id, ada)).unwrap(),
        &|| block_on(registry.reactivate_controller(&plug_id, Epoch::FIRST, ada)).unwrap(),
        &|| block_on(registry.retire_controller(&plug_id, ada)).unwrap(),
    ];
    for verb in verbs {
        let commits = store.attempts();
        assert_eq!((verb(), store.attempts() - commits), (Outcome::Done, 1));
        assert_eq!((verb(), store.attempts() - commits), (Outcome::AlreadyDone, 1));
    }
}

#[test]
fn a_retired_controller_is_only_retired() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let plug_id = name_of(&control(&scene, &id, 1, &known_as("phone")));
    let (registry, ada) = (&scene.registry, &scene.ada);
    scene.clock.advance(Duration::from_secs(1));
    block_on(registry.retire_controller(&plug_id, ada)).unwrap();
    let retired = block_on(registry.controller(&plug_id)).unwrap();
    assert_eq!((retired.mark, retired.retired_at), (None, Some(scene.clock.time())));
    for refused in [
        block_on(registry.disable_controller(&plug_id, ada)),
        block_on(registry.enable_controller(&plug_id, ada)),
    ] {
        assert!(matches!(refused, Err(VerbError::Refused(ControllerRefusal::Retired))));
    }
    let refused = reactivate_error(&scene, &plug_id, 0);
    assert_eq!(refused, ReactivateControllerRefusal::Retired);
}

#[test]
fn a_controller_is_reactivated_at_the_epoch_that_was_seen() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let plug_id = name_of(&control(&scene, &id, 1, &known_as("phone")));
    let moved = |seen, now| {
        let (seen, now) = (Epoch::new(seen), Epoch::new(now));
        ReactivateControllerRefusal::Epoch(EpochRefusal::Moved { seen, now })
    };
    assert_eq!(reactivate_error(&scene, &plug_id, 1), moved(1, 0));
    let reactivate = |seen| {
        let seen = Epoch::new(seen);
        block_on(scene.registry.reactivate_controller(&plug_id, seen, &scene.ada)).unwrap()
    };
    assert_eq!(reactivate(0), Outcome::Done);
    let refused = reactivate_error(&scene, &plug_id, 1);
    assert_eq!(refused, ReactivateControllerRefusal::NotEnrolled);
    control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(reactivate(0), Outcome::AlreadyDone);
    assert_eq!(reactivate(1), Outcome::Done);
    assert_eq!(reactivate_error(&scene, &plug_id, 0), moved(0, 2));
}

#[test]
fn a_controller_that_could_not_enroll_again_is_not_reactivated() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let nameless = name_of(&control(&scene, &id, 1, &anybody()));
    let refused = reactivate_error(&scene, &nameless, 0);
    assert_eq!(refused, ReactivateControllerRefusal::NotReissuable);
    let named = name_of(&control(&scene, &id, 1, &known_as("phone")));
    let (new, stay) = (control_password(&control_of(2)), GrantsThen::Stay);
    block_on(scene.registry.replace_control_password(&id, &new, stay, &scene.ada)).unwrap();
    let refused = reactivate_error(&scene, &named, 0);
    assert_eq!(
        (refused.code(), refused),
        ("not-reissuable", ReactivateControllerRefusal::NotReissuable)
    );
}

#[test]
fn a_controller_of_a_retired_thing_is_not_reactivated_and_may_be_retired() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let named = name_of(&control(&scene, &id, 1, &known_as("phone")));
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    let refused = reactivate_error(&scene, &named, 0);
    assert_eq!(refused, ReactivateControllerRefusal::NotReissuable);
    let retired = block_on(scene.registry.retire_controller(&named, &scene.ada));
    assert_eq!(retired.unwrap(), Outcome::Done);
}

/// Every verb on a Controller, and looking it up.
fn codes(scene: &Scene, plug_id: &PlugId) -> [&'static str; 5] {
    let (registry, ada) = (&scene.registry, &scene.ada);
    [
        block_on(registry.controller(plug_id)).unwrap_err().code(),
        block_on(registry.disable_controller(plug_id, ada)).unwrap_err().code(),
        block_on(registry.enable_controller(plug_id, ada)).unwrap_err().code(),
        block_on(registry.reactivate_controller(plug_id, Epoch::FIRST, ada)).unwrap_err().code(),
        block_on(registry.retire_controller(plug_id, ada)).unwrap_err().code(),
    ]
}

#[test]
fn a_thing_is_no_controller_and_a_controller_is_no_thing() {
    let scene = scene();
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &anybody());
    let thing = *enrollment.credentials().plug_id();
    let nobody = "dev-0123456789abcdef01234567".parse().unwrap();
    // The same bytes under another kind are another name.
    let as_template = PlugId::from_parts(PlugIdKind::Template, *name_of(&told).body());
    for plug_id in [thing, nobody, as_template, scene.template.id().plug_id()] {
        assert_eq!(codes(&scene, &plug_id), ["unknown-controller"; 5]);
    }
    let found = block_on(scene.registry.serial_of(&name_of(&told)));
    assert!(
        matches!(found, Err(FindError::UnknownPlugId { plug_id }) if plug_id == name_of(&told))
    );
    assert_eq!(block_on(scene.registry.serial_of(&thing)).unwrap(), id);
    // Nor when it is over.
    block_on(scene.registry.retire_controller(&name_of(&told), &scene.ada)).unwrap();
    assert!(block_on(scene.registry.serial_of(&name_of(&told))).is_err());
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    assert_eq!(codes(&scene, &thing), ["unknown-controller"; 5]);
}

#[test]
fn controllers_are_listed_in_pages_oldest_first_retired_ones_too() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    // The Controllers of a Thing whose number goes on are others.
    let (longer, _) = block_on(scene.thing("SN-10", 10));
    control(&scene, &longer, 10, &anybody());
    let told = [(); 5].map(|()| control(&scene, &id, 1, &anybody()));
    block_on(scene.registry.retire_controller(&name_of(&told[1]), &scene.ada)).unwrap();
    for limit in [1, 2, 3, 5, 6] {
        let limit = NonZeroUsize::new(limit).unwrap();
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = block_on(scene.registry.controllers(&id, after, limit)).unwrap();
            assert!(page.controllers.len() <= limit.get());
            listed.extend(page.controllers);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let names: Vec<_> = listed.iter().map(|status| status.plug_id).collect();
        assert_eq!(names, told.each_ref().map(name_of));
        assert_eq!(listed[1].stage, ControllerStageName::Retired);
        for status in listed {
            let one = block_on(scene.registry.controller(&status.plug_id)).unwrap();
            assert_eq!(one, status);
        }
    }
    let behind = block_on(scene.registry.controllers(&id, Some(Ordinal::new(9)), PAGE)).unwrap();
    assert_eq!((behind.controllers.len(), behind.next), (0, None));
}

#[test]
fn who_lists_controllers_is_told_what_is_unknown() {
    let scene = scene();
    let unknown = scene.id("SN-9");
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), *unknown.serial());
    let code = |id| block_on(scene.registry.controllers(id, None, PAGE)).unwrap_err().code();
    assert_eq!((code(&unknown), code(&nowhere)), ("unknown-serial", "unknown-template"));
}

#[test]
fn controllers_of_a_deleted_template_are_on_record_and_may_be_retired() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &known_as("phone"));
    let (registry, ada) = (&scene.registry, &scene.ada);
    block_on(registry.delete_template(id.template(), Living::Retire, ada)).unwrap();
    assert_eq!(block_on(registry.controllers(&id, None, PAGE)).unwrap().controllers.len(), 1);
    block_on(scene.connect_as(told.credentials())).unwrap();
    let retired = block_on(registry.retire_controller(&name_of(&told), ada)).unwrap();
    assert_eq!(retired, Outcome::Done);
}

#[test]
fn a_transferred_thing_goes_on_with_the_next_ordinal() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    let new = plugmint::NewPasswords::new(enroll_password(&password(2)));
    let new = new.with_control(control_password(&control_of(2)));
    block_on(scene.registry.transfer(&id, &new, Epoch::FIRST, &scene.ada)).unwrap();
    block_on(scene.enroll(&id, &password(2)));
    let second = control(&scene, &id, 2, &known_as("phone"));
    assert_eq!((second.outcome(), second.ordinal()), (EnrollOutcome::First, Ordinal::new(1)));
    assert_ne!(both(&first), both(&second));
}
