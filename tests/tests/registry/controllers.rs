//! Controllers: who enrolls with the control password of a Thing.

mod attempts;
mod connecting;
mod operating;
mod places;
mod strangers;
mod telling;

use plugmint::{
    AccessLevel, ControlClass, ControllerCap, ControllerEnrollment, ControllerRequest,
    ControllerStageName, DeviceName, EnrollControllerError, Epoch, Ordinal, SerialNumber,
    TemplateDesign,
};
use plugmint_tests::{control_of, control_password, known_as, new_controllable};

use crate::prelude::*;

/// A Controller without an own serial number.
pub(crate) fn anybody() -> ControllerRequest {
    ControllerRequest::new()
}

/// Somebody enrolls with the control password of a Thing of that number.
pub(crate) fn control(
    scene: &Scene,
    thing: &SerialId,
    number: u32,
    request: &ControllerRequest,
) -> ControllerEnrollment {
    block_on(scene.control(thing, &control_of(number), request))
}

/// Why it may not.
pub(crate) fn control_error(
    scene: &Scene,
    thing: &SerialId,
    number: u32,
    request: &ControllerRequest,
) -> EnrollControllerError {
    block_on(scene.control_or_refuse(thing, &control_of(number), request)).unwrap_err()
}

/// What it is called.
pub(crate) fn name_of(told: &ControllerEnrollment) -> PlugId {
    *told.credentials().plug_id()
}

/// Both of its credentials.
pub(crate) fn both(told: &ControllerEnrollment) -> (PlugId, String) {
    let password = told.credentials().connection_password().expose_text();
    (name_of(told), password.to_string())
}

/// A template of Things that so many may control.
pub(crate) fn capped(cap: u16) -> TemplateDesign {
    design().with_controllers(ControllerCap::new(cap).unwrap())
}

#[test]
fn who_knows_the_control_password_enrolls_and_is_granted_the_thing() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let named = known_as("phone").with_name(DeviceName::parse("Ada's phone").unwrap());
    let told = control(&scene, &id, 1, &named);
    assert_eq!((told.outcome(), told.ordinal()), (EnrollOutcome::First, Ordinal::FIRST));
    let plug_id = name_of(&told);
    assert_eq!(block_on(scene.access(&plug_id, &id)), AccessLevel::ReadWrite);
    let status = block_on(scene.registry.controller(&plug_id)).unwrap();
    assert_eq!((status.plug_id, status.thing, status.ordinal), (plug_id, id, Ordinal::FIRST));
    assert_eq!(status.stage, ControllerStageName::Enrolled);
    assert_eq!((status.mark, status.epoch), (Some(Mark::Enabled), Epoch::FIRST));
    assert_eq!(status.name.unwrap().to_string(), "Ada's phone");
    assert_eq!(status.own_serial, Some(SerialNumber::parse("phone").unwrap()));
    assert_eq!(status.enrolled_at, scene.clock.time());
    assert_eq!((status.connected_at, status.retired_at), (None, None));
    assert_eq!(block_on(scene.status(&id)).next_ordinal, Ordinal::new(1));
}

#[test]
fn a_thing_that_is_activated_is_controlled_as_one_that_is_enrolled() {
    let scene = scene();
    let (id, enrollment) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &anybody());
    block_on(scene.connect(&enrollment));
    let second = control(&scene, &id, 1, &anybody());
    assert_ne!(name_of(&first), name_of(&second));
    assert_eq!(block_on(scene.status(&id)).stage, StageName::Activated);
}

#[test]
fn an_enrollment_is_one_commit_and_its_repeat_none() {
    let store = Arc::new(CountingStore::new(memory()));
    let scene = block_on(Scene::new(Arc::clone(&store) as _, design()));
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let commits = store.attempts();
    let first = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(store.attempts(), commits + 1);
    let again = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(store.attempts(), commits + 1);
    assert_eq!(both(&first), both(&again));
    assert_eq!(again.outcome(), EnrollOutcome::Repeated);
    assert_eq!(again.ordinal(), first.ordinal());
}

#[test]
fn without_an_own_serial_number_who_asks_again_is_another_one() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = [(); 3].map(|()| control(&scene, &id, 1, &anybody()));
    let ordinals: Vec<_> = told.iter().map(ControllerEnrollment::ordinal).collect();
    assert_eq!(ordinals, [0, 1, 2].map(Ordinal::new));
    assert!(told.iter().all(|told| told.outcome() == EnrollOutcome::First));
    for told in &told {
        block_on(scene.connect_as(told.credentials())).unwrap();
    }
}

#[test]
fn a_controller_that_has_connected_and_enrolls_again_is_another_one() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    block_on(scene.connect_as(first.credentials())).unwrap();
    let second = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!((second.outcome(), second.ordinal()), (EnrollOutcome::First, Ordinal::new(1)));
    // The one of before is still there; who is known by the number now is the new one.
    block_on(scene.connect_as(first.credentials())).unwrap();
    let again = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(both(&again), both(&second));
}

#[test]
fn a_retired_controller_enrolls_as_another_one_and_its_ordinal_stays_used() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    block_on(scene.registry.retire_controller(&name_of(&first), &scene.ada)).unwrap();
    let second = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!(second.ordinal(), Ordinal::new(1));
    assert_ne!(name_of(&second), name_of(&first));
}

#[test]
fn own_serial_numbers_are_apart_from_each_other_and_from_those_of_other_things() {
    let scene = scene();
    let (first, _) = block_on(scene.thing("SN-1", 1));
    let (second, _) = block_on(scene.thing("SN-2", 2));
    let phone = control(&scene, &first, 1, &known_as("phone"));
    let panel = control(&scene, &first, 1, &known_as("panel"));
    let elsewhere = control(&scene, &second, 2, &known_as("phone"));
    assert!([&phone, &panel, &elsewhere].iter().all(|of| of.outcome() == EnrollOutcome::First));
    assert_eq!(elsewhere.ordinal(), Ordinal::FIRST);
    assert_eq!(both(&control(&scene, &first, 1, &known_as("phone"))), both(&phone));
}

#[test]
fn labels_do_not_enter_the_credentials() {
    let told = [known_as("phone"), anybody()].map(|request| {
        let scene = scene();
        let (id, _) = block_on(scene.thing("SN-1", 1));
        both(&control(&scene, &id, 1, &request))
    });
    assert_eq!(told[0], told[1]);
}

#[test]
fn a_reactivated_controller_gets_another_password_with_its_own_serial_number() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    let plug_id = name_of(&first);
    block_on(scene.connect_as(first.credentials())).unwrap();
    let reactivated =
        block_on(scene.registry.reactivate_controller(&plug_id, Epoch::FIRST, &scene.ada));
    assert_eq!(reactivated.unwrap(), Outcome::Done);
    let status = block_on(scene.registry.controller(&plug_id)).unwrap();
    assert_eq!(status.stage, ControllerStageName::MustEnrollAgain);
    assert!(block_on(scene.connect_as(first.credentials())).is_err());
    assert_eq!(block_on(scene.access(&plug_id, &id)), AccessLevel::ReadWrite);
    let second = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!((second.outcome(), second.ordinal()), (EnrollOutcome::Reissued, Ordinal::FIRST));
    assert_eq!(name_of(&second), plug_id);
    assert_ne!(both(&second), both(&first));
    assert!(block_on(scene.connect_as(first.credentials())).is_err());
    block_on(scene.connect_as(second.credentials())).unwrap();
}

#[test]
fn a_controller_that_is_disabled_does_not_enroll_with_its_own_serial_number() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &known_as("phone"));
    block_on(scene.registry.disable_controller(&name_of(&told), &scene.ada)).unwrap();
    let refused = control_error(&scene, &id, 1, &known_as("phone"));
    assert!(matches!(refused, EnrollControllerError::Refused));
    block_on(scene.registry.enable_controller(&name_of(&told), &scene.ada)).unwrap();
    assert_eq!(both(&control(&scene, &id, 1, &known_as("phone"))), both(&told));
}

#[test]
fn a_controller_that_did_not_connect_is_granted_a_thing_again_that_has_enrolled_again() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    block_on(scene.registry.unenroll(&id, Epoch::FIRST, &scene.ada)).unwrap();
    block_on(scene.enroll(&id, &password(1)));
    let again = control(&scene, &id, 1, &known_as("phone"));
    assert_eq!((again.outcome(), both(&again)), (EnrollOutcome::Repeated, both(&first)));
    assert_eq!(block_on(scene.access(&name_of(&again), &id)), AccessLevel::ReadWrite);
}

#[test]
fn under_another_control_password_everybody_is_new() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let first = control(&scene, &id, 1, &known_as("phone"));
    let new = control_password(&control_of(2));
    let stay = plugmint::GrantsThen::Stay;
    block_on(scene.registry.replace_control_password(&id, &new, stay, &scene.ada)).unwrap();
    assert_eq!(control_error(&scene, &id, 1, &known_as("phone")).code(), "refused");
    let second = control(&scene, &id, 2, &known_as("phone"));
    assert_eq!((second.outcome(), second.ordinal()), (EnrollOutcome::First, Ordinal::new(1)));
    block_on(scene.connect_as(first.credentials())).unwrap();
}

#[test]
fn chosen_control_passwords_enroll_controllers() {
    let design = chosen_design().with_control_class(ControlClass::Chosen);
    let scene = block_on(Scene::new(memory(), design));
    let id = block_on(scene.register_controllable("SN-1", "correct horse", "another horse"));
    block_on(scene.enroll(&id, "correct horse"));
    let told = block_on(scene.control(&id, "another horse", &anybody()));
    block_on(scene.connect_as(told.credentials())).unwrap();
    let wrong = block_on(scene.control_or_refuse(&id, "correct horse", &anybody()));
    assert!(matches!(wrong, Err(EnrollControllerError::Refused)));
}

#[test]
fn each_refusal_has_its_code_and_says_whether_to_ask_again() {
    let second = Duration::from_secs(1);
    let throttled = EnrollControllerError::Throttled { retry_after: second };
    let overloaded = EnrollControllerError::Overloaded { retry_after: second };
    let closed = EnrollControllerError::Fault(Fault::Closed);
    for (error, code, retry_after) in [
        (EnrollControllerError::Refused, "refused", None),
        (EnrollControllerError::TooMany, "too-many-controllers", None),
        (EnrollControllerError::LastOrdinal, "last-ordinal", None),
        (throttled, "throttled", Some(second)),
        (overloaded, "overloaded", Some(second)),
        (closed, "closed", None),
    ] {
        assert_eq!((error.code(), error.retry_after()), (code, retry_after));
        assert_eq!(error.is_retryable(), retry_after.is_some(), "{code}");
    }
}

#[test]
fn a_closed_registry_does_nothing_with_controllers() {
    let scene = scene();
    let (id, _) = block_on(scene.thing("SN-1", 1));
    let told = control(&scene, &id, 1, &anybody());
    let plug_id = name_of(&told);
    block_on(scene.registry.close());
    assert_eq!(control_error(&scene, &id, 1, &anybody()).code(), "closed");
    let (registry, ada) = (&scene.registry, &scene.ada);
    let retired = block_on(registry.retire_controller(&plug_id, ada));
    assert_eq!(retired.unwrap_err().code(), "closed");
    assert!(matches!(block_on(registry.access(&plug_id, &id)), Err(Fault::Closed)));
    assert_eq!(block_on(registry.grants_of(&plug_id, None, PAGE)).unwrap_err().code(), "closed");
}

#[test]
fn a_thing_without_a_control_password_has_no_controllers() {
    let scene = scene();
    let (id, _) = block_on(scene.enrolled("SN-1", &password(1)));
    assert_eq!(control_error(&scene, &id, 1, &anybody()).code(), "refused");
    let other = new_controllable("SN-2", &password(2), &control_of(2));
    block_on(scene.registry.register(scene.template.id(), other, &scene.ada)).unwrap();
    assert_eq!(control_error(&scene, &scene.id("SN-2"), 2, &anybody()).code(), "refused");
}
