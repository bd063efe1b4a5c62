//! Controllers that connect while a root key is replaced.

use plugmint::{AccessLevel, ControlPassword, ControllerRequest, PlugId};
use plugmint::{ControllerEnrollment, EnrollControllerError};
use plugmint_tests::watch;

use crate::prelude::*;

const CONTROL: &str = "00112233445566778899aabbccddeeff";

impl House {
    /// A Thing with a control password, which has enrolled.
    fn thing(&self, serial: &str, number: u32) -> SerialId {
        let id = self.scene.id(serial);
        let new = new_serial(serial, &generated_password(number)).with_control_password(control());
        let ada = &self.scene.ada;
        block_on(self.registry().register(id.template(), new, ada)).unwrap();
        self.enroll(&id, number);
        id
    }

    fn control(&self, thing: &SerialId, own: &str) -> ControllerEnrollment {
        self.try_control(thing, own).unwrap()
    }

    fn try_control(
        &self,
        thing: &SerialId,
        own: &str,
    ) -> Result<ControllerEnrollment, EnrollControllerError> {
        let request = ControllerRequest::new().with_own_serial(own.parse().unwrap());
        let control = control();
        let enrolled = self.registry().enroll_controller(None, thing, &control, &request);
        block_on(enrolled).inspect(|enrollment| {
            let password = enrollment.credentials().connection_password();
            watch("connection password", password.expose_bytes());
        })
    }

    /// Who connects with what was given.
    fn connects(&self, enrollment: &ControllerEnrollment) -> bool {
        let (plug_id, password) =
            (enrollment.credentials().plug_id(), enrollment.credentials().connection_password());
        block_on(self.registry().authenticate(plug_id, password)).is_ok()
    }

    fn access(&self, holder: &PlugId, thing: &SerialId) -> AccessLevel {
        block_on(self.registry().access(holder, thing)).unwrap()
    }
}

fn control() -> ControlPassword {
    watch("control password", CONTROL.as_bytes());
    ControlPassword::parse(CONTROL).unwrap()
}

#[test]
fn no_controller_is_refused_while_a_root_is_replaced() {
    everywhere(|house| {
        let lamp = house.thing("LAMP", 1);
        let phones: Vec<_> =
            (0..8).map(|of| house.control(&lamp, &format!("phone {of}"))).collect();
        let (over, connected) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) || connected.load(Ordering::SeqCst) == 0 {
                    assert!(phones.iter().all(|phone| house.connects(phone)));
                    let plug_id = phones[0].credentials().plug_id();
                    assert_eq!(house.access(plug_id, &lamp), AccessLevel::ReadWrite);
                    connected.fetch_add(1, Ordering::SeqCst);
                }
            });
            let _over = Over(&over);
            for last in 2..5 {
                house.rotate(&(1..=last).collect::<Vec<_>>());
                while connected.load(Ordering::SeqCst) == 0 {
                    std::thread::yield_now();
                }
                sweep(house.registry());
                assert_eq!(house.drop_key(last - 1).unwrap(), Outcome::Done);
                connected.store(0, Ordering::SeqCst);
            }
        });
    });
}
