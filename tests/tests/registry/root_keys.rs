//! Which root keys a registry opens with.

use async_trait::async_trait;
use plugmint::{KeyVersion, RootKeyError, RootKeys, RootLabel, RootMac};

use crate::prelude::*;

/// Keys by version; one that is asked for and not there does not answer.
pub(crate) struct Ring(Vec<(u32, RootKey)>);

impl Ring {
    pub(crate) fn of(keys: &[(u32, &str)]) -> Self {
        let key = |digits: &str| RootKey::parse(&digits.repeat(32)).unwrap();
        Self(keys.iter().map(|(version, digits)| (*version, key(digits))).collect())
    }
}

#[async_trait]
impl RootKeys for Ring {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.iter().filter_map(|(version, _)| KeyVersion::new(*version)).collect()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        let found = self.0.iter().find(|(of, _)| *of == version.number());
        found.map(|(_, key)| key.mac(label)).ok_or_else(|| RootKeyError::new(version, "not there"))
    }
}

/// Names a version, and answers for none.
struct Silent;

#[async_trait]
impl RootKeys for Silent {
    fn versions(&self) -> Vec<KeyVersion> {
        vec![KeyVersion::FIRST]
    }

    async fn mac(&self, version: KeyVersion, _: RootLabel) -> Result<RootMac, RootKeyError> {
        Err(RootKeyError::new(version, "the key service does not answer"))
    }
}

/// Looks at the label no more than these ask for.
struct Deaf(fn(RootLabel) -> RootLabel);

#[async_trait]
impl RootKeys for Deaf {
    fn versions(&self) -> Vec<KeyVersion> {
        vec![KeyVersion::FIRST]
    }

    async fn mac(&self, _: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        Ok(root_key().mac(self.0(label)))
    }
}

#[test]
fn a_key_service_that_answers_the_same_for_two_labels_is_refused_and_nothing_is_written() {
    let all_one: fn(RootLabel) -> RootLabel = |_| RootLabel::Auth;
    let two: fn(RootLabel) -> RootLabel = |label| match label {
        RootLabel::KeyCheck => RootLabel::Seal,
        label => label,
    };
    for deaf in [Deaf(all_one), Deaf(two)] {
        let store = memory();
        let refused = block_on(Registry::create(Arc::clone(&store), &deaf));
        assert!(matches!(refused.unwrap_err(), CreateError::RootKey(_)));
        assert!(!block_on(Registry::is_created(&*store)).unwrap());
    }
    let (store, _) = created(&root_key());
    assert!(matches!(opened(&store, &Deaf(all_one)), OpenError::RootKey(_)));
}

pub(crate) fn created(keys: &dyn RootKeys) -> (Arc<dyn Store>, Registry) {
    let store = memory();
    let registry = block_on(Registry::create(Arc::clone(&store), keys)).unwrap();
    (store, registry)
}

pub(crate) fn opened(store: &Arc<dyn Store>, keys: &dyn RootKeys) -> OpenError {
    block_on(Registry::open(Arc::clone(store), keys)).unwrap_err()
}

/// What is wrong with which version.
pub(crate) fn at_fault(error: &OpenError) -> (&'static str, u32) {
    match error {
        OpenError::MissingRootKey { version } => ("missing", version.number()),
        OpenError::UnknownRootKey { version } => ("unknown", version.number()),
        OpenError::WrongRootKey { version } => ("wrong", version.number()),
        other => panic!("{other}"),
    }
}

#[test]
fn no_registry_is_made_or_opened_without_a_root_key() {
    let none = Ring::of(&[]);
    let store = memory();
    let error = block_on(Registry::create(Arc::clone(&store), &none)).unwrap_err();
    assert!(matches!(error, CreateError::NoRootKey));
    assert!(block_on(store.scan(b"", None, PAGE)).unwrap().is_empty());
    let (store, _) = created(&root_key());
    assert!(matches!(opened(&store, &none), OpenError::NoRootKey));
}

#[test]
fn a_root_key_that_does_not_answer_makes_and_opens_nothing() {
    let store = memory();
    let error = block_on(Registry::create(Arc::clone(&store), &Silent)).unwrap_err();
    assert!(matches!(&error, CreateError::RootKey(of) if of.version() == KeyVersion::FIRST));
    assert!(error.is_retryable());
    assert!(block_on(store.scan(b"", None, PAGE)).unwrap().is_empty());
    let (store, _) = created(&root_key());
    assert!(matches!(opened(&store, &Silent), OpenError::RootKey(_)));
}

#[test]
fn every_version_that_the_store_hangs_on_must_be_there_and_no_other() {
    let both = Ring::of(&[(1, "5a"), (2, "77")]);
    let (store, _) = created(&both);
    for (keys, expected) in [
        (vec![(1, "5a")], ("missing", 2)),
        (vec![(2, "77")], ("missing", 1)),
        (vec![(1, "5a"), (2, "78")], ("wrong", 2)),
        (vec![(1, "77"), (2, "5a")], ("wrong", 1)),
        (vec![(1, "5a"), (2, "77"), (3, "78")], ("unknown", 3)),
    ] {
        assert_eq!(at_fault(&opened(&store, &Ring::of(&keys))), expected);
    }
    block_on(Registry::open(store, &both)).unwrap();
}

#[test]
fn a_new_serial_hangs_on_the_highest_version() {
    let (_, registry) = created(&Ring::of(&[(3, "77"), (1, "5a")]));
    let template = block_on(registry.create_template(registry.company(), design())).unwrap();
    let new = new_serial("SN-1", &password(1));
    let ada = Actor::parse("ada").unwrap();
    let status = block_on(registry.register(template.id(), new, &ada)).unwrap();
    assert_eq!(status.key_version.number(), 3);
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    let enrollment = block_on(registry.enroll(&id, &enroll_password(&password(1)))).unwrap();
    let credentials = enrollment.credentials();
    let password = credentials.connection_password();
    block_on(registry.authenticate(credentials.plug_id(), password)).unwrap();
}
