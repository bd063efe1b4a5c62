//! What a registry is given and gives, from its making to its end.

use std::num::NonZeroUsize;
use std::sync::Arc;

use plugmint::derivation::{StretchMemory, Stretched};
use plugmint::testing::{FixedClock, builder};
use plugmint::{
    Actor, Argon2Cost, ControlPassword, EnrollError, EnrollPassword, NewSerial, OperatorEnroll,
    PasswordClass, Registry, RegistryBuilder, RootKey, SerialId, StretchLimits, TemplateDesign,
    TemplateName,
};
use plugmint_memory::MemoryStore;
use pollster::block_on;

use crate::secrets::{Device, Roots, apart};

pub(crate) const SERIAL: &str = "SN-1";

pub(crate) fn cost() -> Argon2Cost {
    Argon2Cost::new(1024, 1, 1).unwrap()
}

pub(crate) fn enroll_password(text: &str) -> EnrollPassword {
    EnrollPassword::parse(text).unwrap()
}

/// A registry over memory that tags its records or does not.
pub(crate) fn registry(roots: &Roots, tags: fn(RegistryBuilder) -> RegistryBuilder) -> Registry {
    let store = Arc::new(MemoryStore::new());
    let builder = |seed| {
        let workers = StretchLimits::new(NonZeroUsize::MIN, 8);
        let clock = Arc::new(FixedClock::default());
        tags(builder(Arc::clone(&store) as _, clock, seed).with_stretch_limits(workers))
    };
    let key = RootKey::parse(roots.text()).unwrap();
    drop(block_on(Box::pin(builder(1).create(&key))).unwrap());
    block_on(Box::pin(builder(2).open(&key))).unwrap()
}

/// What a password of a serial is stretched to.
pub(crate) fn stretched(id: &SerialId, class: PasswordClass, password: &str) -> [u8; 32] {
    let password = enroll_password(password);
    let stretching = class.stretching(cost(), id, password.expose_text());
    let stretched: Stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    *stretched.expose_bytes()
}

/// Every future is in a block of its own, as a runtime that spawns it has it.
fn a_life_leaves_nothing(
    root: u8,
    (class, password): (PasswordClass, &'static str),
    tags: fn(RegistryBuilder) -> RegistryBuilder,
) {
    let (roots, of_root) = Roots::watched([root; 32]);
    let registry = registry(&roots, tags);
    let design = TemplateDesign::new(TemplateName::parse("White refrigerators").unwrap())
        .with_password_class(class)
        .with_argon2(cost())
        .with_operator_enroll(OperatorEnroll::Allowed);
    let template = block_on(registry.create_template(registry.company(), design)).unwrap();
    let id = SerialId::new(*template.id(), SERIAL.parse().unwrap());
    let control = CONTROLS[usize::from(root & 7)];
    let (thing, watched) = apart(|| {
        let stretched = |class, password| stretched(&id, class, password);
        let place = (id.template(), SERIAL);
        let thing = Device::thing(&roots, place, password, stretched(class, password));
        let control_stretched = stretched(PasswordClass::Generated, control);
        let controller = Device::controller(&roots, place, control, control_stretched);
        let watched = [thing.watch(), controller.watch()];
        (Box::new(thing), watched)
    });

    let new = NewSerial::new(*id.serial(), enroll_password(password))
        .with_control_password(ControlPassword::parse(control).unwrap());
    let ada = Actor::parse("ada").unwrap();
    block_on(Box::pin(registry.register(template.id(), new, &ada))).unwrap();
    let wrong = enroll_password("00112233445566778899aabbccddeeff");
    let refused = block_on(Box::pin(registry.enroll(&id, &wrong))).unwrap_err();
    assert!(matches!(refused, EnrollError::Refused));
    let mut plug_id = String::new();
    for _ in 0..2 {
        let right = enroll_password(password);
        let enrollment = Box::new(block_on(Box::pin(registry.enroll(&id, &right))).unwrap());
        let text = enrollment.credentials().connection_password().expose_text();
        assert_eq!(&*text, thing.connection_text());
        plug_id = enrollment.credentials().plug_id().to_string();
    }
    for _ in 0..2 {
        let connected = registry.authenticate_text(&plug_id, thing.connection_text());
        block_on(Box::pin(connected)).unwrap();
    }
    block_on(registry.close());
    drop((registry, wrong));
    assert_eq!(watched.map(|watched| watched.found()), [vec![], vec![]]);
    assert_eq!(of_root.found(), []);
}

/// One for each test: they run side by side.
const CONTROLS: [&str; 8] = [
    "c0000000000000000000000000000000",
    "c1111111111111111111111111111111",
    "c2222222222222222222222222222222",
    "c3333333333333333333333333333333",
    "c4444444444444444444444444444444",
    "c5555555555555555555555555555555",
    "c6666666666666666666666666666666",
    "c7777777777777777777777777777777",
];

#[test]
fn a_life_with_a_generated_password_leaves_nothing() {
    let password = (PasswordClass::Generated, "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0");
    a_life_leaves_nothing(0xb0, password, |builder| builder);
}

#[test]
fn a_life_with_a_chosen_password_leaves_nothing() {
    let password = (PasswordClass::Chosen, "chosen, and a person's");
    a_life_leaves_nothing(0xb1, password, |builder| builder);
}

#[test]
fn a_life_with_a_shared_password_leaves_nothing() {
    let password = (PasswordClass::Shared, "shared, and everybody's");
    a_life_leaves_nothing(0xb2, password, |builder| builder);
}

#[test]
fn a_life_with_tagged_records_leaves_nothing() {
    let password = (PasswordClass::Chosen, "chosen, and in tagged records");
    a_life_leaves_nothing(0xb3, password, RegistryBuilder::with_tagged_records);
}
