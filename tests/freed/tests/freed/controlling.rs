//! Who controls a Thing, and is granted others: what the control passwords come to.

use plugmint::{
    Actor, AddThingError, ConnectionPassword, ControlClass, ControlPassword, ControllerRequest,
    EnrollControllerError, Epoch, NewSerial, PasswordClass, PlugId, Registry, RegistryBuilder,
    SerialId, SerialNumber, TemplateDesign, TemplateName,
};
use plugmint_freed::Watched;
use pollster::block_on;

use crate::registry::{cost, enroll_password, registry, stretched};
use crate::secrets::{Device, Roots, apart};

/// Two Things of one template, and what opens them.
struct Passwords {
    control: ControlClass,
    /// The control password of each, and one that is nobody's.
    things: [&'static str; 2],
    wrong: &'static str,
    /// The enroll password of each.
    enroll: [&'static str; 2],
}

const SERIALS: [&str; 2] = ["SN-1", "SN-2"];

/// Every future is in a block of its own, as a runtime that spawns it has it.
struct House<'a> {
    registry: &'a Registry,
    ids: [SerialId; 2],
    ada: Actor,
}

impl House<'_> {
    fn enrolled(&self, which: usize, [enroll, control]: [&str; 2]) {
        let id = &self.ids[which];
        let new = NewSerial::new(*id.serial(), enroll_password(enroll))
            .with_control_password(ControlPassword::parse(control).unwrap());
        block_on(Box::pin(self.registry.register(id.template(), new, &self.ada))).unwrap();
        let password = enroll_password(enroll);
        drop(Box::new(block_on(Box::pin(self.registry.enroll(id, &password))).unwrap()));
    }

    /// Somebody enrolls as what is looked for.
    fn controls(&self, control: &str, request: &ControllerRequest, expected: &Device) -> PlugId {
        let control = Box::new(ControlPassword::parse(control).unwrap());
        let enrolled = self.registry.enroll_controller(None, &self.ids[0], &control, request);
        let told = Box::new(block_on(Box::pin(enrolled)).unwrap());
        let text = told.credentials().connection_password().expose_text();
        assert_eq!(&*text, expected.connection_text());
        *told.credentials().plug_id()
    }

    fn is_refused(&self, control: &str) {
        let control = Box::new(ControlPassword::parse(control).unwrap());
        let request = ControllerRequest::new();
        for id in &self.ids {
            let enrolled = self.registry.enroll_controller(None, id, &control, &request);
            let refused = block_on(Box::pin(enrolled)).unwrap_err();
            assert!(matches!(refused, EnrollControllerError::Refused));
        }
    }

    fn connects(&self, plug_id: &PlugId, device: &Device) {
        let plug_id = plug_id.to_string();
        for _ in 0..2 {
            let connected = self.registry.authenticate_text(&plug_id, device.connection_text());
            block_on(Box::pin(connected)).unwrap();
        }
    }

    /// Is granted the other Thing, and gives it up.
    fn holds(&self, plug_id: &PlugId, device: &Device, [wrong, right]: [&str; 2]) {
        let (registry, thing) = (self.registry, &self.ids[1]);
        let password = Box::new(ConnectionPassword::parse(device.connection_text()).unwrap());
        for (control, is_right) in [(wrong, false), (right, true), (right, true)] {
            let control = Box::new(ControlPassword::parse(control).unwrap());
            let added = registry.add_thing(None, plug_id, &password, thing, &control);
            match block_on(Box::pin(added)) {
                Ok(_) => assert!(is_right),
                Err(refused) => {
                    assert!(matches!(refused, AddThingError::ThingRefused) && !is_right);
                }
            }
        }
        // Dropped before it has begun.
        let control = Box::new(ControlPassword::parse(right).unwrap());
        drop(Box::pin(registry.add_thing(None, plug_id, &password, thing, &control)));
        let released = registry.release_things(plug_id, &password, std::slice::from_ref(thing));
        assert_eq!(block_on(Box::pin(released)).unwrap(), 1);
        block_on(Box::pin(registry.release_all_things(plug_id, &password))).unwrap();
    }

    fn takes_itself_off(&self, plug_id: &PlugId, device: &Device) {
        for is_first in [true, false] {
            let password = ConnectionPassword::parse(device.connection_text()).unwrap();
            let done = block_on(Box::pin(self.registry.unenroll_by_device(plug_id, &password)));
            assert_eq!(done.is_ok(), is_first);
        }
    }
}

fn controlling_leaves_nothing(
    root: u8,
    passwords: &Passwords,
    tags: fn(RegistryBuilder) -> RegistryBuilder,
) {
    let (roots, of_root) = Roots::watched([root; 32]);
    let registry = registry(&roots, tags);
    let design = TemplateDesign::new(TemplateName::parse("White refrigerators").unwrap())
        .with_password_class(PasswordClass::Generated)
        .with_control_class(passwords.control)
        .with_argon2(cost());
    let template = block_on(registry.create_template(registry.company(), design)).unwrap();
    let ids = SERIALS.map(|serial| SerialId::new(*template.id(), serial.parse().unwrap()));
    let class = passwords.control.class();
    let [first, second] = passwords.things;
    let device = |which: usize, place, password| {
        let stretched = stretched(&ids[which], class, password);
        let of = (template.id(), SERIALS[which]);
        Box::new(Device::controller_at(place, &roots, of, password, stretched))
    };
    // All of them come back: to drop one here would be to find it.
    let (phones, _others, watched) = apart(|| {
        let phones = [(0, 0), (0, 1), (1, 0)].map(|place| device(0, place, first));
        let wrong = passwords.wrong;
        let others = [(1, second), (0, wrong), (1, wrong)];
        let others = others.map(|(which, password)| device(which, (0, 0), password));
        let all = phones.iter().chain(&others);
        let watched: Vec<_> = all.map(|device| device.watch()).collect();
        (phones, others, watched)
    });

    let house = House { registry: &registry, ids, ada: Actor::parse("ada").unwrap() };
    for which in [0, 1] {
        house.enrolled(which, [passwords.enroll[which], passwords.things[which]]);
    }
    house.is_refused(passwords.wrong);
    let own_serial = SerialNumber::parse("phone").unwrap();
    let request = ControllerRequest::new().with_own_serial(own_serial);
    let phone = house.controls(first, &request, &phones[0]);
    assert_eq!(house.controls(first, &request, &phones[0]), phone);
    house.connects(&phone, &phones[0]);
    let reactivated = registry.reactivate_controller(&phone, Epoch::FIRST, &house.ada);
    block_on(Box::pin(reactivated)).unwrap();
    assert_eq!(house.controls(first, &request, &phones[1]), phone);
    house.connects(&phone, &phones[1]);
    house.holds(&phone, &phones[1], [passwords.wrong, second]);
    let last = house.controls(first, &ControllerRequest::new(), &phones[2]);
    house.takes_itself_off(&last, &phones[2]);
    block_on(registry.close());
    drop(house);
    drop(registry);
    let found: Vec<_> = watched.iter().chain([&of_root]).map(Watched::found).collect();
    assert!(found.iter().all(Vec::is_empty), "{found:?}");
}

#[test]
fn generated_control_passwords_leave_nothing() {
    let passwords = Passwords {
        control: ControlClass::Generated,
        things: ["d0a0d0a0d0a0d0a0d0a0d0a0d0a0d0a0", "d0b0d0b0d0b0d0b0d0b0d0b0d0b0d0b0"],
        wrong: "d0c0d0c0d0c0d0c0d0c0d0c0d0c0d0c0",
        enroll: ["d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", "d0e0d0e0d0e0d0e0d0e0d0e0d0e0d0e0"],
    };
    controlling_leaves_nothing(0xd0, &passwords, |builder| builder);
}

#[test]
fn chosen_control_passwords_leave_nothing() {
    let passwords = Passwords {
        control: ControlClass::Chosen,
        things: ["a control password of ada's", "a control password of bob's"],
        wrong: "a control password of nobody's",
        enroll: ["d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1", "d1e1d1e1d1e1d1e1d1e1d1e1d1e1d1e1"],
    };
    controlling_leaves_nothing(0xd1, &passwords, |builder| builder);
}

#[test]
fn control_passwords_in_tagged_records_leave_nothing() {
    let passwords = Passwords {
        control: ControlClass::Chosen,
        things: ["with tags, ada's control password", "with tags, bob's control password"],
        wrong: "with tags, nobody's control password",
        enroll: ["d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2", "d2e2d2e2d2e2d2e2d2e2d2e2d2e2d2e2"],
    };
    controlling_leaves_nothing(0xd2, &passwords, RegistryBuilder::with_tagged_records);
}
