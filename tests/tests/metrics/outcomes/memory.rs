//! A hash that there is no memory for.

use std::process::Command;

use plugmint::{AccountHash, Argon2Cost, ProductionTemplate};
use plugmint_store::Key;

use super::house::House;
use super::tally::Tally;
use super::{accounts, controllers, devices, things};

/// Said in place of what the test below brings about.
pub(crate) const OUT_OF_MEMORY: (&str, &str) =
    ("out-of-memory", "takes a process of its own that has little");

const CHILD: &str = "PLUGMINT_TEST_LITTLE_MEMORY";

#[test]
fn a_hash_that_there_is_no_memory_for_is_counted_as_that() {
    if std::env::var_os(CHILD).is_some() {
        return asks_for_more_than_there_is();
    }
    let test = "outcomes::memory::a_hash_that_there_is_no_memory_for_is_counted_as_that";
    let child = Command::new("sh")
        .args(["-c", "ulimit -v 1500000 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && told.contains("counted four"), "{child:?}");
}

fn asks_for_more_than_there_is() {
    // The most that this registry allows. Nothing is hashed to make what asks for it.
    let cost = Argon2Cost::new(2 * 1024 * 1024, 1, 1).unwrap();
    let house = House::chosen();
    let template = *house.scene.template.id();
    let key = Key::new(&[b"t".as_slice(), template.body()].concat()).unwrap();
    house.patch(key, cost.memory_kib().to_be_bytes(), |bytes| {
        let patched = ProductionTemplate::decode(template, bytes);
        patched.is_ok_and(|patched| patched.design().argon2() == cost)
    });
    let hash = AccountHash::nobodys(cost);
    for (counter, code) in [
        (devices::COUNTER, devices::asks(&house, 1)),
        (controllers::COUNTER, controllers::asks(&house, 3)),
        (things::COUNTER, things::asks(&house, 3)),
        (accounts::COUNTER, accounts::asks(&house, &hash, "any password")),
    ] {
        assert_eq!(code, "out-of-memory", "{counter}");
        Tally::of(counter).count(&house.recorded, &[code]);
    }
    println!("counted four");
}
