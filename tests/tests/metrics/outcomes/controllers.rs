//! Enrollments of Controllers.

use futures_util::future::join_all;
use plugmint::{ControllerCap, ControllerRequest, Epoch};
use plugmint_core::lifecycle::SerialRecord;
use plugmint_store::Key;
use plugmint_tests::{control_of, control_password, design, known_as};
use pollster::block_on;

use super::house::House;
use super::memory::OUT_OF_MEMORY;
use super::tally::Tally;

pub(crate) const COUNTER: &str = "plugmint_enroll_controller_total";

#[test]
fn every_outcome_of_an_enrollment_of_a_controller_is_counted() {
    let mut tally = Tally::of(COUNTER);
    answers(&mut tally);
    no_more(&mut tally);
    held_down(&mut tally);
    faults(&mut tally);
    tally.is_whole_but_for(&[OUT_OF_MEMORY]);
}

/// Asks with the control password of that number, and says what it is told.
pub(crate) fn asks(house: &House, number: u32) -> &'static str {
    let (door, control) = (&house.door.0, control_of(number));
    match block_on(house.scene.control_or_refuse(door, &control, &known_as("PANEL"))) {
        Ok(enrollment) => enrollment.outcome().code(),
        Err(error) => error.code(),
    }
}

fn answers(tally: &mut Tally) {
    let house = House::new();
    let first = block_on(house.scene.control(&house.door.0, &control_of(3), &known_as("PANEL")));
    assert_eq!(asks(&house, 3), "repeated");
    assert_eq!(asks(&house, 9), "refused");
    let plug_id = first.credentials().plug_id();
    block_on(house.maker.reactivate_controller(plug_id, Epoch::FIRST, &house.scene.ada)).unwrap();
    assert_eq!(asks(&house, 3), "reissued");
    tally.count(&house.recorded, &["first", "repeated", "refused", "reissued"]);
}

fn no_more(tally: &mut Tally) {
    let one = design().with_controllers(ControllerCap::new(1).unwrap());
    let house = House::of(one, |settings| settings);
    let nobody = ControllerRequest::new();
    let first = block_on(house.scene.control(&house.door.0, &control_of(3), &nobody));
    block_on(house.scene.connect_as(first.credentials())).unwrap();
    assert_eq!(asks(&house, 3), "too-many-controllers");
    tally.count(&house.recorded, &["first", "too-many-controllers"]);

    let house = House::new();
    give_all_but_the_last_ordinal(&house);
    assert_eq!(asks(&house, 3), "last-ordinal");
    tally.count(&house.recorded, &["last-ordinal"]);
}

/// As if four billion had come: the one number of the record that says which comes next is the
/// last.
fn give_all_but_the_last_ordinal(house: &House) {
    let id = &house.door.0;
    let key = [b"s", id.template().body().as_slice(), id.serial().as_str().as_bytes()].concat();
    let key = Key::new(&key).unwrap();
    house.patch(key, [0xff; 4], |bytes| {
        let record = SerialRecord::decode(bytes).ok();
        let registration = record.as_ref().and_then(|record| record.stage().registration());
        registration.is_some_and(|registration| registration.next_ordinal().number() == u32::MAX)
    });
}

fn held_down(tally: &mut Tally) {
    let house = House::chosen();
    let mut all = vec![asks(&house, 9)];
    while *all.last().unwrap() == "refused" {
        all.push(asks(&house, 9));
    }
    assert!(all.len() > 2 && all.last() == Some(&"throttled"), "{all:?}");
    tally.count(&house.recorded, &all);

    let house = House::crowded();
    let (wrong, nobody) = (control_password(&control_of(9)), ControllerRequest::new());
    let registry = &house.scene.registry;
    let asked = (0..8).map(|_| registry.enroll_controller(None, &house.door.0, &wrong, &nobody));
    let all: Vec<_> =
        block_on(join_all(asked)).into_iter().map(|told| told.unwrap_err().code()).collect();
    assert!(all.contains(&"overloaded") && all.contains(&"refused"), "{all:?}");
    tally.count(&house.recorded, &all);
}

fn faults(tally: &mut Tally) {
    let taken = House::new().taken(|scene| {
        let (door, request) = (scene.id("DOOR"), known_as("PANEL"));
        *block_on(scene.control(&door, &control_of(3), &request)).credentials().plug_id()
    });
    for (house, code) in [
        (House::new().closed(), "closed"),
        (House::new().contended(), "contended"),
        (House::new().fails(), "store"),
        (House::new().garbled(b"s"), "invalid-record"),
        (House::rotated(), "missing-root-key"),
        (House::costly(), "too-costly"),
        (taken, "plug-id-taken"),
    ] {
        assert_eq!(asks(&house, 3), code);
        tally.count(&house.recorded, &[code]);
    }
}
