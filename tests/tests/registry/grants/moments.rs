//! What is told of an access held at one moment of the call.

use std::pin::pin;
use std::task::{Context, Waker};

use plugmint_tests::YieldingStore;

use super::*;

/// What is told of a phone's access to a Thing while `meanwhile` is done at one of the call's
/// awaits, at each of them.
fn told_while(
    before: impl Fn(&Scene, &SerialId, &PlugId),
    meanwhile: impl Fn(&Scene, &SerialId, &PlugId),
) -> Vec<AccessLevel> {
    let mut told = Vec::new();
    for polls in 0.. {
        let store = Arc::new(YieldingStore::new(memory()));
        let scene = block_on(Scene::new(store as _, design()));
        let ([first, _], phone) = two_things(&scene);
        let plug_id = name_of(&phone);
        before(&scene, &first, &plug_id);
        let mut asked = pin!(scene.registry.access(&plug_id, &first));
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if asked.as_mut().poll(&mut cx).is_ready() {
                assert!(told.len() > 5, "it is asked at {} moments only", told.len());
                return told;
            }
        }
        meanwhile(&scene, &first, &plug_id);
        told.push(block_on(asked).unwrap());
    }
    told
}

fn disabled(scene: &Scene, thing: &SerialId, _: &PlugId) {
    block_on(scene.registry.disable(thing, &scene.ada)).unwrap();
}

#[test]
fn nobody_is_told_of_an_access_that_never_was() {
    // A Thing is enabled once nobody holds it any more.
    let told = told_while(disabled, |scene, thing, phone| {
        block_on(scene.registry.release(thing, phone, &scene.ada)).unwrap();
        block_on(scene.registry.enable(thing, &scene.ada)).unwrap();
    });
    assert!(told.iter().all(|access| *access == AccessLevel::None), "{told:?}");
    // Of the two one is disabled at any time.
    let told = told_while(disabled, |scene, thing, phone| {
        block_on(scene.registry.disable_controller(phone, &scene.ada)).unwrap();
        block_on(scene.registry.enable(thing, &scene.ada)).unwrap();
    });
    assert!(told.iter().all(|access| *access == AccessLevel::None), "{told:?}");
}

#[test]
fn an_access_that_was_always_there_is_told_whatever_else_happens() {
    let told = told_while(
        |_, _, _| {},
        |scene, thing, phone| {
            block_on(scene.registry.set_access(thing, Some(AccessLevel::Read), &scene.ada))
                .unwrap();
            block_on(scene.registry.disable_controller(phone, &scene.ada)).unwrap();
            block_on(scene.registry.enable_controller(phone, &scene.ada)).unwrap();
            block_on(scene.registry.set_access(thing, None, &scene.ada)).unwrap();
        },
    );
    assert_eq!(told.last(), Some(&AccessLevel::ReadWrite), "{told:?}");
}

#[test]
fn nobody_acts_on_a_thing_of_a_template_that_was_deleted() {
    let scene = block_on(Scene::new(memory(), design()));
    let ([first, _], phone) = two_things(&scene);
    let seen = block_on(scene.status(&first)).epoch;
    block_on(scene.registry.reactivate(&first, seen, &scene.ada)).unwrap();
    assert_eq!(access(&scene, &name_of(&phone), &first), AccessLevel::ReadWrite);
    let id = scene.template.id();
    block_on(scene.registry.delete_template(id, plugmint::Living::Retire, &scene.ada)).unwrap();
    assert_eq!(access(&scene, &name_of(&phone), &first), AccessLevel::None);
}

#[test]
fn nothing_is_granted_to_a_thing_that_was_taken_off() {
    let scene = block_on(Scene::new(memory(), design()));
    let ([first, second], _) = two_things(&scene);
    let status = block_on(scene.status(&second));
    let plug_id = status.plug_id.unwrap();
    block_on(scene.registry.unenroll(&second, status.epoch, &scene.ada)).unwrap();
    let granted = block_on(scene.registry.grant(&first, &plug_id, &scene.ada));
    assert_eq!(granted.unwrap_err().code(), "unknown-holder");
    // One that must enroll again, since it was reactivated, is the same one.
    let (third, _) = block_on(scene.thing("SN-3", 3));
    let status = block_on(scene.status(&third));
    let plug_id = status.plug_id.unwrap();
    block_on(scene.registry.reactivate(&third, status.epoch, &scene.ada)).unwrap();
    let granted = block_on(scene.registry.grant(&first, &plug_id, &scene.ada));
    assert_eq!(granted.unwrap(), Outcome::Done);
}
