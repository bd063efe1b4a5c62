//! What minting and verifying cost, in memory and on one thread.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use plugmint::{ConnectionPassword, EnrollPassword, PlugId};
use plugmint_benches::{Device, PASSWORD};
use plugmint_core::derivation::{PlatformKeys, RootKey, StretchMemory};
use plugmint_core::{Argon2Cost, Epoch, PasswordClass};
use pollster::block_on;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    derive(&mut criterion)?;
    authenticate(&mut criterion)?;
    enroll(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// From a password to credentials.
fn derive(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let keys = PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32))?);
    let id = Device::new(PasswordClass::Generated)?.id;
    let template_key = keys.template_key(id.template());
    let password = EnrollPassword::parse(PASSWORD)?;
    let memory = &mut StretchMemory::new();
    let mut group = criterion.benchmark_group("derive");
    for class in [PasswordClass::Generated, PasswordClass::Chosen] {
        group.bench_function(class.to_string(), |bencher| {
            bencher.iter(|| {
                let text = black_box(&password).expose_text();
                let stretched = class.stretching(Argon2Cost::DEFAULT, &id, text).run(memory)?;
                let key = template_key.enroll_key(id.serial(), &stretched);
                Ok::<_, Box<dyn Error>>(key.credentials(Epoch::FIRST))
            });
        });
    }
    group.finish();
    Ok(())
}

/// A connection of a device that has connected before, and of nobody.
fn authenticate(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let device = Device::new(PasswordClass::Generated)?;
    let registry = device.test.registry();
    let credentials = device.enrollment.credentials();
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    let (plug_id_text, password_text) = (plug_id.to_string(), password.expose_text());
    block_on(registry.authenticate(plug_id, password))?;
    let nobody = PlugId::parse("dev-5df33c34404ac04370e5c60e")?;
    let wrong = ConnectionPassword::parse("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn")?;
    let mut group = criterion.benchmark_group("authenticate");
    for (name, plug_id, password) in [
        ("activated", plug_id, password),
        ("wrong password", plug_id, &wrong),
        ("unknown id", &nobody, password),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| block_on(registry.authenticate(black_box(plug_id), password)));
        });
    }
    for (name, password) in [("activated, as text", &*password_text), ("malformed text", "hush")] {
        group.bench_function(name, |bencher| {
            let plug_id = black_box(&plug_id_text);
            bencher.iter(|| block_on(registry.authenticate_text(plug_id, password)));
        });
    }
    group.finish();
    Ok(())
}

/// A device that asks for its credentials, again: nothing is written.
fn enroll(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let password = EnrollPassword::parse(PASSWORD)?;
    let mut group = criterion.benchmark_group("enroll");
    for class in [PasswordClass::Generated, PasswordClass::Chosen] {
        let device = Device::new(class)?;
        let registry = device.test.registry();
        group.bench_function(format!("{class}, again"), |bencher| {
            bencher.iter(|| block_on(registry.enroll(black_box(&device.id), &password)));
        });
    }
    group.finish();
    Ok(())
}
