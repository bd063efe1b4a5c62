//! Root keys by version: those that were dropped are gone.

use std::collections::BTreeSet;

use async_trait::async_trait;
use plugmint::{KeyVersion, RootKey, RootKeyError, RootKeys, RootLabel, RootMac};
use plugmint_core::derivation::PlatformKeys;

/// The root keys up to a version, without those that were dropped.
#[derive(Debug)]
pub(crate) struct Versions(Vec<KeyVersion>);

impl Versions {
    pub(crate) fn up_to(last: KeyVersion, dropped: &BTreeSet<KeyVersion>) -> Self {
        let all = (1..=last.number()).map(version);
        Self(all.filter(|version| !dropped.contains(version)).collect())
    }
}

#[async_trait]
impl RootKeys for Versions {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.clone()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        let found = self.0.iter().find(|of| **of == version);
        let mac = found.map(|version| root(*version).mac(label));
        mac.ok_or_else(|| RootKeyError::new(version, "it was destroyed"))
    }
}

pub(crate) fn version(number: u32) -> KeyVersion {
    KeyVersion::new(number).unwrap()
}

/// What passwords hang on under a version.
pub(crate) fn keys(version: KeyVersion) -> PlatformKeys {
    PlatformKeys::of_root(&root(version))
}

/// Version 1 is [`plugmint::testing::root_key`].
fn root(version: KeyVersion) -> RootKey {
    RootKey::from_random(&mut [0x59 + u8::try_from(version.number()).unwrap(); 32])
}
