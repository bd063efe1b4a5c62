//! How many may control a Thing, and who makes room.

use plugmint::{
    AccessLevel, ControllerEnrollment, ControllerStageName, EnrollControllerError, Epoch, Ordinal,
};
use plugmint_tests::known_as;

use crate::prelude::*;

use super::{anybody, capped, control, control_error, name_of};

#[test]
fn the_oldest_that_never_connected_makes_room() {
    let scene = block_on(Scene::new(memory(), capped(3)));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = [(); 3].map(|()| control(&scene, &id, 1, &anybody()));
    block_on(scene.connect_as(told[0].credentials())).unwrap();
    let fourth = control(&scene, &id, 1, &anybody());
    assert_eq!(fourth.ordinal(), Ordinal::new(3));
    let stage = |of: &ControllerEnrollment| {
        block_on(scene.registry.controller(&name_of(of))).unwrap().stage
    };
    let stages = [&told[0], &told[1], &told[2], &fourth].map(stage);
    let [activated, retired, enrolled] = [
        ControllerStageName::Activated,
        ControllerStageName::Retired,
        ControllerStageName::Enrolled,
    ];
    assert_eq!(stages, [activated, retired, enrolled, enrolled]);
    assert!(block_on(scene.connect_as(told[1].credentials())).is_err());
    assert_eq!(block_on(scene.access(&name_of(&told[1]), &id)), AccessLevel::None);
}

#[test]
fn where_all_have_connected_there_is_no_room_until_one_is_retired() {
    let scene = block_on(Scene::new(memory(), capped(2)));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = ["phone", "panel"].map(|own| control(&scene, &id, 1, &known_as(own)));
    for told in &told {
        block_on(scene.connect_as(told.credentials())).unwrap();
    }
    let refused = control_error(&scene, &id, 1, &anybody());
    assert!(matches!(refused, EnrollControllerError::TooMany));
    assert_eq!(block_on(scene.status(&id)).next_ordinal, Ordinal::new(2));
    // One that is disabled, or must enroll again, keeps its place.
    block_on(scene.registry.disable_controller(&name_of(&told[0]), &scene.ada)).unwrap();
    let panel = name_of(&told[1]);
    block_on(scene.registry.reactivate_controller(&panel, Epoch::FIRST, &scene.ada)).unwrap();
    let refused = control_error(&scene, &id, 1, &anybody());
    assert_eq!(refused.code(), "too-many-controllers");
    assert_eq!(control(&scene, &id, 1, &known_as("panel")).outcome(), EnrollOutcome::Reissued);
    block_on(scene.registry.retire_controller(&name_of(&told[0]), &scene.ada)).unwrap();
    assert_eq!(control(&scene, &id, 1, &anybody()).ordinal(), Ordinal::new(2));
}

#[test]
fn a_thing_has_sixty_four_places_unless_told_otherwise() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    for number in 0..64 {
        let told = control(&scene, &id, 1, &anybody());
        assert_eq!(told.ordinal(), Ordinal::new(number));
        block_on(scene.connect_as(told.credentials())).unwrap();
    }
    assert_eq!(control_error(&scene, &id, 1, &anybody()).code(), "too-many-controllers");
}

#[test]
fn when_all_grants_on_a_thing_have_ended_its_places_are_free() {
    let scene = block_on(Scene::new(memory(), capped(1)));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &anybody());
    block_on(scene.connect_as(first.credentials())).unwrap();
    assert_eq!(control_error(&scene, &id, 1, &anybody()).code(), "too-many-controllers");
    block_on(scene.registry.unenroll(&id, Epoch::FIRST, &scene.ada)).unwrap();
    block_on(scene.enroll(&id, &password(1)));
    assert_eq!(control(&scene, &id, 1, &anybody()).ordinal(), Ordinal::new(1));
    // Whoever came before lives on without it.
    block_on(scene.connect_as(first.credentials())).unwrap();
    assert_eq!(block_on(scene.access(&name_of(&first), &id)), AccessLevel::None);
}
