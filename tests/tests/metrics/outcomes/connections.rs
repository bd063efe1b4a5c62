//! Connections.

use plugmint::{ConnectionPassword, Epoch, UnixMillis};
use pollster::block_on;

use super::house::{House, wrong_connection};
use super::tally::Tally;

pub(crate) const COUNTER: &str = "plugmint_authenticate_total";

#[test]
fn every_outcome_of_a_connection_is_counted() {
    let mut tally = Tally::of(COUNTER);
    answers(&mut tally);
    for (house, code) in [
        (House::new().closed(), "closed"),
        (House::new().contended(), "contended"),
        (House::new().fails(), "store"),
        (House::new().garbled(b"p"), "invalid-record"),
        (House::rotated(), "missing-root-key"),
    ] {
        assert_eq!(connects(&house), Err(code));
        tally.count(&house.recorded, &[code]);
    }
    tally.is_whole_but_for(&[
        ("too-costly", "nothing is hashed"),
        ("out-of-memory", "nothing is hashed"),
        ("plug-id-taken", "whoever connects has its Plug-ID already"),
    ]);
}

fn answers(tally: &mut Tally) {
    let house = House::new();
    connects(&house).unwrap();
    connects(&house).unwrap();
    assert_eq!(connects_with(&house, &wrong_connection()), Err("refused"));
    let (maker, ada) = (&house.maker, &house.scene.ada);
    let until = UnixMillis::new(u64::MAX);
    let again = maker.reactivate_with_overlap(&house.lamp.0, Epoch::FIRST, until, ada);
    block_on(again).unwrap();
    connects(&house).unwrap();
    tally.count(&house.recorded, &["accepted", "accepted", "refused", "overlap"]);
}

fn connects(house: &House) -> Result<(), &'static str> {
    connects_with(house, house.lamp.1.credentials().connection_password())
}

fn connects_with(house: &House, password: &ConnectionPassword) -> Result<(), &'static str> {
    let plug_id = house.lamp.1.credentials().plug_id();
    let connected = block_on(house.scene.registry.authenticate(plug_id, password));
    connected.map(|_| ()).map_err(|error| error.code())
}
