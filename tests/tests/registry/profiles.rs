//! What is kept with a device.

use plugmint::{
    AccessLevel, ControllerRefusal, DeviceName, Enrollment, Epoch, NewPasswords, OpaqueText,
    Profile, ProfileChange,
};
use plugmint_tests::{Trouble, TroubledStore, control_of, known_as};

use crate::prelude::*;

fn text(text: &str) -> OpaqueText {
    OpaqueText::parse(text).unwrap()
}

fn name(text: &str) -> DeviceName {
    DeviceName::parse(text).unwrap()
}

fn read_only() -> ProfileChange {
    ProfileChange::new().perm(Some(text(r#"{"ctrl":"r"}"#)), Some(AccessLevel::Read))
}

fn profile_of(scene: &Scene, told: &Enrollment) -> Profile {
    block_on(scene.registry.profile(told.credentials().plug_id())).unwrap()
}

fn set(scene: &Scene, told: &Enrollment, change: &ProfileChange) -> Outcome {
    let plug_id = told.credentials().plug_id();
    block_on(scene.registry.set_profile(plug_id, change, &scene.ada)).unwrap()
}

fn enroll_with(scene: &Scene, change: &ProfileChange) -> (SerialId, Enrollment) {
    let id = block_on(scene.register("SN-1", &password(1)));
    let enroll_password = enroll_password(&password(1));
    let enrolled = scene.registry.enroll_with_profile(None, &id, &enroll_password, change);
    (id, block_on(enrolled).unwrap())
}

fn kinds(scene: &Scene, id: &SerialId) -> Vec<EventKind> {
    let events = block_on(scene.registry.history(id, None, PAGE)).unwrap();
    block_on(scene.registry.verify_history(id, None)).unwrap();
    events.iter().map(plugmint::Event::kind).collect()
}

/// How many records begin with that letter.
fn records(store: &Arc<dyn Store>, letter: &[u8]) -> usize {
    block_on(store.scan(letter, None, PAGE)).unwrap().len()
}

#[test]
fn what_a_change_does_not_speak_of_stays() {
    let scene = scene();
    let (_, told) = block_on(scene.thing("SN-1", 1));
    assert_eq!(profile_of(&scene, &told), Profile::default());
    let named = ProfileChange::new().name(Some(name("kitchen"))).props(Some(text("{}")));
    assert_eq!(set(&scene, &told, &named), Outcome::Done);
    assert_eq!(set(&scene, &told, &named), Outcome::AlreadyDone);
    assert_eq!(set(&scene, &told, &ProfileChange::new().props(Some(text("[]")))), Outcome::Done);
    let profile = profile_of(&scene, &told);
    assert_eq!(
        (profile.name().cloned(), profile.props().cloned()),
        (Some(name("kitchen")), Some(text("[]")))
    );
}

#[test]
fn an_access_level_is_set_with_what_was_said_of_it() {
    let scene = scene();
    let (id, told) = block_on(scene.thing("SN-1", 1));
    set(&scene, &told, &ProfileChange::new().props(Some(text("{}"))));
    set(&scene, &told, &read_only());
    assert_eq!(block_on(scene.status(&id)).access, Some(AccessLevel::Read));
    let expected = [EventKind::Registered, EventKind::Enrolled, EventKind::AccessSet];
    assert_eq!(kinds(&scene, &id), expected);
}

#[test]
fn a_device_that_enrolls_with_an_access_level_has_it_from_then_on() {
    let scene = scene();
    let (id, told) = enroll_with(&scene, &read_only());
    assert_eq!(profile_of(&scene, &told).perm().cloned(), Some(text(r#"{"ctrl":"r"}"#)));
    assert_eq!(block_on(scene.status(&id)).access, Some(AccessLevel::Read));
    let expected = [EventKind::Registered, EventKind::Enrolled, EventKind::AccessSet];
    assert_eq!(kinds(&scene, &id), expected);
    let mut feed = scene.registry.feed(plugmint::FeedCursor::START);
    assert_eq!(block_on(feed.next_page(PAGE)).unwrap().len(), expected.len());
}

#[test]
fn a_device_that_enrolls_and_says_nothing_writes_no_profile() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let (_, told) = enroll_with(&scene, &ProfileChange::new());
    assert_eq!(profile_of(&scene, &told), Profile::default());
    assert_eq!(records(&store, b"d"), 0);
}

#[test]
fn a_device_that_enrolls_again_and_clears_everything_leaves_no_profile() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let (id, _) = enroll_with(&scene, &ProfileChange::new().name(Some(name("kitchen"))));
    assert_eq!(records(&store, b"d"), 1);
    block_on(scene.registry.reactivate(&id, Epoch::FIRST, &scene.ada)).unwrap();
    let (again, nothing) = (enroll_password(&password(1)), ProfileChange::new().name(None));
    block_on(scene.registry.enroll_with_profile(None, &id, &again, &nothing)).unwrap();
    assert_eq!(records(&store, b"d"), 0);
}

#[test]
fn whoever_gets_another_identity_begins_with_nothing() {
    let scene = scene();
    let (id, told) = block_on(scene.thing("SN-1", 1));
    set(&scene, &told, &read_only());
    transfer(&scene, &id, 0, 2);
    let again = block_on(scene.enroll(&id, &password(2)));
    assert_eq!(profile_of(&scene, &again), Profile::default());
    assert_eq!(block_on(scene.status(&id)).access, None);
    let given_up = told.credentials().plug_id();
    let refused = block_on(scene.registry.set_profile(given_up, &read_only(), &scene.ada));
    assert!(matches!(refused, Err(VerbError::Unknown(_))), "{refused:?}");
}

fn transfer(scene: &Scene, id: &SerialId, epoch: u32, number: u32) {
    let new = NewPasswords::new(enroll_password(&password(number)));
    let seen = Epoch::new(epoch);
    let done = block_on(scene.registry.transfer(id, &new, seen, &scene.ada));
    assert_eq!(done.unwrap(), Outcome::Done);
}

#[test]
fn whoever_comes_back_to_an_identity_of_before_begins_with_nothing() {
    let store = memory();
    let scene = block_on(Scene::new(Arc::clone(&store), design()));
    let (id, told) = block_on(scene.thing("SN-1", 1));
    set(&scene, &told, &read_only().name(Some(name("kitchen"))).props(Some(text("{}"))));
    transfer(&scene, &id, 0, 2);
    assert_eq!((profile_of(&scene, &told), records(&store, b"d")), (Profile::default(), 0));
    transfer(&scene, &id, 1, 1);
    let again = block_on(scene.enroll(&id, &password(1)));
    assert_eq!(again.credentials().plug_id(), told.credentials().plug_id());
    assert_eq!(profile_of(&scene, &again), Profile::default());
    assert_eq!(block_on(scene.status(&id)).access, None);
}

/// A profile leaves no trace in the serial's record, which the transfer has read by then.
#[test]
fn what_is_said_while_a_transfer_is_decided_on_goes_with_it() {
    let store = Arc::new(TroubledStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, told) = block_on(scene.thing("SN-1", 1));
    set(&scene, &told, &read_only());
    let before = store.conflicts();
    store.trouble(Trouble::Rewritten(b"d"), 1);
    transfer(&scene, &id, 0, 2);
    assert_eq!((store.left(), store.conflicts() - before), (0, 1));
    assert_eq!(profile_of(&scene, &told), Profile::default());
}

#[test]
fn a_controller_keeps_what_is_kept_with_it_when_its_thing_goes_to_somebody_else() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let control = block_on(scene.control(&id, &control_of(1), &known_as("phone")));
    let plug_id = control.credentials().plug_id();
    block_on(scene.registry.set_profile(plug_id, &read_only(), &scene.ada)).unwrap();
    transfer(&scene, &id, 0, 2);
    let profile = block_on(scene.registry.profile(plug_id)).unwrap();
    assert_eq!(profile.perm().cloned(), Some(text(r#"{"ctrl":"r"}"#)));
}

#[test]
fn a_device_that_enrolls_again_has_what_it_had() {
    let scene = scene();
    let (id, told) = block_on(scene.thing("SN-1", 1));
    set(&scene, &told, &read_only());
    for (epoch, unenrolls) in [(0, true), (1, false)] {
        let (registry, seen) = (&scene.registry, Epoch::new(epoch));
        if unenrolls {
            block_on(registry.unenroll(&id, seen, &scene.ada)).unwrap();
        } else {
            block_on(registry.reactivate(&id, seen, &scene.ada)).unwrap();
        }
        let again = block_on(scene.enroll(&id, &password(1)));
        assert_eq!(profile_of(&scene, &again).perm().cloned(), Some(text(r#"{"ctrl":"r"}"#)));
    }
}

#[test]
fn with_who_is_retired_nothing_is_kept_any_more() {
    let scene = scene();
    let (id, told) = block_on(scene.thing("SN-1", 1));
    let control = block_on(scene.control(&id, &control_of(1), &known_as("phone")));
    let controller = control.credentials().plug_id();
    block_on(scene.registry.retire_controller(controller, &scene.ada)).unwrap();
    block_on(scene.registry.retire(&id, &scene.ada)).unwrap();
    for plug_id in [told.credentials().plug_id(), controller] {
        let refused = block_on(scene.registry.set_profile(plug_id, &read_only(), &scene.ada));
        let is_retired = matches!(refused, Err(VerbError::Refused(ControllerRefusal::Retired)));
        assert!(is_retired, "{refused:?}");
    }
}

#[test]
fn a_controller_has_its_name_in_its_own_record() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let control = block_on(scene.control(&id, &control_of(1), &known_as("phone")));
    let plug_id = control.credentials().plug_id();
    let change = read_only().name(Some(name("Ada's")));
    block_on(scene.registry.set_profile(plug_id, &change, &scene.ada)).unwrap();
    assert_eq!(block_on(scene.registry.profile(plug_id)).unwrap().name(), None);
    assert_eq!(block_on(scene.registry.controller(plug_id)).unwrap().name, Some(name("Ada's")));
    assert_eq!(block_on(scene.status(&id)).access, None, "nobody holds a Controller");
}

#[test]
fn a_device_says_what_is_kept_with_its_password_and_no_other() {
    let scene = scene();
    let (id, told) = block_on(scene.thing("SN-1", 1));
    let (_, other) = block_on(scene.thing("SN-2", 2));
    let (plug_id, own) = (told.credentials().plug_id(), told.credentials().connection_password());
    let change = read_only();
    let with = |password| scene.registry.set_own_profile(plug_id, password, &change);
    let refused = block_on(with(other.credentials().connection_password()));
    assert!(matches!(refused, Err(AuthenticateError::Refused)), "{refused:?}");
    assert_eq!(profile_of(&scene, &told), Profile::default());
    assert_eq!(block_on(with(own)).unwrap(), Outcome::Done);
    let until = plugmint::UnixMillis::new(scene.clock.time().millis() + 60_000);
    let seen = Epoch::FIRST;
    block_on(scene.connect_as(told.credentials())).unwrap();
    block_on(scene.registry.reactivate_with_overlap(&id, seen, until, &scene.ada)).unwrap();
    let in_overlap = block_on(with(own));
    assert!(matches!(in_overlap, Err(AuthenticateError::Refused)), "{in_overlap:?}");
}
