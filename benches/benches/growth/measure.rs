//! What is measured, and the lines that tell of it.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{Actor, EnrollPassword, NewSerial, Registry, SerialId};
use plugmint_benches::Fleet;
use plugmint_store::{Key, Store};
use pollster::block_on;

/// Each operation over a store with the fleet in it.
pub(crate) fn all(backend: &str, records: usize, fleet: &Fleet, store: &Arc<dyn Store>) {
    let settings = builder(Arc::clone(store), Arc::new(FixedClock::default()), 1);
    let settings = if fleet.tagged { settings.with_tagged_records() } else { settings };
    let registry = block_on(settings.open(&root_key())).unwrap();
    let mean = |name, each: &mut dyn FnMut(usize)| {
        // The middle of five rounds, of which the first fills the caches.
        let mut rounds: Vec<_> = (0..5).map(|_| mean_of(fleet.devices.len(), each)).collect();
        rounds.sort_unstable();
        line(backend, records, name, rounds[2]);
    };
    mean("look-up", &mut |at| {
        let key = Key::joined(&[b"p", fleet.devices[at].0.body()]).unwrap();
        black_box(block_on(store.get(&key)).unwrap());
    });
    mean("authenticate", &mut |at| {
        let (plug_id, password) = &fleet.devices[at];
        black_box(block_on(registry.authenticate(plug_id, password)).unwrap());
    });
    changes(backend, records, &registry);
}

/// What writes: a commit each, by one caller.
fn changes(backend: &str, records: usize, registry: &Registry) {
    const SERIALS: usize = 200;
    let templates = block_on(registry.templates(registry.company(), None, NonZeroUsize::MIN));
    let template = *templates.unwrap()[0].id();
    let ada = Actor::parse("ada").unwrap();
    let id = |at: usize| SerialId::new(template, format!("XX-{at}").parse().unwrap());
    let password = |at: usize| EnrollPassword::parse(&format!("{:032x}", at + 1)).unwrap();
    let mut enrolled = Vec::new();
    let register = mean_of(SERIALS, &mut |at| {
        let new = NewSerial::new(*id(at).serial(), password(at));
        block_on(registry.register(&template, new, &ada)).unwrap();
    });
    line(backend, records, "register", register);
    let enroll = mean_of(SERIALS, &mut |at| {
        enrolled.push(block_on(registry.enroll(&id(at), &password(at))).unwrap());
    });
    line(backend, records, "enroll", enroll);
    let again = mean_of(SERIALS, &mut |at| {
        block_on(registry.enroll(&id(at), &password(at))).unwrap();
    });
    line(backend, records, "enroll again", again);
    let activate = mean_of(SERIALS, &mut |at| {
        let credentials = enrolled[at].credentials();
        let connection =
            registry.authenticate(credentials.plug_id(), credentials.connection_password());
        block_on(connection).unwrap();
    });
    line(backend, records, "activate", activate);
}

/// Tells what a record takes in a file.
pub(crate) fn bytes(backend: &str, records: usize, path: &Path) {
    let bytes = std::fs::metadata(path).unwrap().len();
    line(backend, records, "bytes a record", u128::from(bytes) / records as u128);
}

/// Tells how long something takes.
pub(crate) fn once(backend: &str, records: usize, operation: &str, work: impl FnOnce()) {
    let begun = now();
    work();
    line(backend, records, operation, begun.elapsed().as_nanos());
}

fn mean_of(calls: usize, each: &mut dyn FnMut(usize)) -> u128 {
    let begun = now();
    (0..calls).for_each(each);
    begun.elapsed().as_nanos() / calls as u128
}

fn line(backend: &str, records: usize, operation: &str, nanoseconds: u128) {
    println!("\"{backend}\",{records},{operation},{nanoseconds}");
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this is for")]
fn now() -> Instant {
    Instant::now()
}
