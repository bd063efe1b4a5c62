//! Enrollments of devices.

use std::sync::Arc;

use futures_util::future::join_all;
use plugmint::{Decider, DenyReason, EnrollRequest, Epoch, Labels, RepeatPolicy, Verdict};
use plugmint_tests::{design, enroll_password, generated_password, new_serial};
use pollster::block_on;

use super::house::House;
use super::memory::OUT_OF_MEMORY;
use super::tally::Tally;

pub(crate) const COUNTER: &str = "plugmint_enroll_total";

#[test]
fn every_outcome_of_an_enrollment_is_counted() {
    let mut tally = Tally::of(COUNTER);
    answers(&mut tally);
    has_its_say(&mut tally);
    held_down(&mut tally);
    faults(&mut tally);
    tally.is_whole_but_for(&[OUT_OF_MEMORY]);
}

/// Asks with the password of that number, and says what it is told.
pub(crate) fn asks(house: &House, number: u32) -> &'static str {
    match block_on(house.scene.enroll_or_refuse(&house.new, &generated_password(number))) {
        Ok(enrollment) => enrollment.outcome().code(),
        Err(error) => error.code(),
    }
}

fn answers(tally: &mut Tally) {
    let house = House::new();
    assert_eq!(asks(&house, 1), "first");
    assert_eq!(asks(&house, 1), "repeated");
    assert_eq!(asks(&house, 9), "refused");
    block_on(house.maker.reactivate(&house.new, Epoch::FIRST, &house.scene.ada)).unwrap();
    let again = block_on(house.scene.enroll(&house.new, &generated_password(1)));
    assert_eq!(again.outcome().code(), "reissued");
    block_on(house.scene.connect(&again));
    assert_eq!(asks(&house, 1), "already-activated");
    let all = ["first", "repeated", "refused", "reissued", "already-activated"];
    tally.count(&house.recorded, &all);

    let house = House::of(design().with_repeat(RepeatPolicy::Never), |settings| settings);
    let all = [asks(&house, 1), asks(&house, 1)];
    assert_eq!(all, ["first", "already-enrolled"]);
    tally.count(&house.recorded, &all);
}

struct Says(Verdict);

impl Decider for Says {
    fn decide(&self, _: &EnrollRequest<'_>) -> Verdict {
        self.0.clone()
    }
}

fn has_its_say(tally: &mut Tally) {
    let mut more = Labels::new();
    more.insert("more", "than there may be").unwrap();
    let denied = DenyReason::parse("stolen").unwrap();
    for (verdict, code) in
        [(Verdict::Deny(denied), "denied"), (Verdict::AllowWith(more), "too-many-labels")]
    {
        let says = Arc::new(Says(verdict));
        let mut house = House::of(design(), |settings| settings.with_decider(says));
        let mut full = Labels::new();
        for number in 0..Labels::MAX_COUNT {
            full.insert(&format!("label-{number}"), "").unwrap();
        }
        let new = new_serial("FULL", &generated_password(7)).with_labels(full);
        let (template, ada) = (house.scene.template.id(), &house.scene.ada);
        house.new = block_on(house.maker.register(template, new, ada)).unwrap().id;
        assert_eq!(asks(&house, 7), code);
        tally.count(&house.recorded, &[code]);
    }
}

fn held_down(tally: &mut Tally) {
    let house = House::chosen();
    let mut all = vec![asks(&house, 9)];
    while *all.last().unwrap() == "refused" {
        all.push(asks(&house, 9));
    }
    assert_eq!(all.pop(), Some("throttled"));
    assert!(all.len() > 1);
    tally.count(&house.recorded, &[all, vec!["throttled"]].concat());

    let (house, password) = (House::crowded(), enroll_password("correct horse"));
    let asked = (0..8).map(|_| house.scene.registry.enroll(&house.new, &password));
    let all: Vec<_> =
        block_on(join_all(asked)).into_iter().map(|told| told.unwrap_err().code()).collect();
    assert!(all.contains(&"overloaded") && all.contains(&"refused"), "{all:?}");
    tally.count(&house.recorded, &all);
}

fn faults(tally: &mut Tally) {
    let taken = House::new().taken(|scene| {
        let told = block_on(scene.enroll(&scene.id("NEW"), &generated_password(1)));
        *told.credentials().plug_id()
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
        assert_eq!(asks(&house, 1), code);
        tally.count(&house.recorded, &[code]);
    }
}
