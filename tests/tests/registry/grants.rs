//! Grants: who may act on which Thing.

mod ending;
mod listing;
mod moments;

use plugmint::{
    AccessLevel, AddThingError, Credentials, Epoch, NotControllable, ReleaseError, TemplateDesign,
    UnixMillis,
};
use plugmint_tests::{control_of, control_password};

use crate::controllers::{anybody, control, name_of};
use crate::prelude::*;

/// What a holder is told that adds a Thing with the control password of that number.
pub(crate) fn add(
    scene: &Scene,
    holder: &Credentials,
    thing: &SerialId,
    number: u32,
) -> Result<Outcome, AddThingError> {
    let control = control_password(&control_of(number));
    let (plug_id, password) = (holder.plug_id(), holder.connection_password());
    block_on(scene.registry.add_thing(None, plug_id, password, thing, &control))
}

fn release(scene: &Scene, holder: &Credentials, things: &[SerialId]) -> usize {
    let (plug_id, password) = (holder.plug_id(), holder.connection_password());
    block_on(scene.registry.release_things(plug_id, password, things)).unwrap()
}

fn release_all(scene: &Scene, holder: &Credentials) {
    let (plug_id, password) = (holder.plug_id(), holder.connection_password());
    block_on(scene.registry.release_all_things(plug_id, password)).unwrap();
}

pub(crate) fn access(scene: &Scene, holder: &PlugId, thing: &SerialId) -> AccessLevel {
    block_on(scene.access(holder, thing))
}

/// Two Things, and a Controller of the first.
fn two_things(scene: &Scene) -> ([SerialId; 2], plugmint::ControllerEnrollment) {
    let (first, _) = block_on(scene.thing("SN-1", 1));
    let (second, _) = block_on(scene.thing("SN-2", 2));
    let phone = control(scene, &first, 1, &anybody());
    ([first, second], phone)
}

#[test]
fn a_controller_adds_a_thing_and_releases_it_in_one_commit_each() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let ([first, second], phone) = two_things(&scene);
    let (told, plug_id) = (phone.credentials(), &name_of(&phone));
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::None);
    let commits = store.attempts();
    assert_eq!(add(&scene, told, &second, 2).unwrap(), Outcome::Done);
    assert_eq!(store.attempts() - commits, 1);
    assert_eq!(add(&scene, told, &second, 2).unwrap(), Outcome::AlreadyDone);
    assert_eq!(store.attempts() - commits, 1);
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::ReadWrite);
    assert_eq!(release(&scene, told, &[second]), 1);
    assert_eq!(release(&scene, told, &[second]), 0);
    assert_eq!(store.attempts() - commits, 2);
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::None);
    assert_eq!(access(&scene, plug_id, &first), AccessLevel::ReadWrite);
    assert_eq!(add(&scene, told, &second, 2).unwrap(), Outcome::Done);
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::ReadWrite);
}

#[test]
fn a_thing_holds_grants_as_a_controller_does_and_before_it_has_connected() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (holder, enrollment) = block_on(scene.enrolled("GATEWAY", &password(9)));
    let told = enrollment.credentials();
    assert_eq!(add(&scene, told, &id, 1).unwrap(), Outcome::Done);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::ReadWrite);
    // Whom it acts on does not act on it.
    let thing = block_on(scene.status(&id)).plug_id.unwrap();
    assert_eq!(access(&scene, &thing, &holder), AccessLevel::None);
    assert_eq!(block_on(scene.status(&holder)).stage, StageName::Enrolled);
    release_all(&scene, told);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::None);
}

#[test]
fn a_thing_may_hold_itself() {
    let scene = scene();
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let told = enrollment.credentials();
    assert_eq!(add(&scene, told, &id, 1).unwrap(), Outcome::Done);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::ReadWrite);
    assert_eq!(release(&scene, told, &[id]), 1);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::None);
    assert_eq!(add(&scene, told, &id, 1).unwrap(), Outcome::Done);
    release_all(&scene, told);
    assert_eq!(access(&scene, told.plug_id(), &id), AccessLevel::None);
    block_on(scene.registry.verify_history(&id, None)).unwrap();
}

#[test]
fn many_hold_a_thing_and_a_holder_releases_some_or_all() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let things: Vec<_> = (1..6).map(|n| block_on(scene.thing(&format!("SN-{n}"), n)).0).collect();
    let phones = [(); 2].map(|()| control(&scene, &things[0], 1, &anybody()));
    for phone in &phones {
        for (thing, number) in things.iter().zip(1..).skip(1) {
            add(&scene, phone.credentials(), thing, number).unwrap();
        }
    }
    let held = |phone: &plugmint::ControllerEnrollment| -> usize {
        let plug_id = name_of(phone);
        things.iter().filter(|of| access(&scene, &plug_id, of) == AccessLevel::ReadWrite).count()
    };
    assert_eq!(phones.each_ref().map(held), [5, 5]);
    // One that it was not granted, and one that is not there, are given up already.
    let some = [things[1], things[2], things[1], scene.id("SN-9")];
    let commits = store.attempts();
    assert_eq!(release(&scene, phones[0].credentials(), &some), 2);
    assert_eq!(store.attempts() - commits, 2);
    assert_eq!(phones.each_ref().map(held), [3, 5]);
    let commits = store.attempts();
    release_all(&scene, phones[1].credentials());
    assert_eq!(store.attempts() - commits, 1);
    assert_eq!(phones.each_ref().map(held), [3, 0]);
    // What it is granted from then on counts.
    add(&scene, phones[1].credentials(), &things[4], 5).unwrap();
    assert_eq!(phones.each_ref().map(held), [3, 1]);
}

#[test]
fn operators_grant_and_release_in_one_commit_each_and_say_when_it_was_done() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let ([_, second], phone) = two_things(&scene);
    let (registry, ada, plug_id) = (&scene.registry, &scene.ada, &name_of(&phone));
    let commits = store.attempts();
    let grant = || block_on(registry.grant(&second, plug_id, ada)).unwrap();
    let release = || block_on(registry.release(&second, plug_id, ada)).unwrap();
    assert_eq!([grant(), grant()], [Outcome::Done, Outcome::AlreadyDone]);
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::ReadWrite);
    assert_eq!([release(), release()], [Outcome::Done, Outcome::AlreadyDone]);
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::None);
    assert_eq!(store.attempts() - commits, 2);
    grant();
    block_on(registry.release_all(plug_id, ada)).unwrap();
    assert_eq!(access(&scene, plug_id, &second), AccessLevel::None);
    assert_eq!(store.attempts() - commits, 4);
}

#[test]
fn operators_are_told_what_is_unknown_and_what_is_not_enrolled() {
    let scene = scene();
    let ([first, second], phone) = two_things(&scene);
    let (registry, ada, plug_id) = (&scene.registry, &scene.ada, &name_of(&phone));
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), *first.serial());
    let nobody: PlugId = "dev-0123456789abcdef01234567".parse().unwrap();
    let registered = block_on(scene.register_controllable("SN-3", &password(3), &control_of(3)));
    let retired = control(&scene, &first, 1, &anybody());
    block_on(registry.retire_controller(&name_of(&retired), ada)).unwrap();
    for (thing, holder, code) in [
        (&scene.id("SN-9"), plug_id, "unknown-serial"),
        (&nowhere, plug_id, "unknown-template"),
        (&first, &nobody, "unknown-holder"),
        (&first, &name_of(&retired), "unknown-holder"),
        (&first, &scene.template.id().plug_id(), "unknown-holder"),
    ] {
        let granted = block_on(registry.grant(thing, holder, ada));
        assert_eq!(granted.unwrap_err().code(), code);
        let released = block_on(registry.release(thing, holder, ada));
        assert_eq!(released.unwrap_err().code(), code);
    }
    let granted = |id| block_on(registry.grant(id, plug_id, ada)).unwrap_err();
    let refused = granted(&registered);
    assert!(matches!(refused, VerbError::Refused(NotControllable::NotEnrolled)));
    assert_eq!(refused.code(), "not-enrolled");
    block_on(registry.retire(&second, ada)).unwrap();
    assert_eq!(granted(&second).code(), "retired");
    let released = block_on(registry.release(&second, plug_id, ada)).unwrap();
    assert_eq!(released, Outcome::AlreadyDone);
    let all = block_on(registry.release_all(&nobody, ada)).unwrap_err();
    assert!(matches!(all, ReleaseError::Unknown(Unknown::Holder { plug_id }) if plug_id == nobody));
}

#[test]
fn the_thing_says_what_its_holders_may_do_and_else_its_template() {
    let readable: TemplateDesign = design().with_access(AccessLevel::Read);
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, readable));
    let ([first, second], phone) = two_things(&scene);
    let (registry, ada, plug_id) = (&scene.registry, &scene.ada, &name_of(&phone));
    assert_eq!(access(&scene, plug_id, &first), AccessLevel::Read);
    for level in [AccessLevel::ReadWrite, AccessLevel::None, AccessLevel::Read] {
        let commits = store.attempts();
        let set = || block_on(registry.set_access(&first, Some(level), ada)).unwrap();
        assert_eq!([set(), set()], [Outcome::Done, Outcome::AlreadyDone]);
        assert_eq!(store.attempts() - commits, 1);
        assert_eq!(access(&scene, plug_id, &first), level);
        assert_eq!(access(&scene, plug_id, &second), AccessLevel::None, "it has no grant");
    }
    block_on(registry.set_access(&first, Some(AccessLevel::None), ada)).unwrap();
    block_on(registry.set_access(&first, None, ada)).unwrap();
    assert_eq!(access(&scene, plug_id, &first), AccessLevel::Read);
    block_on(registry.retire(&first, ada)).unwrap();
    let refused = block_on(registry.set_access(&first, None, ada)).unwrap_err();
    assert_eq!(refused.code(), "retired");
    let unknown = block_on(registry.set_access(&scene.id("SN-9"), None, ada)).unwrap_err();
    assert_eq!(unknown.code(), "unknown-serial");
}

#[test]
fn while_either_is_disabled_there_is_no_access_and_then_there_is_again() {
    let scene = scene();
    let ([first, _], phone) = two_things(&scene);
    let (holder, enrollment) = block_on(scene.enrolled("GATEWAY", &password(9)));
    add(&scene, enrollment.credentials(), &first, 1).unwrap();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (phone, gateway) = (&name_of(&phone), enrollment.credentials().plug_id());
    let both = || [phone, gateway].map(|of| access(&scene, of, &first));
    let [none, all] = [AccessLevel::None, AccessLevel::ReadWrite];
    assert_eq!(both(), [all, all]);
    block_on(registry.disable(&first, ada)).unwrap();
    assert_eq!(both(), [none, none]);
    block_on(registry.enable(&first, ada)).unwrap();
    block_on(registry.disable_controller(phone, ada)).unwrap();
    assert_eq!(both(), [none, all]);
    block_on(registry.enable_controller(phone, ada)).unwrap();
    block_on(registry.disable(&holder, ada)).unwrap();
    assert_eq!(both(), [all, none]);
    block_on(registry.enable(&holder, ada)).unwrap();
    assert_eq!(both(), [all, all]);
}

#[test]
fn what_is_unknown_has_no_access() {
    let scene = scene();
    let ([first, _], phone) = two_things(&scene);
    let nobody: PlugId = "dev-0123456789abcdef01234567".parse().unwrap();
    let nowhere = SerialId::new(TemplateId::from_parts([9; 12]), *first.serial());
    for (holder, thing) in [
        (&nobody, &first),
        (&name_of(&phone), &scene.id("SN-9")),
        (&name_of(&phone), &nowhere),
        (&scene.template.id().plug_id(), &first),
        // The same bytes under another kind are another name.
        (&PlugId::from_parts(plugmint::PlugIdKind::Template, *name_of(&phone).body()), &first),
    ] {
        assert_eq!(access(&scene, holder, thing), AccessLevel::None);
    }
}

#[test]
fn the_password_of_an_overlap_connects_and_no_verb_of_grants_accepts_it() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (holder, former) = block_on(scene.activated("GATEWAY", &password(9)));
    let told = former.credentials();
    let (plug_id, password) = (told.plug_id(), told.connection_password());
    add(&scene, told, &id, 1).unwrap();
    let until = UnixMillis::new(u64::MAX);
    let reactivate =
        scene.registry.reactivate_with_overlap(&holder, Epoch::FIRST, until, &scene.ada);
    block_on(reactivate).unwrap();
    // Before it has enrolled again, and after.
    for _ in 0..2 {
        block_on(scene.connect_as(told)).unwrap();
        assert!(matches!(add(&scene, told, &id, 1), Err(AddThingError::Refused)));
        let one = block_on(scene.registry.release_things(plug_id, password, &[id]));
        assert!(matches!(one, Err(AuthenticateError::Refused)));
        let all = block_on(scene.registry.release_all_things(plug_id, password));
        assert!(matches!(all, Err(AuthenticateError::Refused)));
        // What it held before stays.
        assert_eq!(access(&scene, plug_id, &id), AccessLevel::ReadWrite);
        block_on(scene.enroll(&holder, &crate::prelude::password(9)));
    }
    let now = block_on(scene.enroll(&holder, &crate::prelude::password(9)));
    assert_eq!(release(&scene, now.credentials(), &[id]), 1);
}

#[test]
fn each_refusal_of_a_thing_has_its_code_and_says_whether_to_ask_again() {
    let second = Duration::from_secs(1);
    for (error, code, retry_after) in [
        (AddThingError::Refused, "refused", None),
        (AddThingError::ThingRefused, "thing-refused", None),
        (AddThingError::Throttled { retry_after: second }, "throttled", Some(second)),
        (AddThingError::Overloaded { retry_after: second }, "overloaded", Some(second)),
        (AddThingError::Fault(Fault::Closed), "closed", None),
    ] {
        assert_eq!((error.code(), error.retry_after()), (code, retry_after));
        assert_eq!(error.is_retryable(), retry_after.is_some(), "{code}");
    }
}
