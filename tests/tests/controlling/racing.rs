//! Enrollments of Controllers and grants, each in a race with what ends its Thing: on redb, with
//! threads that start at one instant.

mod judge;
mod round;

use std::env;
use std::sync::Arc;

use futures_util::future::join_all;
use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    Actor, ConnectionPassword, ControllerRequest, Enrollment, EventKind, PlugId, Registry,
    SerialId, Store, TemplateId,
};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{
    control_of, control_password, design, enroll_password, generated_password, new_controllable,
};
use pollster::block_on;

use judge::Seen;
use round::Race;

/// What ends a Thing, or the grants on it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum End {
    Unenroll,
    UnenrollByDevice,
    Retire,
    Transfer,
    Disable,
    ReplaceControl,
}

impl End {
    const ALL: [Self; 6] = [
        Self::Unenroll,
        Self::UnenrollByDevice,
        Self::Retire,
        Self::Transfer,
        Self::Disable,
        Self::ReplaceControl,
    ];

    const fn event(self) -> EventKind {
        match self {
            Self::Unenroll | Self::UnenrollByDevice => EventKind::Unenrolled,
            Self::Retire => EventKind::Retired,
            Self::Transfer => EventKind::Transferred,
            Self::Disable => EventKind::Disabled,
            Self::ReplaceControl => EventKind::ControlPasswordReplaced,
        }
    }
}

/// A Thing that is raced for.
struct Thing {
    number: u32,
    id: SerialId,
    enrollment: Enrollment,
}

/// A store with two registries over it, as two processes would have it: one's calls do not stand in
/// line with those of the other.
struct Course {
    registries: [Registry; 2],
    template: TemplateId,
    ada: Actor,
    /// A Controller and a Thing that are granted more Things.
    holders: [(PlugId, ConnectionPassword); 2],
    _directory: tempfile::TempDir,
}

impl Course {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.redb");
        let store: Arc<dyn Store> =
            Arc::new(RedbStore::create(path, &RedbOptions::default()).unwrap());
        let clock = Arc::new(FixedClock::default());
        let first = builder(Arc::clone(&store), Arc::clone(&clock), 1);
        let first = block_on(first.create(&root_key())).unwrap();
        let second = block_on(builder(store, clock, 2).open(&root_key())).unwrap();
        let template = block_on(first.create_template(first.company(), design())).unwrap();
        let (template, ada) = (*template.id(), Actor::parse("ada").unwrap());
        let hub = made(&first, template, &ada, HUB..HUB + 1).remove(0);
        let control = control_password(&control_of(HUB));
        let request = ControllerRequest::new();
        let phone = block_on(first.enroll_controller(None, &hub.id, &control, &request)).unwrap();
        let holders = [phone.credentials(), hub.enrollment.credentials()].map(|told| {
            let text = told.connection_password().expose_text();
            (*told.plug_id(), ConnectionPassword::parse(&text).unwrap())
        });
        Self { registries: [first, second], template, ada, holders, _directory: directory }
    }

    /// Enrolled Things of those numbers.
    fn things(&self, numbers: std::ops::Range<u32>) -> Vec<Thing> {
        made(&self.registries[0], self.template, &self.ada, numbers)
    }
}

fn made(
    registry: &Registry,
    template: TemplateId,
    ada: &Actor,
    numbers: std::ops::Range<u32>,
) -> Vec<Thing> {
    let new = numbers.clone().map(|number| {
        new_controllable(&serial(number), &generated_password(number), &control_of(number))
    });
    let registered = block_on(registry.register_all(&template, new.collect(), ada)).unwrap();
    assert!(registered.iter().all(Result::is_ok));
    let enrolled = numbers.map(|number| async move {
        let id = SerialId::new(template, serial(number).parse().unwrap());
        let password = enroll_password(&generated_password(number));
        let enrollment = registry.enroll(&id, &password).await.unwrap();
        Thing { number, id, enrollment }
    });
    block_on(join_all(enrolled))
}

fn serial(number: u32) -> String {
    format!("SN-{number}")
}

fn races() -> u32 {
    env::var("PLUGMINT_CONTROL_RACES").map_or(10_000, |count| count.parse().expect("a number"))
}

/// After each race no grant on a Thing that came to its end counts, whoever got in did so before
/// that, and nobody has an ordinal that somebody else has.
#[test]
fn who_races_with_the_end_of_a_thing_gets_in_before_it_or_not_at_all() {
    let (course, races) = (Course::new(), races());
    let mut seen = Seen::default();
    for first in (0..races).step_by(CHUNK as usize) {
        let things = course.things(first..races.min(first + CHUNK));
        let run = |thing| Race::of(&course, thing);
        let all: Vec<_> = things.into_iter().map(run).collect();
        for race in round::run(&course, all) {
            seen.judge(&course, &race);
        }
    }
    seen.holds(races);
}

/// The number of the Thing that the holders hang on.
const HUB: u32 = 400_000_000;

/// Things that are made ready together.
const CHUNK: u32 = 250;
