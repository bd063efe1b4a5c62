//! Races, run.

use std::hint;
use std::thread;

use plugmint::{
    AddThingError, ControllerEnrollment, ControllerRequest, EnrollControllerError, Epoch,
    GrantsThen, NewPasswords, Outcome, Registry,
};
use plugmint_tests::{
    Together, control_of, control_password, enroll_password, generated_password, known_as,
};
use pollster::block_on;

use super::{Course, End, Thing};

/// What races with the end of a Thing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Comer {
    /// A Controller without an own serial number.
    Stranger,
    /// A Controller with one.
    Known,
    /// A Controller of another Thing, or that other Thing, is granted this one.
    Holder(usize),
}

/// What a comer was told.
#[derive(Debug)]
pub(super) enum Told {
    Enrolled(ControllerEnrollment),
    Added(usize),
    Refused,
}

/// One race, and what came of it.
pub(super) struct Race {
    pub(super) thing: Thing,
    pub(super) end: End,
    pub(super) comers: [Comer; 2],
    /// Over which registry each of the comers, and the end, come.
    registries: [usize; 3],
    pub(super) told: [Option<Told>; 2],
}

impl Race {
    /// The race for a Thing: its number says what comes, and how.
    pub(super) fn of(course: &Course, thing: Thing) -> Self {
        let number = thing.number as usize;
        let others = [Comer::Known, Comer::Holder(0), Comer::Stranger, Comer::Holder(1)];
        let registries = [[0, 0, 0], [0, 1, 1], [0, 0, 1], [0, 1, 0]];
        Self {
            end: End::ALL[number % End::ALL.len()],
            comers: [Comer::Stranger, others[number / End::ALL.len() % others.len()]],
            registries: registries[number / 24 % registries.len()],
            told: [const { None }; 2],
            thing,
        }
        .checked(course)
    }

    fn checked(self, course: &Course) -> Self {
        assert!(self.registries.iter().all(|which| *which < course.registries.len()));
        self
    }

    fn come(&self, which: usize, course: &Course) -> Told {
        let registry = &course.registries[self.registries[which]];
        let id = &self.thing.id;
        let control = control_password(&control_of(self.thing.number));
        let request = match self.comers[which] {
            Comer::Stranger => ControllerRequest::new(),
            Comer::Known => known_as("phone"),
            Comer::Holder(holder) => {
                let (plug_id, password) = &course.holders[holder];
                let adding = registry.add_thing(None, plug_id, password, id, &control);
                return match block_on(adding) {
                    Ok(outcome) => {
                        assert_eq!(outcome, Outcome::Done);
                        Told::Added(holder)
                    }
                    Err(AddThingError::ThingRefused) => Told::Refused,
                    Err(error) => panic!("{error:?}"),
                };
            }
        };
        match block_on(registry.enroll_controller(None, id, &control, &request)) {
            Ok(told) => Told::Enrolled(told),
            Err(EnrollControllerError::Refused) => Told::Refused,
            Err(error) => panic!("{error:?}"),
        }
    }

    fn end(&self, course: &Course) {
        let registry: &Registry = &course.registries[self.registries[2]];
        let (id, ada, seen) = (&self.thing.id, &course.ada, Epoch::FIRST);
        let outcome = block_on(async {
            match self.end {
                End::Unenroll => registry.unenroll(id, seen, ada).await.unwrap(),
                End::UnenrollByDevice => {
                    let told = self.thing.enrollment.credentials();
                    let (plug_id, password) = (told.plug_id(), told.connection_password());
                    registry.unenroll_by_device(plug_id, password).await.unwrap();
                    Outcome::Done
                }
                End::Retire => registry.retire(id, ada).await.unwrap(),
                End::Transfer => {
                    let password = generated_password(self.thing.number + FURTHER);
                    let new = NewPasswords::new(enroll_password(&password));
                    registry.transfer(id, &new, seen, ada).await.unwrap()
                }
                End::Disable => registry.disable(id, ada).await.unwrap(),
                End::ReplaceControl => {
                    let new = control_password(&control_of(self.thing.number + FURTHER));
                    let replaced =
                        registry.replace_control_password(id, &new, GrantsThen::End, ada);
                    replaced.await.unwrap()
                }
            }
        });
        assert_eq!(outcome, Outcome::Done, "{:?}", self.end);
    }
}

/// Runs races one after the other, the three of each on a thread of their own.
pub(super) fn run(course: &Course, mut races: Vec<Race>) -> Vec<Race> {
    let together = Together::new(3);
    let (together, all) = (&together, &races);
    let told = thread::scope(|scope| {
        let comers = [0, 1].map(|which: usize| {
            scope.spawn(move || {
                let member = together.member();
                let come = |race: &Race| {
                    member.wait();
                    linger(race.thing.number, which);
                    race.come(which, course)
                };
                all.iter().map(come).collect::<Vec<_>>()
            })
        });
        let member = together.member();
        for race in all {
            member.wait();
            linger(race.thing.number, 2);
            race.end(course);
        }
        comers.map(|comer| comer.join().unwrap())
    });
    let [first, second] = told;
    for ((race, first), second) in races.iter_mut().zip(first).zip(second) {
        race.told = [Some(first), Some(second)];
    }
    races
}

/// Starts each of the three a little later in some races, so that each comes first in some.
fn linger(number: u32, which: usize) {
    let which = u32::try_from(which).unwrap();
    let mixed = (number.wrapping_mul(0x9e37_79b9) ^ which.wrapping_mul(0x85eb_ca6b)) >> 13;
    (0..mixed % 8 * LINGER).for_each(|_| hint::spin_loop());
}

/// A part of what a call takes.
const LINGER: u32 = 1_500;

/// More than there are races.
const FURTHER: u32 = 100_000_000;
