//! Controllers and grants, and what a registry says of them.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder};
use plugmint::{
    Actor, AddThingError, ControlPassword, EnrollControllerError, EnrollPassword, Epoch, Fault,
    GrantsThen, NewSerial, Registry, SerialId,
};
use plugmint_core::controller::{
    Attached, ControlledThing, Controller, ControllerAttempt, ControllerChange, ControllerRefusal,
    ControllerRequest, DeviceName, EnrollControllerRefusal, KnownAs, OwnSerialMark,
    ReactivateControllerRefusal, Roll, Roster,
};
use plugmint_core::derivation::{ControlKey, PlatformKeys, StretchMemory};
use plugmint_core::grant::{Grant, Holder, NotControllable};
use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord};
use plugmint_core::{
    Author, ControllerCap, KeyVersion, Ordinal, PasswordClass, RepeatPolicy, SerialNumber,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{control_secrets, controller_secret, thing_secrets};
use pollster::block_on;

use crate::shown::Shown;
use crate::things::*;

pub(crate) fn controlling(shown: &mut Shown) {
    decided(shown);
    refusals(shown);
    registry(shown);
}

/// What an enrollment is decided from, and what it comes to.
fn decided(shown: &mut Shown) {
    let design = chosen();
    shown.secrets(control_secrets(&ROOT, &id(), &design, CONTROL));
    let (name, of_controller) = controller_secret(&ROOT, &id(), &design, CONTROL, (0, 0));
    shown.secret(name, &of_controller);
    let (keys, key) = (PlatformKeys::of_root(&root()), control_key());
    shown.secret("the control verifier", key.verifier().expose_bytes());
    let thing = thing(&keys, &key);
    shown.show(&thing.stage().registration().unwrap().grants());
    shown.show(&thing.stage().registration().unwrap().grants().on());
    let proven = ControlledThing::prove(Some(thing), key.verifier()).unwrap();
    shown.show(&proven);
    let request = ControllerRequest::new()
        .with_name(DeviceName::parse("Ada's phone").unwrap())
        .with_own_serial(SerialNumber::parse("phone").unwrap());
    shown.show(&request);
    shown.show(&DeviceName::parse("Ada's phone").unwrap());
    let mark = OwnSerialMark::new(&SerialNumber::parse("phone").unwrap());
    shown.show(&mark);
    shown.show(&KnownAs::new(Ordinal::FIRST));
    let generation = proven.thing().stage().registration().unwrap().grants().on();
    let roster = Roster::new(generation);
    shown.show(&roster);
    let roll = Roll { roster: roster.clone(), known: None, idle: None };
    shown.show(&roll);
    let (cap, auth, at) = (ControllerCap::DEFAULT, keys.auth(), at(3));
    let attempt = ControllerAttempt { key: &key, request: &request, cap, auth, at };
    shown.show(&attempt);
    let Ok(Decision::Commit(change, told)) = proven.enroll(&attempt, roll) else {
        panic!("it enrolls")
    };
    shown.secret(
        "the controller's password",
        told.credentials().connection_password().expose_bytes(),
    );
    shown.show(&told);
    shown.show(&*change);
    shown.show(&change.grant.unwrap());
    let ControllerChange { thing, controllers: all, .. } = *change;
    let (ordinal, controller): (Ordinal, Controller) = all.into_iter().next().unwrap();
    shown.show(&controller);
    shown.show(controller.stage());
    shown.show(&controller.stage().name());
    let holder = Holder::controller(&controller).unwrap();
    shown.show(&holder);
    shown.show(&Grant::new(generation, holder.held(), at));
    shown.show(&controller.credential(&id(), ordinal));
    shown.show(&Attached { thing, ordinal, controller });
}

fn control_key() -> ControlKey {
    let control = ControlPassword::parse(CONTROL).unwrap();
    let stretching = PasswordClass::Chosen.stretching(cost(), &id(), control.expose_text());
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    let keys = PlatformKeys::of_root(&root());
    keys.template_key(id().template()).control_key(id().serial(), &stretched)
}

/// A Thing that is enrolled, with a control password.
fn thing(keys: &PlatformKeys, control: &ControlKey) -> SerialRecord {
    let enroll = EnrollPassword::parse(ENROLL).unwrap();
    let stretching = PasswordClass::Chosen.stretching(cost(), &id(), enroll.expose_text());
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    let template_key = keys.template_key(id().template());
    let key = template_key.enroll_key(id().serial(), &stretched);
    let (enroll, control) = (key.verifier(), Some(control.verifier()));
    let registration = Registration::new(KeyVersion::FIRST, enroll, control, at(1));
    let registered = Registered::new(registration, None);
    let registered = SerialRecord::register(&id(), registered, Author::Device).record().clone();
    let enrolled = SerialRecord::enroll(
        Some(registered),
        &key,
        RepeatPolicy::Always,
        keys.auth(),
        None,
        at(2),
    );
    let Ok(Decision::Commit(change, _)) = enrolled else { panic!("it enrolls") };
    change.record().clone()
}

fn refusals(shown: &mut Shown) {
    shown.show(&EnrollControllerRefusal::TooMany);
    shown.show(&ControllerRefusal::Retired);
    shown.show(&ReactivateControllerRefusal::NotReissuable);
    shown.show(&NotControllable::NotEnrolled);
    shown.show(&GrantsThen::Stay);
    shown.show(&EnrollControllerError::Fault(Fault::Closed));
    shown.show(&AddThingError::Fault(Fault::Closed));
}

fn registry(shown: &mut Shown) {
    let settings = builder(Arc::new(MemoryStore::new()), Arc::new(FixedClock::default()), 1);
    let registry: Registry = block_on(settings.create(&root())).unwrap();
    let template = block_on(registry.create_template(registry.company(), chosen())).unwrap();
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    shown.secrets(thing_secrets(&ROOT, &id, &chosen(), ENROLL));
    shown.secrets(control_secrets(&ROOT, &id, &chosen(), CONTROL));
    let (name, of_controller) = controller_secret(&ROOT, &id, &chosen(), CONTROL, (0, 0));
    shown.secret(name, &of_controller);
    let (ada, all) = (Actor::parse("ada").unwrap(), NonZeroUsize::MAX);
    let enroll = || EnrollPassword::parse(ENROLL).unwrap();
    let control = || ControlPassword::parse(CONTROL).unwrap();
    let new = NewSerial::new(*id.serial(), enroll()).with_control_password(control());
    block_on(registry.register(id.template(), new, &ada)).unwrap();
    let request = ControllerRequest::new();
    let right = control();
    let asked = || registry.enroll_controller(None, &id, &right, &request);
    shown.show(&block_on(asked()).unwrap_err());
    block_on(registry.enroll(&id, &enroll())).unwrap();
    let told = block_on(asked()).unwrap();
    let (plug_id, password) =
        (told.credentials().plug_id(), told.credentials().connection_password());
    assert_eq!(password.expose_bytes().as_slice(), of_controller);
    shown.show(&told);
    let wrong = ControlPassword::parse(NEW_CONTROL).unwrap();
    let refused = block_on(registry.add_thing(None, plug_id, password, &id, &wrong));
    shown.show(&refused.unwrap_err());
    shown.show(&block_on(registry.authenticate(plug_id, password)).unwrap());
    shown.show(&block_on(registry.controller(plug_id)).unwrap());
    shown.show(&block_on(registry.controllers(&id, None, all)).unwrap());
    let on = block_on(registry.grants_on(&id, None, all)).unwrap();
    shown.show(&on);
    shown.show(&on.grants[0]);
    let of = block_on(registry.grants_of(plug_id, None, all)).unwrap();
    shown.show(&of);
    shown.show(&of.grants[0]);
    let moved = block_on(registry.reactivate_controller(plug_id, Epoch::new(7), &ada));
    shown.show(&moved.unwrap_err());
    for event in block_on(registry.history(&id, None, all)).unwrap() {
        shown.show(&event);
        shown.show(&Author::Device);
    }
}
