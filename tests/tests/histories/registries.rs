//! The verbs of one serial.

use std::sync::Arc;

use plugmint::{ConnectionPassword, PlugId, SerialId, Store};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    Scene, Sequential, Ticker, design, enroll_password, generated_password, is_linearizable,
};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::meeting::{Met, parts_of};
use crate::{histories, memory, redb};

const THREADS: u64 = 3;
const CALLS: usize = 8;

/// Serials in one store, each with a history of its own.
const IN_ONE_STORE: u64 = 500;

#[derive(Clone, Copy, Debug)]
enum Verb {
    Enroll,
    Authenticate,
    Disable,
    Enable,
    Retire,
}

/// A verb and the word that it was answered.
type Call = (Verb, &'static str);

#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Stage {
    Registered,
    Enrolled,
    Activated,
    Retired,
}

/// The life of a serial as one thread sees it.
struct Life;

impl Sequential for Life {
    type State = (Stage, bool);
    type Call = Call;

    fn step(&self, (stage, enabled): &(Stage, bool), call: &Call) -> Option<(Stage, bool)> {
        let (stage, enabled) = (*stage, *enabled);
        let (answer, next) = match (call.0, stage) {
            (Verb::Enroll | Verb::Authenticate, Stage::Retired) => ("refused", stage),
            (Verb::Enroll | Verb::Authenticate, _) if !enabled => ("refused", stage),
            (Verb::Enroll, Stage::Registered) => ("first", Stage::Enrolled),
            (Verb::Enroll, Stage::Enrolled) => ("repeated", stage),
            (Verb::Enroll, Stage::Activated) => ("already-activated", stage),
            (Verb::Authenticate, Stage::Registered) => ("refused", stage),
            (Verb::Authenticate, Stage::Enrolled | Stage::Activated) => {
                ("connected", Stage::Activated)
            }
            (Verb::Disable | Verb::Enable, Stage::Retired) => ("retired", stage),
            (Verb::Disable, _) if !enabled => ("already-done", stage),
            (Verb::Enable, _) if enabled => ("already-done", stage),
            (Verb::Retire, Stage::Retired) => ("already-done", stage),
            (Verb::Disable | Verb::Enable, _) => ("done", stage),
            (Verb::Retire, _) => ("done", Stage::Retired),
        };
        let enabled = match (call.0, answer) {
            (Verb::Disable, "done") => false,
            (Verb::Enable, "done") => true,
            _ => enabled,
        };
        (answer == call.1).then_some((next, enabled))
    }
}

/// A serial, and what its device is told when it enrolls.
struct Serial {
    history: u64,
    id: SerialId,
    password: String,
    plug_id: PlugId,
    connection_password: ConnectionPassword,
}

fn number(history: u64) -> u32 {
    u32::try_from(history).unwrap()
}

/// The serials of some histories: their credentials are computed apart.
fn serials(scene: &Scene, histories: impl Iterator<Item = u64>) -> Vec<Serial> {
    let apart = block_on(Scene::new(Arc::new(MemoryStore::new()), design()));
    let serial = |history| {
        let (name, password) = (format!("SN-{history}"), generated_password(number(history)));
        let (id, enrollment) = block_on(apart.enrolled(&name, &password));
        block_on(scene.register(&name, &password));
        let credentials = enrollment.credentials();
        let text = credentials.connection_password().expose_text();
        let connection_password = ConnectionPassword::parse(&text).unwrap();
        Serial { history, id, password, plug_id: *credentials.plug_id(), connection_password }
    };
    histories.map(serial).collect()
}

fn call(scene: &Scene, serial: &Serial, verb: Verb) -> Call {
    let (registry, ada) = (&scene.registry, &scene.ada);
    let outcome = |outcome| match outcome {
        plugmint::Outcome::Done => "done",
        plugmint::Outcome::AlreadyDone => "already-done",
    };
    let answer = match verb {
        Verb::Enroll => {
            let password = enroll_password(&serial.password);
            match block_on(registry.enroll(&serial.id, &password)) {
                Ok(enrollment) if enrollment.outcome() == plugmint::EnrollOutcome::First => "first",
                Ok(_) => "repeated",
                Err(error) => error.code(),
            }
        }
        Verb::Authenticate => {
            let connection = registry.authenticate(&serial.plug_id, &serial.connection_password);
            block_on(connection).map_or_else(|error| error.code(), |_| "connected")
        }
        Verb::Disable => {
            block_on(registry.disable(&serial.id, ada)).map_or_else(|error| error.code(), outcome)
        }
        Verb::Enable => {
            block_on(registry.enable(&serial.id, ada)).map_or_else(|error| error.code(), outcome)
        }
        Verb::Retire => {
            block_on(registry.retire(&serial.id, ada)).map_or_else(|error| error.code(), outcome)
        }
    };
    (verb, answer)
}

fn some_verb(random: &mut ChaCha12Rng) -> Verb {
    match random.next_u32() % 16 {
        0..6 => Verb::Enroll,
        6..10 => Verb::Authenticate,
        10..12 => Verb::Disable,
        12..15 => Verb::Enable,
        _ => Verb::Retire,
    }
}

/// Makes histories, and looks at each.
fn are_linearizable(open: fn() -> Arc<dyn Store>, name: &str) {
    let (total, mut met) = (histories(), Met::default());
    for first in (0..total).step_by(usize::try_from(IN_ONE_STORE).unwrap()) {
        let scene = block_on(Scene::new(open(), design()));
        let ticker = Ticker::default();
        let serials = serials(&scene, first..total.min(first + IN_ONE_STORE));
        let all = parts_of(THREADS, &serials, |serial, thread, start| {
            let seed = serial.history * THREADS + thread;
            let mut random = ChaCha12Rng::seed_from_u64(seed);
            start.wait();
            let verbs = (0..CALLS).map(|_| some_verb(&mut random));
            verbs.map(|verb| ticker.time(|| call(&scene, serial, verb))).collect()
        });
        for (serial, parts) in serials.iter().zip(all) {
            met.count(&parts);
            let history = parts.concat();
            let holds = is_linearizable(&Life, &(Stage::Registered, true), &history);
            assert!(holds, "{} lives no life: {history:#?}", serial.id.serial());
        }
    }
    met.assert_often(&format!("lives {name}"));
}

#[test]
fn lives_in_memory_are_linearizable() {
    are_linearizable(memory, "in memory");
}

#[test]
fn lives_on_redb_are_linearizable() {
    are_linearizable(redb, "on redb");
}
