//! The root key in a process of its own that answers the HMAC of a label and nothing else, as a KMS
//! does: `cargo run -p plugmint --example root_key_elsewhere`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, error::Error};

use plugmint::{Actor, EnrollPassword, KeyVersion, NewSerial, Registry, RootKey, RootKeyError};
use plugmint::{RootKeys, RootLabel, RootMac, SerialId, TemplateDesign, TemplateName};
use plugmint_redb::{RedbOptions, RedbStore};

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some("--key-service") {
        return serve();
    }
    let mut service = Command::new(env::current_exe()?);
    service.arg("--key-service").stdin(Stdio::piped()).stdout(Stdio::piped());
    let service = KeyService(Mutex::new(service.spawn()?));
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("store.redb");
    pollster::block_on(async {
        let store = RedbStore::create(&path, &RedbOptions::default())?;
        let registry = Registry::create(Arc::new(store), &service).await?;
        // It ends when nobody can ask any more. What follows does not need it.
        service.child().wait()?;
        println!("the registry is made, and the key service has ended");

        let design = TemplateDesign::new(TemplateName::parse("White refrigerators")?);
        let template = registry.create_template(registry.company(), design).await?;
        let id = SerialId::new(*template.id(), "SN-1".parse()?);
        let password = || EnrollPassword::parse("TGaHQvCxtM6EeOhIViPd4w");
        let new = NewSerial::new(*id.serial(), password()?);
        registry.register(template.id(), new, &Actor::parse("factory 7")?).await?;
        let enrollment = registry.enroll(&id, &password()?).await?;
        let given = enrollment.credentials();
        registry.authenticate(given.plug_id(), given.connection_password()).await?;
        println!("{} enrolled and connected", id.serial());

        drop(registry);
        let store = RedbStore::open(&path, &RedbOptions::default())?;
        let refused = Registry::open(Arc::new(store), &service).await.err();
        println!("opening again: {}", refused.map_or("ok", |error| error.code()));
        Ok(())
    })
}

/// All that this process knows of the root key: whom to ask.
struct KeyService(Mutex<Child>);

impl KeyService {
    fn child(&self) -> MutexGuard<'_, Child> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, label: RootLabel) -> io::Result<RootMac> {
        let Child { stdin: Some(questions), stdout: Some(answers), .. } = &mut *self.child() else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        questions.write_all(&label.message())?;
        let mut mac = [0; 32];
        answers.read_exact(&mut mac)?;
        Ok(RootMac::from_service(&mut mac))
    }
}

#[async_trait::async_trait]
impl RootKeys for KeyService {
    fn versions(&self) -> Vec<KeyVersion> {
        vec![KeyVersion::FIRST]
    }

    /// A registry asks while it is made or opened and never after, so this may block.
    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        self.ask(label).map_err(|error| RootKeyError::new(version, error))
    }
}

/// What holds the root key: drawn here, and never told.
fn serve() -> Result<(), Box<dyn Error>> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let root = RootKey::from_random(&mut bytes);
    let mut message = Vec::new();
    for byte in io::stdin().lock().bytes() {
        message.push(byte?);
        // A message begins with its length, so none is the beginning of another.
        if let Some(label) = RootLabel::of_message(&message) {
            io::stdout().write_all(root.mac(label).expose_bytes())?;
            io::stdout().flush()?;
            message.clear();
        }
    }
    Ok(())
}
