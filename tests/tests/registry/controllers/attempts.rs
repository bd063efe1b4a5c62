//! Strangers try control passwords: how often, and whom they hold up.

use plugmint::{
    AddThingError, ControlClass, ControllerRequest, Credentials, Source, TemplateDesign,
};
use plugmint_tests::{control_password, known_as};

use crate::attempts::{limited, source};
use crate::prelude::*;

use super::anybody;

const ENROLL: &str = "correct horse battery";
const RIGHT: &str = "another horse battery";
const WRONG: &str = "third horse battery";

fn design() -> TemplateDesign {
    chosen_design().with_control_class(ControlClass::Chosen)
}

/// A Thing whose passwords people chose.
fn thing(scene: &Scene, serial: &str) -> SerialId {
    let id = block_on(scene.register_controllable(serial, ENROLL, RIGHT));
    block_on(scene.enroll(&id, ENROLL));
    id
}

/// What an attempt to control came to, without a source or from one.
fn attempt(scene: &Scene, from: Option<u32>, thing: &SerialId, password: &str) -> &'static str {
    attempt_as(scene, from, thing, password, &anybody())
}

fn attempt_as(
    scene: &Scene,
    from: Option<u32>,
    thing: &SerialId,
    password: &str,
    request: &ControllerRequest,
) -> &'static str {
    let (from, password) = (from.map(source), control_password(password));
    let asked = scene.registry.enroll_controller(from.as_ref(), thing, &password, request);
    block_on(asked).map_or_else(|error| error.code(), |_| "enrolled")
}

/// What an attempt to add a Thing came to.
fn add(
    scene: &Scene,
    from: Option<&Source>,
    holder: &Credentials,
    thing: &SerialId,
    password: &str,
) -> &'static str {
    let (plug_id, connection) = (holder.plug_id(), holder.connection_password());
    let control = control_password(password);
    let added = scene.registry.add_thing(from, plug_id, connection, thing, &control);
    block_on(added).map_or_else(|error| error.code(), |_| "added")
}

/// How many of so many wrong attempts were looked at.
fn looked_at(scene: &Scene, from: impl Fn(u32) -> Option<u32>, thing: &SerialId) -> usize {
    (0..40)
        .filter(|number| match attempt(scene, from(*number), thing, WRONG) {
            "refused" => true,
            "throttled" => false,
            other => panic!("a wrong password came to {other}"),
        })
        .count()
}

#[test]
fn a_control_password_has_eight_attempts_apart_from_those_of_the_enroll_password() {
    let scene = limited(design());
    let id = thing(&scene, "SN-1");
    assert_eq!(looked_at(&scene, |_| None, &id), 8);
    assert_eq!(attempt(&scene, None, &id, RIGHT), "throttled");
    // The device itself enrolls as ever.
    block_on(scene.enroll(&id, ENROLL));
    scene.clock.advance(Duration::from_secs(20));
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
    // And the other way round.
    let id = thing(&scene, "SN-2");
    for _ in 0..8 {
        assert_eq!(refusal(&scene, &id, WRONG).code(), "refused");
    }
    assert_eq!(refusal(&scene, &id, ENROLL).code(), "throttled");
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
}

#[test]
fn one_source_has_a_fourth_of_a_things_attempts() {
    let scene = limited(design());
    let id = thing(&scene, "SN-1");
    assert_eq!(looked_at(&scene, |_| Some(1), &id), 2);
    assert_eq!(attempt(&scene, Some(1), &id, RIGHT), "throttled");
    assert_eq!(attempt(&scene, Some(2), &id, RIGHT), "enrolled");
    assert_eq!(attempt(&scene, None, &id, RIGHT), "enrolled");
}

#[test]
fn a_thing_that_may_not_be_controlled_is_charged_as_one_that_may() {
    let scene = limited(design());
    let (registry, ada) = (&scene.registry, &scene.ada);
    let known = thing(&scene, "SN-1");
    let disabled = thing(&scene, "SN-2");
    block_on(registry.disable(&disabled, ada)).unwrap();
    let retired = thing(&scene, "SN-3");
    block_on(registry.retire(&retired, ada)).unwrap();
    let registered = block_on(scene.register_controllable("SN-4", ENROLL, RIGHT));
    for id in [known, disabled, retired, registered, scene.id("SN-9")] {
        assert_eq!(looked_at(&scene, |_| None, &id), 8, "{id}");
        assert_eq!(looked_at(&scene, |_| Some(1), &id), 0, "{id}");
    }
}

#[test]
fn who_knows_the_control_password_is_not_limited() {
    let scene = limited(design().with_controllers(plugmint::ControllerCap::new(1).unwrap()));
    let id = thing(&scene, "SN-1");
    for _ in 0..40 {
        assert_eq!(attempt(&scene, Some(1), &id, RIGHT), "enrolled");
        assert_eq!(attempt_as(&scene, Some(1), &id, RIGHT, &known_as("phone")), "enrolled");
    }
    // Nor is who proved it and finds no room.
    let told = block_on(scene.control(&id, RIGHT, &anybody()));
    block_on(scene.connect_as(told.credentials())).unwrap();
    for _ in 0..40 {
        assert_eq!(attempt(&scene, Some(1), &id, RIGHT), "too-many-controllers");
    }
}

#[test]
fn a_generated_control_password_is_limited_by_source_alone() {
    let scene = limited(plugmint_tests::design());
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let tries = |from: Option<u32>| {
        (0..300).filter(|_| attempt(&scene, from, &id, &password(7)) == "refused").count()
    };
    assert_eq!((tries(None), tries(Some(1)), tries(Some(2))), (300, 256, 256));
    let right = plugmint_tests::control_of(1);
    assert_eq!(attempt(&scene, Some(3), &id, &right), "enrolled");
}

#[test]
fn a_template_that_is_not_there_or_closed_costs_its_source_alone() {
    let scene = limited(design());
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), "SN-1".parse().unwrap());
    let id = thing(&scene, "SN-1");
    block_on(scene.registry.close_template(id.template())).unwrap();
    let tries = |id: &SerialId, from: Option<u32>| {
        (0..300).filter(|_| attempt(&scene, from, id, WRONG) == "refused").count()
    };
    assert_eq!((tries(&nowhere, None), tries(&nowhere, Some(1))), (300, 256));
    assert_eq!((tries(&id, None), tries(&id, Some(2))), (300, 256));
}

#[test]
fn adding_a_thing_is_charged_for_a_wrong_control_password_and_for_nothing_else() {
    let scene = limited(design());
    let id = thing(&scene, "SN-1");
    let holder = block_on(scene.enrolled("HOLDER", ENROLL)).1;
    let holder = holder.credentials();
    let right = || add(&scene, None, holder, &id, RIGHT);
    // It is given back, also for a repeat.
    for _ in 0..40 {
        assert_eq!(right(), "added");
    }
    let wrong = || add(&scene, None, holder, &id, WRONG);
    let answers: Vec<_> = (0..9).map(|_| wrong()).collect();
    assert_eq!(answers[..8], ["thing-refused"; 8]);
    assert_eq!((answers[8], right()), ("throttled", "throttled"));
    // They are the same as those of who would enroll, and apart from the device's.
    assert_eq!(attempt(&scene, None, &id, RIGHT), "throttled");
    block_on(scene.enroll(&id, ENROLL));
    scene.clock.advance(Duration::from_secs(20));
    assert_eq!(right(), "added");
}

#[test]
fn adding_a_thing_costs_nothing_before_the_holder_has_proved_itself() {
    let scene = limited(design());
    let id = thing(&scene, "SN-1");
    let holder = block_on(scene.enrolled("HOLDER", ENROLL)).1;
    let told = holder.credentials();
    let nobody = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let (wrong, from) = (control_password(WRONG), source(1));
    for _ in 0..400 {
        let adding = scene.registry.add_thing(Some(&from), told.plug_id(), &nobody, &id, &wrong);
        assert!(matches!(block_on(adding), Err(AddThingError::Refused)));
    }
    assert_eq!(add(&scene, Some(&from), told, &id, RIGHT), "added");
    assert_eq!(looked_at(&scene, |_| None, &id), 8);
}

#[test]
fn a_throttled_holder_is_told_when_to_come_again() {
    let scene = limited(design());
    let id = thing(&scene, "SN-1");
    let holder = block_on(scene.enrolled("HOLDER", ENROLL)).1;
    let told = holder.credentials();
    looked_at(&scene, |_| None, &id);
    scene.clock.advance(Duration::from_secs(10));
    let control = control_password(RIGHT);
    let (plug_id, password) = (told.plug_id(), told.connection_password());
    let refused = block_on(scene.registry.add_thing(None, plug_id, password, &id, &control));
    let refused = refused.unwrap_err();
    assert_eq!((refused.code(), refused.is_retryable()), ("throttled", true));
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(10)));
}
