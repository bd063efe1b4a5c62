//! Where root keys come from.

mod env;
mod file;
mod held;

use std::error::Error as StdError;

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{PlatformKeys, PlatformRoots, RootKey, RootLabel, RootMac};
use plugmint_store::TagKey;
use thiserror::Error;

pub use env::{EnvKeyError, EnvRootKeys};
pub use file::{CreateKeyFileError, FileRootKeys, KeyFileError};

/// Answers `HMAC-SHA256(root, label)` for each version of the root key.
///
/// It is asked when a registry is made or opened, and never after: the root can stay in a key
/// service that does no more than HMAC. Keys from a file or the environment are provided; there is
/// no default key anywhere.
///
/// A service of one's own sends [`RootLabel::message`] and hands the answer to
/// [`RootMac::from_service`]; `examples/root_key_elsewhere.rs` is a whole one. An implementation
/// has `#[async_trait]` above it, of the crate `async-trait`. One that answers the same for two
/// labels is refused. Of the answers only the one for [`RootLabel::KeyCheck`], and with tagged
/// records the one for [`RootLabel::Record`], is held against the store: that the others are right
/// is the service's to keep, and a device that was served under a wrong one is not served under the
/// right one.
#[async_trait]
pub trait RootKeys: Send + Sync {
    /// The versions that it answers for, at least one. The highest is the current one, which new
    /// serials hang on.
    fn versions(&self) -> Vec<KeyVersion>;

    /// `HMAC-SHA256(root(version), label.message())`.
    ///
    /// # Errors
    /// [`RootKeyError`] when the key is not there or not to be reached.
    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError>;
}

/// The keys that a platform runs on, from what a key service answers for one version.
///
/// # Errors
/// [`RootKeyError`] when the key does not answer.
pub async fn platform_keys(
    root_keys: &dyn RootKeys,
    version: KeyVersion,
) -> Result<PlatformKeys, RootKeyError> {
    Ok(PlatformKeys::new(&PlatformRoots {
        enroll: root_keys.mac(version, RootLabel::Enroll).await?,
        auth: root_keys.mac(version, RootLabel::Auth).await?,
        seal: root_keys.mac(version, RootLabel::Seal).await?,
    }))
}

/// The key that records of a version are tagged under.
pub(crate) async fn tag_key(
    root_keys: &dyn RootKeys,
    version: KeyVersion,
) -> Result<TagKey, RootKeyError> {
    let record_root = root_keys.mac(version, RootLabel::Record).await?;
    Ok(TagKey::new(version.number(), record_root.expose_bytes()))
}

/// A root key at hand answers for version 1.
#[async_trait]
impl RootKeys for RootKey {
    fn versions(&self) -> Vec<KeyVersion> {
        vec![KeyVersion::FIRST]
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        if version == KeyVersion::FIRST {
            Ok(Self::mac(self, label))
        } else {
            Err(RootKeyError::new(version, "there is one key, of version 1"))
        }
    }
}

/// A root key did not answer.
#[derive(Debug, Error)]
#[error("root key version {version} did not answer as a root key does")]
pub struct RootKeyError {
    version: KeyVersion,
    source: Box<dyn StdError + Send + Sync>,
}

impl RootKeyError {
    /// The key of that version did not answer, for that reason.
    #[must_use]
    pub fn new(version: KeyVersion, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { version, source: source.into() }
    }

    /// The version that was asked for.
    #[must_use]
    pub const fn version(&self) -> KeyVersion {
        self.version
    }
}
