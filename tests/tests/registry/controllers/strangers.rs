//! Whoever proved nothing learns nothing: the same answer, and within a template the same work.

use plugmint::{AddThingError, ControlClass, EnrollControllerError, Enrollment, Living};
use plugmint_tests::{control_of, control_password};

use crate::prelude::*;

use super::{anybody, control};

/// Things that nobody may control, or not with this password: what each is, and its password.
fn strange(scene: &Scene) -> Vec<(&'static str, SerialId, String)> {
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (known, _) = block_on(scene.thing("SN-1", 1));
    let registered = "SN-2";
    let registered =
        block_on(scene.register_controllable(registered, &password(2), &control_of(2)));
    let (disabled, _) = block_on(scene.thing("SN-3", 3));
    block_on(registry.disable(&disabled, ada)).unwrap();
    let (retired, _) = block_on(scene.thing("SN-4", 4));
    block_on(registry.retire(&retired, ada)).unwrap();
    let (uncontrolled, _) = block_on(scene.enrolled("SN-5", &password(5)));
    let (reactivated, _) = block_on(scene.thing("SN-6", 6));
    block_on(registry.reactivate(&reactivated, plugmint::Epoch::FIRST, ada)).unwrap();
    vec![
        ("unknown serial", scene.id("SN-9"), control_of(1)),
        ("wrong control password", known, control_of(2)),
        ("enroll password", known, password(1)),
        ("not enrolled", registered, control_of(2)),
        ("disabled", disabled, control_of(3)),
        ("retired", retired, control_of(4)),
        ("no control password", uncontrolled, control_of(5)),
        ("must enroll again", reactivated, control_of(6)),
    ]
}

/// The same in a template that is not there, and in one that is closed.
fn strange_templates(scene: &Scene) -> [SerialId; 2] {
    let id = scene.id("SN-1");
    let closed = block_on(scene.registry.create_template(scene.registry.company(), design()));
    let closed = *closed.unwrap().id();
    block_on(scene.registry.close_template(&closed)).unwrap();
    [TemplateId::from_parts([9; 12]), closed].map(|template| SerialId::new(template, *id.serial()))
}

/// Look-ups and commits of a call.
fn counted<T>(store: &CountingStore, call: impl Future<Output = T>) -> (T, (usize, usize)) {
    let before = (store.gets(), store.attempts());
    let answer = block_on(call);
    (answer, (store.gets() - before.0, store.attempts() - before.1))
}

fn counting() -> (Arc<CountingStore>, Scene) {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    (store, scene)
}

#[test]
fn strangers_who_want_to_control_a_thing_get_one_answer_for_the_same_work() {
    let (store, scene) = counting();
    let said = "the enrollment is refused";
    for (what, id, control) in strange(&scene) {
        let anybody = anybody();
        let asked = scene.control_or_refuse(&id, &control, &anybody);
        let (answer, work) = counted(&store, asked);
        let refused = answer.unwrap_err();
        assert!(matches!(refused, EnrollControllerError::Refused), "{what}: {refused:?}");
        assert_eq!((refused.to_string().as_str(), refused.retry_after()), (said, None), "{what}");
        assert_eq!(work, (3, 0), "{what}");
    }
    for id in strange_templates(&scene) {
        let control = control_of(1);
        let anybody = anybody();
        let asked = scene.control_or_refuse(&id, &control, &anybody);
        let (answer, work) = counted(&store, asked);
        let refused = answer.unwrap_err();
        assert!(matches!(refused, EnrollControllerError::Refused), "{refused:?}");
        assert_eq!((refused.to_string().as_str(), work), (said, (1, 0)));
    }
}

fn add<'a>(
    scene: &'a Scene,
    holder: &'a Enrollment,
    thing: &'a SerialId,
    control: &'a ControlPassword,
) -> impl Future<Output = Result<Outcome, AddThingError>> + 'a {
    let told = holder.credentials();
    let (plug_id, password) = (told.plug_id(), told.connection_password());
    scene.registry.add_thing(None, plug_id, password, thing, control)
}

#[test]
fn strangers_who_want_to_add_a_thing_get_one_answer_for_the_same_work() {
    let (store, scene) = counting();
    let (_, holder) = block_on(scene.thing("HOLDER", 100));
    for (what, id, control) in strange(&scene) {
        let control = control_password(&control);
        let (answer, work) = counted(&store, add(&scene, &holder, &id, &control));
        let refused = answer.unwrap_err();
        assert!(matches!(refused, AddThingError::ThingRefused), "{what}: {refused:?}");
        assert_eq!((refused.code(), refused.is_retryable()), ("thing-refused", false));
        // Four to prove the holder, one for the template; four for the holder again, and two.
        assert_eq!(work, (10, 0), "{what}");
    }
    for id in strange_templates(&scene) {
        let control = control_password(&control_of(1));
        let (answer, work) = counted(&store, add(&scene, &holder, &id, &control));
        assert!(matches!(answer, Err(AddThingError::ThingRefused)));
        assert_eq!(work, (5, 0));
    }
}

#[test]
fn whoever_is_no_holder_gets_one_answer_before_anything_is_looked_at() {
    let (store, scene) = counting();
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (id, told) = block_on(scene.thing("SN-1", 1));
    let control_password = control_password(&control_of(1));
    let (disabled, of_disabled) = block_on(scene.thing("SN-2", 2));
    block_on(registry.disable(&disabled, ada)).unwrap();
    let (retired, of_retired) = block_on(scene.thing("SN-3", 3));
    block_on(registry.retire(&retired, ada)).unwrap();
    let wrong = ConnectionPassword::parse(&"A".repeat(32)).unwrap();
    let nobody = "dev-0123456789abcdef01234567".parse().unwrap();
    let phone = control(&scene, &id, 1, &anybody());
    block_on(registry.retire_controller(phone.credentials().plug_id(), ada)).unwrap();
    for (plug_id, password) in [
        (told.credentials().plug_id(), &wrong),
        (&nobody, &wrong),
        (of_disabled.credentials().plug_id(), of_disabled.credentials().connection_password()),
        (of_retired.credentials().plug_id(), of_retired.credentials().connection_password()),
        (phone.credentials().plug_id(), phone.credentials().connection_password()),
        (&scene.template.id().plug_id(), &wrong),
    ] {
        let adding = registry.add_thing(None, plug_id, password, &id, &control_password);
        let (answer, work) = counted(&store, adding);
        assert!(matches!(answer, Err(AddThingError::Refused)));
        // Its credential, once for the key version and once for the password.
        assert_eq!(work, (2, 0), "{plug_id}");
        for released in [
            block_on(registry.release_things(plug_id, password, &[id])).map(drop),
            block_on(registry.release_all_things(plug_id, password)),
        ] {
            assert!(matches!(released, Err(AuthenticateError::Refused)));
        }
    }
}

#[test]
fn the_right_password_does_not_tell_that_a_template_is_closed_or_deleted() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let (_, holder) = block_on(scene.thing("HOLDER", 100));
    let right = control_password(&control_of(1));
    let code = || {
        let enrolled = block_on(scene.control_or_refuse(&id, &control_of(1), &anybody()));
        let added = block_on(add(&scene, &holder, &id, &right));
        (
            enrolled.map_or_else(|error| error.code(), |_| "enrolled"),
            added.map_or_else(|error| error.code(), |_| "added"),
        )
    };
    let template = id.template();
    block_on(scene.registry.close_template(template)).unwrap();
    assert_eq!(code(), ("refused", "thing-refused"));
    block_on(scene.registry.open_template(template)).unwrap();
    assert_eq!(code(), ("enrolled", "added"));
    block_on(scene.registry.delete_template(template, Living::Retire, &scene.ada)).unwrap();
    // Its Things are retired, and so is the holder.
    assert_eq!(code(), ("refused", "refused"));
}

#[test]
fn one_hash_is_made_for_each_stranger_of_a_template_with_chosen_control_passwords() {
    let design = chosen_design().with_control_class(ControlClass::Chosen);
    let scene = block_on(Scene::new(memory(), design));
    let known = block_on(scene.register_controllable("SN-1", "correct horse", "another horse"));
    block_on(scene.enroll(&known, "correct horse"));
    for id in [known, scene.id("SN-9")] {
        let wrong = block_on(scene.control_or_refuse(&id, "no such horse", &anybody()));
        assert!(matches!(wrong, Err(EnrollControllerError::Refused)));
    }
}
