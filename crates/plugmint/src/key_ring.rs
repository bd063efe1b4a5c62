//! The keys of every version, prepared when a registry is opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{
    KeyCheck, MintingKeys, MintingRoots, PlatformKeys, RootLabel, RootMac, SealKey,
};
use plugmint_store::{Store, TagKey, Tagged};

use crate::root_keys::{RootKeyError, RootKeys, platform_keys, tag_key};
use crate::{Fault, keys};

/// The keys of every version; the last is current.
#[derive(Clone, Debug)]
pub(crate) struct KeyRing {
    older: Vec<(KeyVersion, VersionKeys)>,
    current: (KeyVersion, Arc<PlatformKeys>),
}

/// What there is of an older version.
#[derive(Clone, Debug)]
enum VersionKeys {
    /// All that hangs on its root.
    Rooted(Arc<PlatformKeys>),
    /// What was kept of it: its root was not given.
    Kept(Arc<MintingKeys>),
}

impl KeyRing {
    /// Asks for all keys. `None` when there is no version at all.
    pub(crate) async fn load(root_keys: &dyn RootKeys) -> Result<Option<Self>, RootKeyError> {
        let mut all = Vec::new();
        for version in sorted(root_keys) {
            answers_by_label(root_keys, version).await?;
            all.push((version, Arc::new(platform_keys(root_keys, version).await?)));
        }
        let current = all.pop();
        let rooted = |(version, keys)| (version, VersionKeys::Rooted(keys));
        let older = all.into_iter().map(rooted).collect();
        Ok(current.map(|current| Self { older, current }))
    }

    /// Also with what was kept of a version whose root was not given.
    pub(crate) fn with_kept(mut self, version: KeyVersion, keys: MintingKeys) -> Self {
        self.older.push((version, VersionKeys::Kept(Arc::new(keys))));
        self
    }

    /// Everything that is in either: the current version is the newer one's, and of an older one
    /// there is all that either has.
    fn joined(&self, other: &Self) -> Self {
        let (newer, rest) =
            if other.current.0 > self.current.0 { (other, self) } else { (self, other) };
        let mut older: BTreeMap<_, _> = rest.all().chain(newer.all()).collect();
        for (version, keys) in rest.all() {
            if let VersionKeys::Rooted(_) = keys {
                older.insert(version, keys);
            }
        }
        older.remove(&newer.current.0);
        Self { older: older.into_iter().collect(), current: newer.current.clone() }
    }

    fn all(&self) -> impl Iterator<Item = (KeyVersion, VersionKeys)> {
        let current = (self.current.0, VersionKeys::Rooted(Arc::clone(&self.current.1)));
        self.older.iter().cloned().chain([current])
    }

    /// The version that new serials hang on.
    pub(crate) const fn current(&self) -> KeyVersion {
        self.current.0
    }

    /// What is sealed now is sealed under.
    pub(crate) fn current_seal(&self) -> &SealKey {
        self.current.1.seal()
    }

    /// The keys of a version that identities hang on.
    pub(crate) fn version(&self, version: KeyVersion) -> Result<&MintingKeys, Fault> {
        if version == self.current.0 {
            return Ok(self.current.1.minting());
        }
        match self.find(version) {
            Some(VersionKeys::Rooted(keys)) => Ok(keys.minting()),
            Some(VersionKeys::Kept(keys)) => Ok(keys),
            None => Err(Fault::MissingRootKey { version }),
        }
    }

    /// What opens what was sealed under a version: its root must have been given.
    pub(crate) fn seal(&self, version: KeyVersion) -> Result<&SealKey, Fault> {
        if version == self.current.0 {
            return Ok(self.current_seal());
        }
        match self.find(version) {
            Some(VersionKeys::Rooted(keys)) => Ok(keys.seal()),
            Some(VersionKeys::Kept(_)) | None => Err(Fault::MissingRootKey { version }),
        }
    }

    fn find(&self, version: KeyVersion) -> Option<&VersionKeys> {
        self.older.iter().find(|(of, _)| *of == version).map(|(_, keys)| keys)
    }
}

/// The ring that a registry runs on. A new version comes in while it is read, without a lock, and
/// none ever goes: a call that has just read a record finds its keys.
pub(crate) struct LiveKeys(ArcSwap<KeyRing>);

impl LiveKeys {
    pub(crate) fn new(ring: KeyRing) -> Self {
        Self(ArcSwap::from_pointee(ring))
    }

    /// The ring as it is now, for one decision.
    pub(crate) fn load(&self) -> Guard<Arc<KeyRing>> {
        self.0.load()
    }

    /// The same, for a decision that waits.
    pub(crate) fn load_full(&self) -> Arc<KeyRing> {
        self.0.load_full()
    }

    /// Adds what another ring has.
    pub(crate) fn adopt(&self, ring: &KeyRing) {
        self.0.rcu(|held| held.joined(ring));
    }
}

/// Refuses a key that answers the same for two labels: it looks at none, and one of the answers,
/// the check, lies in the store in clear.
async fn answers_by_label(
    root_keys: &dyn RootKeys,
    version: KeyVersion,
) -> Result<(), RootKeyError> {
    let mut answers: Vec<RootMac> = Vec::new();
    for label in LABELS {
        let answer = root_keys.mac(version, label).await?;
        if answers.iter().any(|other| other.matches(&answer)) {
            return Err(RootKeyError::new(version, "it answers the same for two labels"));
        }
        answers.push(answer);
    }
    Ok(())
}

/// Every label that a registry asks for.
const LABELS: [RootLabel; 5] =
    [RootLabel::Enroll, RootLabel::Auth, RootLabel::Seal, RootLabel::Record, RootLabel::KeyCheck];

/// A store with tags.
pub(crate) type Tags = Tagged<Arc<dyn Store>>;

/// The store with a tag behind every record, but for what is read before a key is known to be the
/// right one: the checks of root keys and kept keys, which prove themselves, and which versions are
/// closed or dropped, which lets nobody in who was not.
pub(crate) async fn tagged(
    store: Arc<dyn Store>,
    root_keys: &dyn RootKeys,
) -> Result<Option<Arc<Tags>>, RootKeyError> {
    let mut tag_keys = tag_keys(root_keys).await?;
    let Some(current) = tag_keys.pop() else {
        return Ok(None);
    };
    let mut tagged = Tagged::new(store, current);
    for plain in [keys::KEY_CHECKS, keys::KEY_STANDINGS, keys::KEPT_KEYS] {
        tagged = tagged.with_plain(plain);
    }
    Ok(Some(Arc::new(tag_keys.into_iter().fold(tagged, Tagged::with_older))))
}

/// The keys that records are tagged under, oldest first. Each ends when its version is closed.
pub(crate) async fn tag_keys(root_keys: &dyn RootKeys) -> Result<Vec<TagKey>, RootKeyError> {
    let mut tag_keys = Vec::new();
    for version in sorted(root_keys) {
        let end = keys::key_standing(version);
        let end = end.map_err(|invalid| RootKeyError::new(version, invalid))?;
        tag_keys.push(tag_key(root_keys, version).await?.ended_by(end));
    }
    Ok(tag_keys)
}

/// What is kept of a version, as it is sealed.
pub(crate) async fn minting_roots(
    root_keys: &dyn RootKeys,
    version: KeyVersion,
) -> Result<MintingRoots, RootKeyError> {
    Ok(MintingRoots {
        enroll: root_keys.mac(version, RootLabel::Enroll).await?,
        auth: root_keys.mac(version, RootLabel::Auth).await?,
    })
}

/// What the store keeps of each key, by version.
pub(crate) async fn key_checks(
    root_keys: &dyn RootKeys,
) -> Result<Vec<(KeyVersion, KeyCheck)>, RootKeyError> {
    let mut checks = Vec::new();
    for version in sorted(root_keys) {
        let mac = root_keys.mac(version, RootLabel::KeyCheck).await?;
        checks.push((version, mac.into_key_check()));
    }
    Ok(checks)
}

fn sorted(root_keys: &dyn RootKeys) -> Vec<KeyVersion> {
    let mut versions = root_keys.versions();
    versions.sort_unstable();
    versions.dedup();
    versions
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use plugmint_core::derivation::RootKey;
    use plugmint_core::{ConnectionPassword, PlugId};
    use pollster::block_on;

    use super::*;

    /// A key for each version, made of its number.
    struct Three;

    fn root(version: KeyVersion) -> RootKey {
        RootKey::parse(&format!("{:064x}", version.number())).unwrap()
    }

    #[async_trait]
    impl RootKeys for Three {
        fn versions(&self) -> Vec<KeyVersion> {
            [2, 3, 1].map(|number| KeyVersion::new(number).unwrap()).to_vec()
        }

        async fn mac(
            &self,
            version: KeyVersion,
            label: RootLabel,
        ) -> Result<RootMac, RootKeyError> {
            Ok(root(version).mac(label))
        }
    }

    #[test]
    fn a_joined_ring_has_the_newer_current_version_and_all_that_either_has() {
        let (one, two) = (KeyVersion::FIRST, KeyVersion::new(2).unwrap());
        let full = block_on(KeyRing::load(&Three)).unwrap().unwrap();
        let kept = MintingKeys::new(&block_on(minting_roots(&Three, one)).unwrap());
        let older = KeyRing { older: Vec::new(), current: (one, Arc::clone(&full.current.1)) };
        let newer = KeyRing { older: Vec::new(), current: (two, Arc::clone(&full.current.1)) };
        let newer = newer.with_kept(one, kept);
        assert!(newer.seal(one).is_err());
        for joined in [newer.joined(&older), older.joined(&newer)] {
            assert_eq!(joined.current(), two);
            assert!(joined.seal(one).is_ok() && joined.seal(two).is_ok());
            assert_eq!(joined.older.len(), 1);
        }
    }

    #[test]
    fn each_version_has_its_own_keys_and_the_last_is_current() {
        let ring = block_on(KeyRing::load(&Three)).unwrap().unwrap();
        assert_eq!(ring.current().number(), 3);
        let plug_id = PlugId::parse("dev-5df33c34404ac04370e5c60e").unwrap();
        let password = ConnectionPassword::parse("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn").unwrap();
        for version in Three.versions() {
            let expected = PlatformKeys::of_root(&root(version));
            let expected = expected.auth().verifier(&plug_id, &password);
            let keys = ring.version(version).unwrap();
            assert!(keys.auth().verifier(&plug_id, &password).matches(&expected), "{version}");
        }
        let missing = ring.version(KeyVersion::new(4).unwrap());
        assert!(matches!(missing, Err(Fault::MissingRootKey { .. })));
    }
}
