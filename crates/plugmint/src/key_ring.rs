//! The keys of every version, prepared when a registry is opened.

use std::sync::Arc;

use plugmint_core::KeyVersion;
use plugmint_core::derivation::{KeyCheck, PlatformKeys, RootLabel, RootMac};
use plugmint_store::{Store, Tagged};

use crate::root_keys::{RootKeyError, RootKeys, platform_keys, tag_key};
use crate::{Fault, keys};

/// Platform keys by version; the last is current.
#[derive(Debug)]
pub(crate) struct KeyRing {
    older: Vec<(KeyVersion, PlatformKeys)>,
    current: (KeyVersion, PlatformKeys),
}

impl KeyRing {
    /// Asks for all keys. `None` when there is no version at all.
    pub(crate) async fn load(root_keys: &dyn RootKeys) -> Result<Option<Self>, RootKeyError> {
        let mut older = Vec::new();
        for version in sorted(root_keys) {
            answers_by_label(root_keys, version).await?;
            older.push((version, platform_keys(root_keys, version).await?));
        }
        let current = older.pop();
        Ok(current.map(|current| Self { older, current }))
    }

    /// The version that new serials hang on.
    pub(crate) const fn current(&self) -> KeyVersion {
        self.current.0
    }

    /// The keys of a version.
    pub(crate) fn version(&self, version: KeyVersion) -> Result<&PlatformKeys, Fault> {
        if version == self.current.0 {
            return Ok(&self.current.1);
        }
        let found = self.older.iter().find(|(of, _)| *of == version);
        found.map(|(_, keys)| keys).ok_or(Fault::MissingRootKey { version })
    }
}

/// Refuses a key that answers the same for two labels: it looks at none, and one of the answers, the
/// check, lies in the store in clear.
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

/// The store with a tag behind every record, but for the checks of root keys: they are read before a
/// key is known to be the right one, and are tags themselves.
pub(crate) async fn tagged(
    store: Arc<dyn Store>,
    root_keys: &dyn RootKeys,
) -> Result<Arc<dyn Store>, RootKeyError> {
    let mut versions = sorted(root_keys);
    let Some(current) = versions.pop() else {
        return Ok(store);
    };
    let mut tagged = Tagged::new(store, tag_key(root_keys, current).await?);
    for version in versions {
        tagged = tagged.with_older(tag_key(root_keys, version).await?);
    }
    Ok(Arc::new(tagged.with_plain(keys::KEY_CHECKS)))
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
