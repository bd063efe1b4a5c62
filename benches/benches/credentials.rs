//! What minting and verifying cost, in memory and on one thread.

use std::error::Error;
use std::hint::black_box;

use criterion::Criterion;
use plugmint::EnrollPassword;
use plugmint_benches::{Device, PASSWORD};
use plugmint_core::derivation::{PlatformKeys, RootKey, StretchMemory};
use plugmint_core::{Argon2Cost, Epoch, PasswordClass};
use pollster::block_on;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    derive(&mut criterion)?;
    registry(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// From a password to credentials.
fn derive(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let keys = PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32))?);
    let id = Device::new()?.id;
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

/// From a call to its answer.
fn registry(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let device = Device::new()?;
    let registry = device.test.registry();
    let password = EnrollPassword::parse(PASSWORD)?;
    let mut group = criterion.benchmark_group("registry");
    group.bench_function("enroll again, generated", |bencher| {
        bencher.iter(|| block_on(registry.enroll(black_box(&device.id), &password)));
    });
    let credentials = device.enrollment.credentials();
    let (plug_id, password) = (credentials.plug_id(), credentials.connection_password());
    block_on(registry.authenticate(plug_id, password))?;
    group.bench_function("authenticate, activated", |bencher| {
        bencher.iter(|| block_on(registry.authenticate(black_box(plug_id), password)));
    });
    group.finish();
    Ok(())
}
