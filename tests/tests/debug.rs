//! No public type shows a secret in `{:?}`.
//!
//! A canary stands in every secret. The names of all public types are read from the source, so that
//! a new one cannot be forgotten here.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use plugmint::testing::{FixedClock, TestRegistry, builder};
use plugmint::{
    Actor, AuthenticateError, CompanyId, CreateTemplateError, EnrollError, EnvRootKey, Fault,
    FileRootKey, InvalidInstallation, LookUpError, MarkError, NewSerial, OpenError, RegisterError,
    Registry, RetireError, RootKeyError, SerialStatus, StretchLimits, SystemClock, TemplateDesign,
    TemplateName, Unknown,
};
use plugmint_core::derivation::{
    AuthVerifier, PasswordText, PasswordTooLong, PlatformKeys, RootKey, RootLabel, SealNonce,
    SealedKey, StretchFailed, StretchMemory, Stretching, Unsealable, Verifier,
};
use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord, Stage};
use plugmint_core::{
    Argon2Cost, Author, ConnectionPassword, ControlClass, ControlPassword, EnrollPassword, Epoch,
    KeyVersion, Labels, Ordinal, PasswordClass, PlugId, PlugIdKind, ProductionTemplate,
    RepeatPolicy, SerialId, SerialNumber, TemplateId, UnixMillis,
};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::conformance::{Clause, c1_a_batch_happens_whole_or_not_at_all};
use plugmint_store::{
    Batch, CommitError, Effect, Guard, Key, Operation, Record, Revision, Store, StoreError,
};
use plugmint_tests::to_hex;
use pollster::block_on;
use zeroize::Zeroizing;

const ENROLL: &str = "canary-of-the-enroll-password";
const CONTROL: &str = "canary-of-the-control-password";

/// What was shown, by the name of its type.
#[derive(Default)]
struct Shown {
    texts: Vec<(String, String)>,
    secrets: Vec<(&'static str, Vec<u8>)>,
}

impl Shown {
    fn show<T: Debug>(&mut self, value: &T) {
        let name = std::any::type_name::<T>();
        let name = name.split('<').next().unwrap().rsplit("::").next().unwrap();
        self.texts.push((name.to_owned(), format!("{value:?} {value:#?}")));
    }

    fn secret(&mut self, name: &'static str, bytes: &[u8]) {
        self.secrets.push((name, bytes.to_vec()));
    }

    fn holds_no_secret(&self) {
        for (name, bytes) in &self.secrets {
            let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>();
            let forms = [
                String::from_utf8_lossy(bytes).into_owned(),
                to_hex(bytes),
                to_hex(bytes).to_uppercase(),
                list.join(", "),
                list.join(",\n    "),
            ];
            for (of, text) in &self.texts {
                for form in &forms {
                    assert!(!text.contains(form.as_str()), "{of} shows {name}: {text}");
                }
            }
        }
    }

    fn names(&self) -> BTreeSet<String> {
        self.texts.iter().map(|(name, _)| name.clone()).collect()
    }
}

#[test]
fn no_public_type_shows_a_secret() {
    let mut shown = Shown::default();
    values(&mut shown);
    secrets_and_records(&mut shown);
    stores(&mut shown);
    registries(&mut shown);
    errors(&mut shown);
    shown.holds_no_secret();

    let missing: Vec<_> = public_types().difference(&shown.names()).cloned().collect();
    assert!(missing.is_empty(), "not shown by this test: {missing:?}");
}

#[test]
fn a_secret_that_is_shown_is_found() {
    #[derive(Debug)]
    struct Leak {
        #[expect(dead_code, reason = "it is there to be shown")]
        key: [u8; 4],
    }
    let mut shown = Shown::default();
    shown.show(&Leak { key: *b"hush" });
    shown.secret("the leak", b"hush");
    assert!(std::panic::catch_unwind(|| shown.holds_no_secret()).is_err());
}

fn id() -> SerialId {
    SerialId::new(TemplateId::from_parts([1; 12]), SerialNumber::parse("SN-1").unwrap())
}

fn root() -> RootKey {
    RootKey::from_random(&Zeroizing::new(*b"canary of the root key, 32 bytes"))
}

fn cost() -> Argon2Cost {
    Argon2Cost::new(64, 1, 1).unwrap()
}

fn template() -> ProductionTemplate {
    let design = TemplateDesign::new(TemplateName::parse("T").unwrap());
    let company = CompanyId::from_parts([2; 12]);
    ProductionTemplate::create(*id().template(), company, design, UnixMillis::new(1))
}

fn values(shown: &mut Shown) {
    shown.show(&id());
    shown.show(id().serial());
    shown.show(id().template());
    shown.show(&CompanyId::from_parts([2; 12]));
    shown.show(&PlugId::from_parts(PlugIdKind::Device, [3; 12]));
    shown.show(&PlugIdKind::Device);
    shown.show(&PasswordClass::Chosen);
    shown.show(&ControlClass::Chosen);
    shown.show(&cost());
    shown.show(&Epoch::FIRST);
    shown.show(&Ordinal::FIRST);
    shown.show(&KeyVersion::FIRST);
    shown.show(&UnixMillis::new(1));
    shown.show(&Actor::parse("ada").unwrap());
    shown.show(&Author::Device);
    shown.show(&Labels::new());
    shown.show(&template());
    shown.show(template().design());
    shown.show(template().design().name());
    shown.show(&template().design().operator_enroll());
    shown.show(&RepeatPolicy::Always);
    shown.show(&RootLabel::Auth);
    shown.show(&StretchLimits::default());
    shown.show(&SystemClock);
    shown.show(&FixedClock::default());
}

fn secrets_and_records(shown: &mut Shown) {
    let enroll = EnrollPassword::parse(ENROLL).unwrap();
    let control = ControlPassword::parse(CONTROL).unwrap();
    shown.secret("the enroll password", ENROLL.as_bytes());
    shown.secret("the control password", CONTROL.as_bytes());
    shown.secret("the root key", b"canary of the root key, 32 bytes");
    shown.show(&enroll);
    shown.show(&control);
    shown.show(&enroll.expose_text());
    shown.show(&root());
    shown.show(&root().mac(RootLabel::Auth));
    let check = root().mac(RootLabel::KeyCheck).into_key_check();
    shown.secret("the key check", check.as_bytes());
    shown.show(&check);

    let keys = PlatformKeys::of_root(&root());
    shown.show(&keys);
    shown.show(keys.auth());
    shown.show(keys.seal());
    let template_key = keys.template_key(id().template());
    shown.show(&template_key);

    let stretching = PasswordClass::Chosen.stretching(cost(), &id(), enroll.expose_text());
    shown.show(&stretching);
    let Stretching::Slow(job) = stretching else { panic!("chosen takes a job") };
    shown.show(&job);
    let mut memory = StretchMemory::new();
    let stretched = job.run(&mut memory).unwrap();
    shown.show(&memory);
    shown.secret("the stretched password", stretched.expose_bytes());
    shown.show(&Stretching::Done(
        PasswordClass::Chosen
            .stretching(cost(), &id(), enroll.expose_text())
            .run(&mut memory)
            .unwrap(),
    ));
    shown.show(&stretched);

    let enroll_key = template_key.enroll_key(id().serial(), &stretched);
    shown.show(&enroll_key);
    let control_key = template_key.control_key(id().serial(), &stretched);
    shown.show(&control_key);
    let credentials = enroll_key.credentials(Epoch::FIRST);
    let password = credentials.connection_password();
    shown.secret("the connection password", password.expose_text().as_bytes());
    shown.show(password);
    shown.show(&credentials);
    let verifier: Verifier = enroll_key.verifier();
    shown.secret("the enroll verifier", verifier.expose_bytes());
    shown.show(&verifier);
    let auth: AuthVerifier = keys.auth().verifier(credentials.plug_id(), password);
    shown.secret("the auth verifier", auth.expose_bytes());
    shown.show(&auth);
    let nonce = SealNonce::from_random([4; SealNonce::LEN]);
    shown.show(&nonce);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id(), &enroll_key);
    let sealed = sealed.unwrap();
    shown.show(&sealed);

    let registration =
        Registration::new(KeyVersion::FIRST, verifier, Some(control_key.verifier()), at(1));
    shown.show(&registration);
    shown.show(&registration.mark());
    let registered = Registered::new(registration, Some(sealed));
    shown.show(&registered);
    let change = SerialRecord::register(registered, Author::Device);
    lives(shown, change.record().clone(), &keys, &enroll_key, &auth);
    shown.show(&change);
}

fn lives(
    shown: &mut Shown,
    record: SerialRecord,
    keys: &PlatformKeys,
    key: &plugmint_core::derivation::EnrollKey,
    auth: &AuthVerifier,
) {
    shown.show(&record);
    shown.show(&SerialStatus::new(id(), &record));
    let refused = record.clone().authenticate(auth, at(2)).unwrap_err();
    shown.show(&refused);
    let decision = record.enroll(key, RepeatPolicy::Never, keys.auth(), at(2)).unwrap();
    shown.show(&decision);
    let Decision::Commit(change, enrollment) = decision else { panic!("it enrolls") };
    shown.show(&enrollment);
    shown.show(&enrollment.outcome());
    shown.show(change.event());
    shown.show(&change.event().kind());
    shown.show(change.event().previous());
    shown.show(change.record().head());
    let enrolled = change.record().clone();
    shown.show(enrolled.stage());
    let again = enrolled.clone().enroll(key, RepeatPolicy::Never, keys.auth(), at(2));
    shown.show(&again.unwrap_err());
    let Stage::Enrolled(stage) = enrolled.stage() else { panic!("it is enrolled") };
    shown.show(stage);
    shown.show(stage.identity());
    let credential = enrolled.credential(&id()).unwrap();
    shown.show(&credential);
    let admission = credential.admit(auth);
    shown.show(&admission);
    let plugmint_core::Admission::Activates(principal) = admission else { panic!("it connects") };
    shown.show(&principal);
    shown.show(&principal.kind());
    let Decision::Commit(change, ()) = enrolled.authenticate(auth, at(3)).unwrap() else {
        panic!("it activates")
    };
    let Stage::Activated(stage) = change.record().stage() else { panic!("it is activated") };
    shown.show(stage);
    shown.show(&change.record().stage().name());
    let Decision::Commit(change, outcome) = change.record().clone().retire(Author::Device, at(4))
    else {
        panic!("it retires")
    };
    shown.show(&outcome);
    let Stage::Retired(stage) = change.record().stage() else { panic!("it is retired") };
    shown.show(stage);
    let retired = change.record().clone().disable(Author::Device, at(5)).unwrap_err();
    shown.show(&retired);
}

fn stores(shown: &mut Shown) {
    let key = Key::new(b"key").unwrap();
    shown.secret("a stored value", b"canary of a stored value");
    let value = b"canary of a stored value".to_vec();
    let revision = Revision::from_parts([1; 16]);
    shown.show(&key);
    shown.show(&revision);
    shown.show(&Record::new(revision, value.clone()));
    shown.show(&Guard::At(revision));
    shown.show(&Effect::Put(value.clone()));
    let batch = Batch::new().put(key.clone(), Guard::Absent, value.clone()).unwrap();
    shown.show(&batch);
    shown.show(batch.steps().next().unwrap().1);
    shown.show(&batch.clone().keep(key.clone(), Guard::Absent).unwrap_err());
    shown.show(&Key::new(b"").unwrap_err());
    shown.show(&CommitError::Conflict(Box::new(key)));
    shown.show(&StoreError::lasting("test", Operation::Get, "cause"));
    shown.show(&Operation::Get);
    shown.show(&Clause::C1);
    let broken = || Err::<MemoryStore, _>(io::Error::other("broken"));
    shown.show(&c1_a_batch_happens_whole_or_not_at_all(broken).unwrap_err());

    let memory = MemoryStore::new();
    block_on(memory.commit(batch.clone())).unwrap();
    shown.show(&memory);
    let directory = tempfile::tempdir().unwrap();
    let options = RedbOptions::default();
    let path = directory.path().join("store.redb");
    let redb = RedbStore::create(&path, &options).unwrap();
    block_on(redb.commit(batch)).unwrap();
    shown.show(&redb);
    shown.show(&options);
    shown.show(&RedbStore::open(&path, &options).unwrap_err());
    shown.show(&RedbStore::create(&path, &options).unwrap_err());
}

fn registries(shown: &mut Shown) {
    let test = block_on(TestRegistry::new(1)).unwrap();
    shown.show(&test);
    let clock = Arc::new(FixedClock::default());
    let settings = builder(Arc::new(MemoryStore::new()), clock, 1);
    shown.show(&settings);
    let registry: Registry = block_on(settings.create(&root())).unwrap();
    shown.show(&registry);
    let serial = SerialNumber::parse("SN-1").unwrap();
    let new = NewSerial::new(serial, EnrollPassword::parse(ENROLL).unwrap())
        .with_control_password(ControlPassword::parse(CONTROL).unwrap());
    shown.show(&new);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("root.key");
    let key = FileRootKey::create(&path).unwrap();
    let held = fs::read_to_string(&path).unwrap();
    shown.secret("the key file", held.trim_end().as_bytes());
    shown.show(&key);
    shown.show(&FileRootKey::create(&path).unwrap_err());
    fs::write(&path, ENROLL).unwrap();
    shown.show(&FileRootKey::load(&path).unwrap_err());
    // Cargo sets this one, and it holds the root key of nobody.
    shown.show(&EnvRootKey::load("CARGO_MANIFEST_DIR").unwrap_err());
    shown.texts.push(("EnvRootKey".to_owned(), "see its own test".to_owned()));
}

fn errors(shown: &mut Shown) {
    shown.show(&EnrollPassword::parse("canary\u{7}").unwrap_err());
    shown.show(&EnrollPassword::parse(&format!("{ENROLL}\u{7}")).unwrap_err());
    shown.show(&ConnectionPassword::parse(ENROLL).unwrap_err());
    shown.show(&RootKey::parse(ENROLL).unwrap_err());
    let text = PasswordText::of_any(ENROLL.as_bytes()).unwrap();
    shown.show(&PasswordClass::Generated.check(text).unwrap_err());
    shown.show(&"other".parse::<PasswordClass>().unwrap_err());
    shown.show(&PlugId::parse("").unwrap_err());
    shown.show(&SerialNumber::parse("").unwrap_err());
    shown.show(&SerialNumber::parse("").unwrap_err().reason());
    shown.show(&Argon2Cost::new(0, 0, 0).unwrap_err());
    shown.show(&Labels::new().insert("", "").unwrap_err());
    let invalid = SerialRecord::decode(&[]).unwrap_err();
    shown.show(&invalid);
    shown.show(&invalid.problem());
    let unsealable: Unsealable = unsealable();
    shown.show(&unsealable);
    shown.show(&StretchFailed::OutOfMemory { memory_kib: 1 });
    shown.show(&PasswordTooLong);

    shown.show(&Unknown::Template { id: *id().template() });
    let fault = || Fault::Closed;
    shown.show(&fault());
    shown.show(&EnrollError::Fault(fault()));
    shown.show(&AuthenticateError::Fault(fault()));
    shown.show(&RegisterError::Fault(fault()));
    shown.show(&MarkError::Fault(fault()));
    shown.show(&RetireError::Fault(fault()));
    shown.show(&LookUpError::Fault(fault()));
    shown.show(&CreateTemplateError::Fault(fault()));
    shown.show(&OpenError::Fault(fault()));
    shown.show(&RootKeyError::new(KeyVersion::FIRST, "cause"));
    shown.show(&InvalidInstallation::Unreadable);
}

fn unsealable() -> Unsealable {
    let keys = PlatformKeys::of_root(&root());
    let text = PasswordText::of_any(ENROLL.as_bytes()).unwrap();
    let stretched = PasswordClass::Generated
        .stretching(cost(), &id(), text)
        .run(&mut StretchMemory::new())
        .unwrap();
    let key = keys.template_key(id().template()).enroll_key(id().serial(), &stretched);
    let nonce = SealNonce::from_random([4; SealNonce::LEN]);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id(), &key).unwrap();
    let elsewhere = SerialId::new(TemplateId::from_parts([9; 12]), *id().serial());
    sealed.open(keys.seal(), &elsewhere).unwrap_err()
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis)
}

/// The names of all public structs and enums, and of those that macros make.
fn public_types() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut names = BTreeSet::new();
    for name in ["core", "store", "memory", "redb", "plugmint"] {
        collect(&crates.join(name).join("src"), &mut names);
    }
    assert!(names.len() > 80, "the source was not found");
    for made in [
        "Actor",
        "AuthVerifier",
        "CompanyId",
        "ControlPassword",
        "EnrollPassword",
        "Epoch",
        "KeyVersion",
        "Ordinal",
        "TemplateId",
        "TemplateName",
        "Verifier",
    ] {
        names.insert(made.to_owned());
    }
    names
}

fn collect(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let kinds = ["pub struct ", "pub enum "];
                let rest = kinds.iter().find_map(|kind| line.trim_start().strip_prefix(kind));
                let name = rest.map(|rest| {
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
                });
                names.extend(name.filter(|name: &String| !name.is_empty()));
            }
        }
    }
}

#[test]
fn a_root_key_from_the_environment_is_not_shown() {
    // Reading the environment of this process is all that is safe here: a child has the key in its
    // own, and says what it shows.
    let Ok(_) = std::env::var("PLUGMINT_TEST_ROOT_KEY") else {
        let key = "77".repeat(32);
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_root_key_from_the_environment_is_not_shown", "--nocapture"])
            .env("PLUGMINT_TEST_ROOT_KEY", &key)
            .output()
            .unwrap();
        let told = String::from_utf8(child.stdout).unwrap();
        assert!(child.status.success() && told.contains("EnvRootKey("), "{told}");
        assert!(!told.contains(&key), "{told}");
        return;
    };
    println!("{:?}", EnvRootKey::load("PLUGMINT_TEST_ROOT_KEY").unwrap());
}
