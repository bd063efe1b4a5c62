//! The later epochs of a device: its passwords end, go on for a while, and are replaced.

use plugmint::{
    Actor, ConnectionPassword, ControlClass, ControlPassword, Enrollment, Epoch, GrantsThen,
    NewPasswords, NewSerial, OperatorEnroll, PasswordClass, PlugId, Registry, RegistryBuilder,
    RepeatPolicy, SerialId, TemplateDesign, TemplateName, UnixMillis,
};
use plugmint_freed::Watched;
use pollster::block_on;

use crate::registry::{SERIAL, cost, enroll_password, registry, stretched};
use crate::secrets::{Device, Roots, apart};

/// The passwords of a serial before it goes to somebody else and after, and what they are replaced
/// by.
struct Passwords {
    class: PasswordClass,
    control: ControlClass,
    old: [&'static str; 2],
    new: [&'static str; 2],
    last: [&'static str; 2],
}

/// Whose secrets are looked for.
struct Things<'a> {
    roots: &'a Roots,
    id: &'a SerialId,
    class: PasswordClass,
    control: ControlClass,
}

impl Things<'_> {
    fn thing(&self, epoch: u32, password: &'static str) -> Device {
        let (place, stretched) = ((self.id.template(), SERIAL), self.stretched(password));
        Device::thing_at(epoch, self.roots, place, password, stretched)
    }

    /// Both passwords, each as itself and as the other one.
    fn watch(&self, [enroll, control]: [&'static str; 2]) -> [Watched; 4] {
        let place = (self.id.template(), SERIAL);
        let stretched = |password| stretched(self.id, self.control.class(), password);
        let controller =
            |password| Device::controller(self.roots, place, password, stretched(password));
        [
            self.thing(0, enroll).watch(),
            controller(control).watch(),
            controller(enroll).watch_key(),
            self.thing(0, control).watch_key(),
        ]
    }

    fn stretched(&self, password: &str) -> [u8; 32] {
        stretched(self.id, self.class, password)
    }
}

fn a_later_life_leaves_nothing(
    root: u8,
    passwords: &Passwords,
    tags: fn(RegistryBuilder) -> RegistryBuilder,
) {
    let (roots, of_root) = Roots::watched([root; 32]);
    let registry = registry(&roots, tags);
    let (class, control) = (passwords.class, passwords.control);
    let design = TemplateDesign::new(TemplateName::parse("White refrigerators").unwrap())
        .with_password_class(class)
        .with_control_class(control)
        .with_argon2(cost())
        .with_repeat(RepeatPolicy::Always)
        .with_operator_enroll(OperatorEnroll::Allowed);
    let template = block_on(registry.create_template(registry.company(), design)).unwrap();
    let id = SerialId::new(*template.id(), SERIAL.parse().unwrap());
    let Passwords { old, new, last, .. } = passwords;
    let devices = [(0, old[0]), (1, old[0]), (2, old[0]), (3, new[0]), (4, last[0])];
    let (devices, watched) = apart(|| {
        let things = Things { roots: &roots, id: &id, class, control };
        let device = |(epoch, password)| Box::new(things.thing(epoch, password));
        (devices.map(device), [*old, *new, *last].map(|both| things.watch(both)))
    });
    let connections: Vec<_> = devices.iter().map(|device| device.watch_connection()).collect();

    let life = Life { registry: &registry, id: &id, ada: &Actor::parse("ada").unwrap() };
    life.register(*old);
    life.is_revoked(old[0], [&devices[0], &devices[1]]);
    life.is_renewed(*new, *last, &devices[4]);
    block_on(registry.close());
    drop(registry);
    for watched in watched.iter().flatten().chain(&connections).chain([&of_root]) {
        assert_eq!(watched.found(), []);
    }
}

/// Every future is in a block of its own, as a runtime that spawns it has it.
struct Life<'a> {
    registry: &'a Registry,
    id: &'a SerialId,
    ada: &'a Actor,
}

impl Life<'_> {
    fn register(&self, [enroll, control]: [&str; 2]) {
        let new = NewSerial::new(*self.id.serial(), enroll_password(enroll))
            .with_control_password(ControlPassword::parse(control).unwrap());
        let registered = self.registry.register(self.id.template(), new, self.ada);
        block_on(Box::pin(registered)).unwrap();
    }

    /// From the first epoch to the third: the password of before goes on for a while, the next one
    /// is the device's to end.
    fn is_revoked(&self, password: &str, [first, second]: [&Device; 2]) {
        let enrollment = Box::new(self.enroll(password, first));
        let plug_id = *enrollment.credentials().plug_id();
        self.connects(&plug_id, first);
        let until = UnixMillis::new(u64::MAX);
        let reactivated =
            self.registry.reactivate_with_overlap(self.id, Epoch::FIRST, until, self.ada);
        block_on(Box::pin(reactivated)).unwrap();
        self.connects(&plug_id, first);
        drop(Box::new(self.enroll(password, second)));
        self.connects(&plug_id, first);
        self.connects(&plug_id, second);
        for is_first in [true, false] {
            let own = ConnectionPassword::parse(second.connection_text()).unwrap();
            let done = block_on(Box::pin(self.registry.unenroll_by_device(&plug_id, &own)));
            assert_eq!(done.is_ok(), is_first);
        }
    }

    /// From the third epoch to the fifth: the serial goes to somebody else, gets other passwords,
    /// and is enrolled with the key that was sealed.
    fn is_renewed(&self, new: [&str; 2], last: [&str; 2], device: &Device) {
        let (third, fourth) = (Epoch::new(2), Epoch::new(3));
        for _ in 0..2 {
            let passwords = Box::new(new_passwords(new));
            let transferred = self.registry.transfer(self.id, &passwords, third, self.ada);
            block_on(Box::pin(transferred)).unwrap();
        }
        let passwords = Box::new(new_passwords([new[0], last[1]]));
        let refused = self.registry.replace_passwords(self.id, &passwords, fourth, self.ada);
        block_on(Box::pin(refused)).unwrap_err();
        let passwords = Box::new(new_passwords(last));
        let replaced = self.registry.replace_passwords(self.id, &passwords, fourth, self.ada);
        block_on(Box::pin(replaced)).unwrap();
        let control = Box::new(ControlPassword::parse(new[1]).unwrap());
        let replaced =
            self.registry.replace_control_password(self.id, &control, GrantsThen::End, self.ada);
        block_on(Box::pin(replaced)).unwrap();
        let enrolled = self.registry.enroll_by_operator(self.id, self.ada);
        let enrollment = Box::new(block_on(Box::pin(enrolled)).unwrap());
        let plug_id = *enrollment.credentials().plug_id();
        is_given(&enrollment, device);
        self.connects(&plug_id, device);
    }

    fn enroll(&self, password: &str, device: &Device) -> Enrollment {
        let password = enroll_password(password);
        let enrolled = self.registry.enroll(self.id, &password);
        let enrollment = block_on(Box::pin(enrolled)).unwrap();
        is_given(&enrollment, device);
        enrollment
    }

    fn connects(&self, plug_id: &PlugId, device: &Device) {
        let plug_id = plug_id.to_string();
        let connected = self.registry.authenticate_text(&plug_id, device.connection_text());
        block_on(Box::pin(connected)).unwrap();
    }
}

/// What is looked for is what there is.
fn is_given(enrollment: &Enrollment, device: &Device) {
    let text = enrollment.credentials().connection_password().expose_text();
    assert_eq!(&*text, device.connection_text());
}

fn new_passwords([enroll, control]: [&str; 2]) -> NewPasswords {
    NewPasswords::new(enroll_password(enroll))
        .with_control(ControlPassword::parse(control).unwrap())
}

#[test]
fn later_epochs_with_generated_passwords_leave_nothing() {
    let passwords = Passwords {
        class: PasswordClass::Generated,
        control: ControlClass::Generated,
        old: ["a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0", "a0c0a0c0a0c0a0c0a0c0a0c0a0c0a0c0"],
        new: ["a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "a1c1a1c1a1c1a1c1a1c1a1c1a1c1a1c1"],
        last: ["a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2", "a2c2a2c2a2c2a2c2a2c2a2c2a2c2a2c2"],
    };
    a_later_life_leaves_nothing(0xa0, &passwords, |builder| builder);
}

#[test]
fn later_epochs_with_chosen_passwords_leave_nothing() {
    let passwords = Passwords {
        class: PasswordClass::Chosen,
        control: ControlClass::Chosen,
        old: ["chosen, and given away", "a3c3a3c3a3c3a3c3a3c3a3c3a3c3a3c3"],
        new: ["chosen by somebody else", "a4c4a4c4a4c4a4c4a4c4a4c4a4c4a4c4"],
        last: ["chosen once more", "a5c5a5c5a5c5a5c5a5c5a5c5a5c5a5c5"],
    };
    a_later_life_leaves_nothing(0xa1, &passwords, |builder| builder);
}

#[test]
fn later_epochs_with_shared_passwords_leave_nothing() {
    let passwords = Passwords {
        class: PasswordClass::Shared,
        control: ControlClass::Generated,
        old: ["shared, and given away", "a6c6a6c6a6c6a6c6a6c6a6c6a6c6a6c6"],
        new: ["shared with somebody else", "a7c7a7c7a7c7a7c7a7c7a7c7a7c7a7c7"],
        last: ["shared once more", "a8c8a8c8a8c8a8c8a8c8a8c8a8c8a8c8"],
    };
    a_later_life_leaves_nothing(0xa2, &passwords, RegistryBuilder::with_tagged_records);
}
