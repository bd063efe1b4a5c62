//! What is told of Controllers and grants: the Thing's history, the feed, and whoever listens.

use std::collections::BTreeSet;

use plugmint::{ControllerRequest, Epoch, Event, FeedCursor};
use plugmint_tests::{control_of, control_password, known_as};

use crate::attempts::source;
use crate::hooks::listened;
use crate::prelude::*;

use super::{anybody, capped, control, control_error, name_of};

/// What happened to a Thing, to whom, and by whom.
fn told(scene: &Scene, id: &SerialId) -> Vec<(EventKind, Option<PlugId>, bool)> {
    let events = block_on(scene.registry.history(id, None, PAGE)).unwrap();
    let author = |event: &Event| matches!(event.author(), Author::Operator(_));
    events.iter().map(|event| (event.kind(), event.about().copied(), author(event))).collect()
}

#[test]
fn what_happens_to_controllers_stands_in_the_history_of_their_thing() {
    let scene = block_on(Scene::new(memory(), capped(1)));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let phone = control(&scene, &id, 1, &known_as("phone"));
    let about = Some(name_of(&phone));
    block_on(registry.reactivate_controller(&name_of(&phone), Epoch::FIRST, ada)).unwrap();
    let phone = control(&scene, &id, 1, &known_as("phone"));
    let (plug_id, password) = (name_of(&phone), phone.credentials().connection_password());
    let panel = control(&scene, &id, 1, &anybody());
    block_on(scene.connect_as(panel.credentials())).unwrap();
    block_on(registry.disable_controller(&name_of(&panel), ada)).unwrap();
    block_on(registry.enable_controller(&name_of(&panel), ada)).unwrap();
    block_on(registry.retire_controller(&name_of(&panel), ada)).unwrap();
    let tablet = control(&scene, &id, 1, &anybody());
    let of_tablet = tablet.credentials().connection_password();
    block_on(registry.unenroll_by_device(&name_of(&tablet), of_tablet)).unwrap();
    assert!(block_on(registry.authenticate(&plug_id, password)).is_err());
    let (panel, tablet) = (Some(name_of(&panel)), Some(name_of(&tablet)));
    let expected = [
        (EventKind::Registered, None, true),
        (EventKind::Enrolled, None, false),
        (EventKind::ControllerEnrolled, about, false),
        (EventKind::ControllerReactivated, about, true),
        (EventKind::ControllerReissued, about, false),
        // It makes room for the panel.
        (EventKind::ControllerRetired, about, false),
        (EventKind::ControllerEnrolled, panel, false),
        (EventKind::ControllerActivated, panel, false),
        (EventKind::ControllerDisabled, panel, true),
        (EventKind::ControllerEnabled, panel, true),
        (EventKind::ControllerRetired, panel, true),
        (EventKind::ControllerEnrolled, tablet, false),
        (EventKind::ControllerRetired, tablet, false),
    ];
    assert_eq!(told(&scene, &id), expected);
    block_on(registry.verify_history(&id, None)).unwrap();
    assert_eq!(block_on(scene.status(&id)).events, expected.len() as u64);
}

/// A grant stands under the Thing that is granted; all that somebody held, under its own.
#[test]
fn what_happens_to_grants_stands_in_the_history_of_the_thing_and_of_the_holder() {
    let scene = scene();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let (other, _) = block_on(scene.thing("SN-2", 2));
    let holder = enrollment.credentials();
    let (plug_id, password) = (holder.plug_id(), holder.connection_password());
    let right = control_password(&control_of(2));
    block_on(registry.add_thing(None, plug_id, password, &other, &right)).unwrap();
    block_on(registry.release_things(plug_id, password, &[other])).unwrap();
    block_on(registry.grant(&other, plug_id, ada)).unwrap();
    block_on(registry.release(&other, plug_id, ada)).unwrap();
    block_on(registry.release_all_things(plug_id, password)).unwrap();
    block_on(registry.release_all(plug_id, ada)).unwrap();
    block_on(registry.set_access(&other, Some(plugmint::AccessLevel::Read), ada)).unwrap();
    let about = Some(*plug_id);
    assert_eq!(
        told(&scene, &other)[2..],
        [
            (EventKind::GrantAdded, about, false),
            (EventKind::GrantReleased, about, false),
            (EventKind::GrantAdded, about, true),
            (EventKind::GrantReleased, about, true),
            (EventKind::AccessSet, None, true),
        ]
    );
    let ended =
        [(EventKind::GrantsReleased, about, false), (EventKind::GrantsReleased, about, true)];
    assert_eq!(told(&scene, &id)[2..], ended);
    for id in [id, other] {
        block_on(registry.verify_history(&id, None)).unwrap();
    }
}

#[test]
fn the_feed_gives_each_event_of_a_controller_once() {
    let scene = block_on(Scene::new(memory(), capped(1)));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let mut feed = scene.registry.feed(FeedCursor::START);
    let mut given = Vec::new();
    for _ in 0..3 {
        // The second and third time one retires too, in the same commit.
        control(&scene, &id, 1, &anybody());
        given.extend(block_on(feed.next_page(PAGE)).unwrap());
    }
    let named: BTreeSet<_> = given.iter().map(|told| (told.id, told.event.number())).collect();
    assert_eq!((given.len(), named.len()), (2 + 1 + 2 + 2, given.len()));
    let told = told(&scene, &id);
    let given: Vec<_> =
        given.iter().map(|fed| (fed.event.kind(), fed.event.about().copied())).collect();
    assert_eq!(given, told.iter().map(|(kind, about, _)| (*kind, *about)).collect::<Vec<_>>());
    assert_eq!(block_on(feed.next_page(PAGE)).unwrap(), []);
}

#[test]
fn a_controller_that_can_connect_no_more_is_told_once() {
    let (scene, listens) = listened(capped(1));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let phone = control(&scene, &id, 1, &known_as("phone"));
    let plug_id = name_of(&phone);
    block_on(scene.connect_as(phone.credentials())).unwrap();
    assert_eq!(listens.heard(), [""; 0]);
    block_on(registry.disable_controller(&plug_id, ada)).unwrap();
    block_on(registry.disable_controller(&plug_id, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by ControllerDisabled"]);
    block_on(registry.enable_controller(&plug_id, ada)).unwrap();
    assert_eq!(listens.heard(), [""; 0]);
    block_on(registry.reactivate_controller(&plug_id, Epoch::FIRST, ada)).unwrap();
    block_on(registry.reactivate_controller(&plug_id, Epoch::FIRST, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by ControllerReactivated"]);
    // There is no password that could be revoked.
    block_on(registry.disable_controller(&plug_id, ada)).unwrap();
    block_on(registry.enable_controller(&plug_id, ada)).unwrap();
    assert_eq!(listens.heard(), [""; 0]);
    control(&scene, &id, 1, &known_as("phone"));
    block_on(registry.retire_controller(&plug_id, ada)).unwrap();
    block_on(registry.retire_controller(&plug_id, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by ControllerRetired"]);
    // One that makes room, and one that takes itself off.
    control(&scene, &id, 1, &anybody());
    assert_eq!(listens.heard(), [""; 0]);
    let last = control(&scene, &id, 1, &anybody());
    assert_eq!(listens.heard(), ["revoked by ControllerRetired"]);
    let password = last.credentials().connection_password();
    block_on(registry.unenroll_by_device(&name_of(&last), password)).unwrap();
    assert_eq!(listens.heard(), ["revoked by ControllerRetired"]);
}

#[test]
fn the_end_of_a_thing_or_of_grants_revokes_no_controller() {
    let (scene, listens) = listened(design());
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let phone = control(&scene, &id, 1, &anybody());
    block_on(registry.release_all(&name_of(&phone), ada)).unwrap();
    block_on(registry.release_all(enrollment.credentials().plug_id(), ada)).unwrap();
    assert_eq!(listens.heard(), [""; 0]);
    block_on(registry.retire(&id, ada)).unwrap();
    assert_eq!(listens.heard(), ["revoked by Retired"]);
    block_on(scene.connect_as(phone.credentials())).unwrap();
}

#[test]
fn refused_attempts_are_told_with_their_source_and_stored_nowhere() {
    let (scene, listens) = listened(capped(1));
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let phone = control(&scene, &id, 1, &known_as("phone"));
    block_on(scene.connect_as(phone.credentials())).unwrap();
    let commits = block_on(scene.status(&id)).events;
    let (from, right, wrong) =
        (source(1), control_password(&control_of(1)), control_password(&control_of(2)));
    control_error(&scene, &id, 2, &anybody());
    control_error(&scene, &scene.id("SN-9"), 2, &anybody());
    let request = ControllerRequest::new();
    let asked = registry.enroll_controller(Some(&from), &id, &wrong, &request);
    assert!(block_on(asked).is_err());
    control_error(&scene, &id, 1, &anybody());
    let told = enrollment.credentials();
    let (plug_id, password) = (told.plug_id(), told.connection_password());
    let nobody = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    for (source, password, control) in
        [(None, password, &wrong), (Some(&from), password, &wrong), (None, &nobody, &right)]
    {
        let adding = registry.add_thing(source, plug_id, password, &id, control);
        assert!(block_on(adding).is_err());
    }
    assert!(block_on(registry.release_things(plug_id, &nobody, &[id])).is_err());
    assert!(block_on(registry.release_all_things(plug_id, &nobody)).is_err());
    block_on(registry.retire_controller(&name_of(&phone), ada)).unwrap();
    control(&scene, &id, 1, &known_as("phone"));
    control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(
        listens.heard(),
        [
            "control SN-1: refused false",
            "control SN-9: refused false",
            "control SN-1: refused true",
            "control SN-1: too-many-controllers false",
            "add SN-1: thing-refused false",
            "add SN-1: thing-refused true",
            "add SN-1: refused false",
            "release: refused false",
            "release: refused false",
            "revoked by ControllerRetired",
            "repeated SN-1 of a controller",
        ]
    );
    assert_eq!(block_on(scene.status(&id)).events, commits + 2);
}
