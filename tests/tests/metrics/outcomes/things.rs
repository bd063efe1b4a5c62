//! Things that holders add.

use futures_util::future::join_all;
use plugmint::{ConnectionPassword, Outcome};
use plugmint_tests::{control_of, control_password};
use pollster::block_on;

use super::house::{House, wrong_connection};
use super::memory::OUT_OF_MEMORY;
use super::tally::Tally;

pub(crate) const COUNTER: &str = "plugmint_add_thing_total";

#[test]
fn every_outcome_of_adding_a_thing_is_counted() {
    let mut tally = Tally::of(COUNTER);
    answers(&mut tally);
    held_down(&mut tally);
    faults(&mut tally);
    tally.is_whole_but_for(&[OUT_OF_MEMORY, ("plug-id-taken", "nobody is given a Plug-ID")]);
}

/// The phone adds the door with the control password of that number, and is told.
pub(crate) fn asks(house: &House, number: u32) -> &'static str {
    asks_with(house, house.phone.credentials().connection_password(), number)
}

fn asks_with(house: &House, password: &ConnectionPassword, number: u32) -> &'static str {
    let (plug_id, control) =
        (house.phone.credentials().plug_id(), control_password(&control_of(number)));
    let added = house.scene.registry.add_thing(None, plug_id, password, &house.door.0, &control);
    match block_on(added) {
        Ok(Outcome::Done) => "done",
        Ok(Outcome::AlreadyDone) => "already-done",
        Err(error) => error.code(),
    }
}

fn answers(tally: &mut Tally) {
    let house = House::new();
    assert_eq!(asks(&house, 3), "done");
    assert_eq!(asks(&house, 3), "already-done");
    assert_eq!(asks(&house, 9), "thing-refused");
    assert_eq!(asks_with(&house, &wrong_connection(), 3), "refused");
    // The host answers for who the holder is.
    let (plug_id, control) =
        (house.phone.credentials().plug_id(), control_password(&control_of(3)));
    let registry = &house.scene.registry;
    block_on(registry.add_thing_for(None, plug_id, &house.door.0, &control)).unwrap();
    let all = ["done", "already-done", "thing-refused", "refused", "already-done"];
    tally.count(&house.recorded, &all);
}

fn held_down(tally: &mut Tally) {
    let house = House::chosen();
    let mut all = vec![asks(&house, 9)];
    while *all.last().unwrap() == "thing-refused" {
        all.push(asks(&house, 9));
    }
    assert!(all.len() > 2 && all.last() == Some(&"throttled"), "{all:?}");
    tally.count(&house.recorded, &all);

    let house = House::crowded();
    let (plug_id, wrong) = (house.phone.credentials().plug_id(), control_password(&control_of(9)));
    let registry = &house.scene.registry;
    let asked = (0..8).map(|_| registry.add_thing_for(None, plug_id, &house.door.0, &wrong));
    let all: Vec<_> =
        block_on(join_all(asked)).into_iter().map(|told| told.unwrap_err().code()).collect();
    assert!(all.contains(&"overloaded") && all.contains(&"thing-refused"), "{all:?}");
    tally.count(&house.recorded, &all);
}

fn faults(tally: &mut Tally) {
    for (house, code) in [
        (House::new().closed(), "closed"),
        (House::new().contended(), "contended"),
        (House::new().fails(), "store"),
        (House::new().garbled(b"s"), "invalid-record"),
        (House::rotated(), "missing-root-key"),
        (House::costly(), "too-costly"),
    ] {
        assert_eq!(asks(&house, 3), code);
        tally.count(&house.recorded, &[code]);
    }
}
