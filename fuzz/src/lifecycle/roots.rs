//! Root keys by version: those that are not named are not there.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugmint::{KeyVersion, RootKey, RootKeyError, RootKeys, RootLabel, RootMac};

/// Some root keys: which one stands as which version.
#[derive(Debug)]
pub(super) struct Roots(BTreeMap<u32, u32>);

impl Roots {
    pub(super) fn of(versions: impl IntoIterator<Item = u32>) -> Self {
        Self(versions.into_iter().map(|version| (version, version)).collect())
    }

    pub(super) fn and(self, version: u32) -> Self {
        self.and_as(version, version)
    }

    /// And the key of one version as another one.
    pub(super) fn and_as(mut self, version: u32, key_of: u32) -> Self {
        self.0.insert(version, key_of);
        self
    }

    pub(super) fn without(mut self, version: u32) -> Self {
        self.0.remove(&version);
        self
    }
}

#[async_trait]
impl RootKeys for Roots {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.keys().copied().map(version).collect()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        match self.0.get(&version.number()) {
            Some(key_of) => Ok(RootKey::from_random(&mut [root_byte(*key_of); 32]).mac(label)),
            None => Err(RootKeyError::new(version, "it is not there")),
        }
    }
}

/// Version 1 is [`plugmint::testing::root_key`].
fn root_byte(number: u32) -> u8 {
    0x59 + u8::try_from(number).unwrap_or_default()
}

pub(super) fn version(number: u32) -> KeyVersion {
    KeyVersion::new(number).unwrap()
}
