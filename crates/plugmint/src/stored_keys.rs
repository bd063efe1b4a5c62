//! What a store knows of the root keys.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use async_trait::async_trait;
use plugmint_core::derivation::{
    KeptKeys, KeyCheck, MintingKeys, MintingRoots, RootLabel, RootMac, SealNonce,
};
use plugmint_core::{InvalidRecord, KeyStanding, KeyVersion};
use plugmint_store::{Guard, Key, Record, Revision, Store};

use crate::key_ring::KeyRing;
use crate::root_keys::{RootKeyError, RootKeys};
use crate::{Fault, keys};

/// What a store knows of every version: a few records that have no tag.
#[derive(Debug)]
pub(crate) struct StoredKeys {
    checks: BTreeMap<KeyVersion, (KeyCheck, Revision)>,
    standings: BTreeMap<KeyVersion, (KeyStanding, Revision)>,
    kept: BTreeMap<KeyVersion, (KeptKeys, Revision)>,
}

/// Which given key is not as the store knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mismatch {
    Wrong(KeyVersion),
    Missing(KeyVersion),
    Unknown(KeyVersion),
}

impl StoredKeys {
    pub(crate) async fn load(store: &dyn Store) -> Result<Self, Fault> {
        Ok(Self {
            // First: what is known of a version was written with its check or later.
            checks: load(store, keys::KEY_CHECKS, KeyCheck::decode).await?,
            standings: load(store, keys::KEY_STANDINGS, KeyStanding::decode).await?,
            kept: load(store, keys::KEPT_KEYS, KeptKeys::decode).await?,
        })
    }

    /// Every version, oldest first.
    pub(crate) fn versions(&self) -> impl DoubleEndedIterator<Item = KeyVersion> {
        self.checks.keys().copied()
    }

    /// The check of a version, and when it was written.
    pub(crate) fn check(&self, version: KeyVersion) -> Option<(&KeyCheck, Revision)> {
        self.checks.get(&version).map(|(check, revision)| (check, *revision))
    }

    /// The version with that check.
    pub(crate) fn version_of(&self, check: &KeyCheck) -> Option<KeyVersion> {
        self.checks.iter().find(|(_, (of, _))| of.matches(check)).map(|(version, _)| *version)
    }

    /// `None` for a version that is in use.
    pub(crate) fn standing(&self, version: KeyVersion) -> Option<(KeyStanding, Revision)> {
        self.standings.get(&version).copied()
    }

    /// What is kept of a version.
    pub(crate) fn kept(&self, version: KeyVersion) -> Option<&(KeptKeys, Revision)> {
        self.kept.get(&version)
    }

    /// What guards what is kept of a version.
    pub(crate) fn kept_guard(&self, version: KeyVersion) -> Guard {
        self.kept(version).map_or(Guard::Absent, |(_, revision)| Guard::At(*revision))
    }

    /// Holds the given keys against what the store keeps of each. A version that was dropped needs
    /// no key. The given keys without what is given as one that was dropped and is not: nothing
    /// hangs on that version any more, so what is left of its file is nobody's business.
    pub(crate) async fn needed<'a>(&self, root_keys: &'a dyn RootKeys) -> Needed<'a> {
        let mut needed = Needed { root_keys, versions: Vec::new() };
        for version in root_keys.versions() {
            let stands_dropped = matches!(self.standing(version), Some((KeyStanding::Dropped, _)));
            if !stands_dropped || self.is_that(version, root_keys).await {
                needed.versions.push(version);
            }
        }
        needed
    }

    /// Whether a key is given as that version which is the one that the store knows.
    async fn is_that(&self, version: KeyVersion, root_keys: &dyn RootKeys) -> bool {
        let given = root_keys.mac(version, RootLabel::KeyCheck).await;
        let given = given.ok().map(RootMac::into_key_check);
        given.zip(self.check(version)).is_some_and(|(given, (known, _))| given.matches(known))
    }

    pub(crate) fn ensure_match(
        &self,
        given: &BTreeMap<KeyVersion, KeyCheck>,
    ) -> Result<(), Mismatch> {
        for (version, (check, _)) in &self.checks {
            match (given.get(version), self.standing(*version)) {
                (Some(given), _) if given.matches(check) => {}
                (Some(_), _) => return Err(Mismatch::Wrong(*version)),
                (None, Some((KeyStanding::Dropped, _))) => {}
                (None, Some((KeyStanding::Closed, _)) | None) => {
                    return Err(Mismatch::Missing(*version));
                }
            }
        }
        match given.keys().find(|version| !self.checks.contains_key(version)) {
            Some(version) => Err(Mismatch::Unknown(*version)),
            None => Ok(()),
        }
    }

    /// The ring, with what was kept of each version whose root was not given.
    pub(crate) fn complete(&self, mut ring: KeyRing) -> Result<KeyRing, Fault> {
        let absent: Vec<_> =
            self.versions().filter(|version| ring.version(*version).is_err()).collect();
        for version in absent {
            let keys = MintingKeys::new(&self.open_kept(&ring, version)?);
            ring = ring.with_kept(version, keys);
        }
        Ok(ring)
    }

    /// What was kept of a version.
    pub(crate) fn open_kept(
        &self,
        ring: &KeyRing,
        version: KeyVersion,
    ) -> Result<MintingRoots, Fault> {
        // Without its record the root itself is needed again.
        let (kept, _) = self.kept(version).ok_or(Fault::MissingRootKey { version })?;
        let seal = ring.seal(kept.sealed_under())?;
        kept.open(seal, version).map_err(|source| Fault::KeptKeys { version, source })
    }
}

/// What is kept of a version, sealed under the current one of a ring.
pub(crate) fn keep(
    ring: &KeyRing,
    nonce: SealNonce,
    version: KeyVersion,
    roots: &MintingRoots,
) -> Result<KeptKeys, Fault> {
    KeptKeys::seal(ring.current(), ring.current_seal(), nonce, version, roots)
        .map_err(|source| Fault::KeptKeys { version, source })
}

async fn load<T>(
    store: &dyn Store,
    prefix: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, InvalidRecord> + Send,
) -> Result<BTreeMap<KeyVersion, (T, Revision)>, Fault> {
    let page: Vec<(Key, Record)> = store.scan(prefix, None, MOST_KEY_VERSIONS).await?;
    let mut found = BTreeMap::new();
    for (key, record) in page {
        let version = keys::version_of(&key);
        let version = version.ok_or_else(|| Fault::Defect("a key names no version".into()))?;
        found.insert(version, (decode(record.value())?, record.revision()));
    }
    Ok(found)
}

/// More versions of the root key than a store ever has.
const MOST_KEY_VERSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Root keys that a store hangs on, or does not know yet.
pub(crate) struct Needed<'a> {
    root_keys: &'a dyn RootKeys,
    versions: Vec<KeyVersion>,
}

#[async_trait]
impl RootKeys for Needed<'_> {
    fn versions(&self) -> Vec<KeyVersion> {
        self.versions.clone()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        self.root_keys.mac(version, label).await
    }
}
