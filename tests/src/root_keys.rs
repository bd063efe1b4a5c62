//! Root keys by version.

use async_trait::async_trait;
use plugmint::{KeyVersion, RootKey, RootKeyError, RootKeys, RootLabel, RootMac};

/// Root keys by version, each of bytes that its number gives; version 1 is that of every scene.
#[derive(Debug)]
pub struct Keys(Vec<(KeyVersion, u8)>);

impl Keys {
    /// Those versions.
    #[must_use]
    pub fn of(versions: &[u32]) -> Self {
        Self(versions.iter().map(|number| (version(*number), byte_of(*number))).collect())
    }

    /// Also that version, with the key of another one.
    #[must_use]
    pub fn and(mut self, number: u32, of: u32) -> Self {
        self.0.push((version(number), byte_of(of)));
        self
    }
}

#[async_trait]
impl RootKeys for Keys {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.iter().map(|(version, _)| *version).collect()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        let found = self.0.iter().find(|(of, _)| *of == version);
        let mac = found.map(|(_, byte)| RootKey::from_random(&mut [*byte; 32]).mac(label));
        mac.ok_or_else(|| RootKeyError::new(version, "not there"))
    }
}

/// The version of that number.
#[must_use]
pub fn version(number: u32) -> KeyVersion {
    KeyVersion::new(number).unwrap()
}

fn byte_of(number: u32) -> u8 {
    0x59 + u8::try_from(number).unwrap()
}
