//! Controllers whose Thing hangs on an old version.

use plugmint::{ControllerEnrollment, ControllerRequest, EnrollOutcome, Epoch, Ordinal};
use plugmint_tests::{control_of, control_password, known_as};

use crate::prelude::*;

fn control(house: &House, id: &SerialId, request: &ControllerRequest) -> ControllerEnrollment {
    block_on(house.scene.control(id, &control_of(1), request))
}

fn version_of_controller(house: &House, told: &ControllerEnrollment) -> u32 {
    let status = block_on(house.registry().controller(told.credentials().plug_id()));
    status.unwrap().key_version.number()
}

fn both(told: &ControllerEnrollment) -> (String, String) {
    let password = told.credentials().connection_password().expose_text();
    (told.credentials().plug_id().to_string(), password.to_string())
}

#[test]
fn without_the_old_root_controllers_of_its_things_enroll_enroll_again_and_connect() {
    everywhere(|mut house| {
        let (id, _) = block_on(house.scene.thing("SN-1", 1));
        let connected = control(&house, &id, &known_as("panel"));
        block_on(house.scene.connect_as(connected.credentials())).unwrap();
        let waiting = control(&house, &id, &known_as("phone"));
        house.rotate(&[1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        assert_eq!(both(&control(&house, &id, &known_as("phone"))), both(&waiting));
        for told in [&connected, &waiting] {
            block_on(house.scene.connect_as(told.credentials())).unwrap();
        }
        let plug_id = *connected.credentials().plug_id();
        let ada = &house.scene.ada;
        let reactivate = house.registry().reactivate_controller(&plug_id, Epoch::FIRST, ada);
        block_on(reactivate).unwrap();
        let again = control(&house, &id, &known_as("panel"));
        assert_eq!(again.outcome(), EnrollOutcome::Reissued);
        block_on(house.scene.connect_as(again.credentials())).unwrap();
        // A new one hangs on the version of its Thing.
        let new = control(&house, &id, &ControllerRequest::new());
        assert_eq!((new.ordinal(), version_of_controller(&house, &new)), (Ordinal::new(2), 1));
        block_on(house.scene.connect_as(new.credentials())).unwrap();
        block_on(house.registry().verify_history(&id, None)).unwrap();
    });
}

#[test]
fn controllers_of_a_transferred_thing_take_its_version_and_those_of_before_keep_theirs() {
    everywhere(|mut house| {
        let (id, _) = block_on(house.scene.thing("SN-1", 1));
        let before = control(&house, &id, &known_as("phone"));
        house.rotate(&[1, 2]);
        let new = NewPasswords::new(enroll_password(&generated_password(2)));
        let new = new.with_control(control_password(&control_of(1)));
        let transfer = house.registry().transfer(&id, &new, Epoch::FIRST, &house.scene.ada);
        // Neither password may be one of the two old ones.
        assert_eq!(block_on(transfer).unwrap_err().code(), "repeated-password");
        let new = NewPasswords::new(enroll_password(&generated_password(2)));
        let new = new.with_control(control_password(&control_of(2)));
        let transfer = house.registry().transfer(&id, &new, Epoch::FIRST, &house.scene.ada);
        block_on(transfer).unwrap();
        house.enroll(&id, 2);
        let after = block_on(house.scene.control(&id, &control_of(2), &known_as("phone")));
        assert_eq!(after.ordinal(), Ordinal::new(1));
        assert_eq!([&before, &after].map(|told| version_of_controller(&house, told)), [1, 2]);
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        for told in [&before, &after] {
            block_on(house.scene.connect_as(told.credentials())).unwrap();
        }
    });
}

#[test]
fn grants_between_versions_count_and_stay() {
    everywhere(|mut house| {
        let (old, _) = block_on(house.scene.thing("SN-1", 1));
        house.rotate(&[1, 2]);
        let (new, told) = block_on(house.scene.thing("SN-2", 2));
        assert_eq!((house.version_of(&old), house.version_of(&new)), (1, 2));
        let phone = control(&house, &old, &ControllerRequest::new());
        for (holder, thing, number) in [(phone.credentials(), new, 2), (told.credentials(), old, 1)]
        {
            let control = control_password(&control_of(number));
            let (plug_id, password) = (holder.plug_id(), holder.connection_password());
            let add = house.registry().add_thing(None, plug_id, password, &thing, &control);
            assert_eq!(block_on(add).unwrap(), Outcome::Done);
        }
        sweep(house.registry());
        house.drop_key(1).unwrap();
        house.reopen(&[2]);
        for (holder, thing) in [(phone.credentials(), new), (told.credentials(), old)] {
            let access = block_on(house.scene.access(holder.plug_id(), &thing));
            assert_eq!(access, plugmint::AccessLevel::ReadWrite);
        }
    });
}
