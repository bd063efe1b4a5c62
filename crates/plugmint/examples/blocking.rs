//! A program without async: every call of the registry is a future that needs no runtime, so
//! `block_on` of any kind does. `cargo run -p plugmint --example blocking`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;

use plugmint::{Actor, EnrollPassword, FileRootKeys, NewSerial, Registry, SerialId};
use plugmint::{TemplateDesign, TemplateName};
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let store = RedbStore::create(directory.path().join("store.redb"), &RedbOptions::default())?;
    // Kept apart from the store, with a copy that is kept apart from both.
    let root_key = FileRootKeys::create(directory.path().join("root.key"))?;
    let registry = block_on(Registry::create(Arc::new(store), &root_key))?;

    let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?);
    let template = block_on(registry.create_template(registry.company(), design))?;
    let ada = Actor::parse("ada")?;
    // Threads share a registry: a clone is another handle of it.
    let devices: Vec<_> = (0..4_u32).map(|number| format!("SN-{number}")).collect();
    std::thread::scope(|scope| {
        let all: Vec<_> = devices
            .iter()
            .enumerate()
            .map(|(number, serial)| {
                let (registry, template, ada) = (registry.clone(), &template, &ada);
                scope.spawn(move || -> Result<String, Box<dyn Error + Send + Sync>> {
                    let password = || EnrollPassword::parse(&format!("{number:032x}"));
                    let id = SerialId::new(*template.id(), serial.parse()?);
                    let new = NewSerial::new(*id.serial(), password()?);
                    block_on(registry.register(template.id(), new, ada))?;
                    let enrollment = block_on(registry.enroll(&id, &password()?))?;
                    let told = enrollment.credentials();
                    let connecting =
                        registry.authenticate(told.plug_id(), told.connection_password());
                    Ok(block_on(connecting)?.id().serial().to_string())
                })
            })
            .collect();
        for one in all {
            let connected = one.join().map_err(|_| "a thread panicked")?;
            println!("{} connected", connected.map_err(|error| error.to_string())?);
        }
        Ok(())
    })
}
