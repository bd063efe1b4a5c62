//! The key files of a home, and which of them its registry has taken up.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use plugmint::derivation::{RootLabel, RootMac};
use plugmint::{
    FileRootKeys, KeyFileError, KeyVersion, OpenError, Registry, RootKeyError, RootKeys,
};
use plugmint_redb::RedbStore;
use pollster::block_on;

use crate::desk::Desk;
use crate::failure::Failure;

use super::{Home, registry_over};

impl Home {
    /// As [`desk`](Self::desk), also where a key is there that the registry has not taken up.
    pub(crate) fn desk_with_new_keys(&self) -> Result<Desk, Failure> {
        self.desk_with(|store| {
            let keys = self.load_keys()?;
            open_known(store, &keys).map_err(|error| self.not_opened(error))
        })
    }

    /// Reads every key file that is there.
    pub(crate) fn load_keys(&self) -> Result<FileRootKeys, Failure> {
        FileRootKeys::load(&self.root_key).map_err(|error| {
            let hint = match &error {
                KeyFileError::Missing => Some(
                    "the key of version 1 lies in that file, and a later one behind its name, as in \
                     FILE.2: put back the one that is current",
                ),
                KeyFileError::Invalid { .. }
                | KeyFileError::NotAFile { .. }
                | KeyFileError::OthersMayRead { .. } => Some(
                    "if `plugmint key drop` has said that it may be destroyed, delete it",
                ),
                _ => None,
            };
            hint.into_iter().fold(Failure::from(error).about(&self.root_key), Failure::hint)
        })
    }

    /// Where the key of a version lies: in FILE, in FILE.2 beside it, and so on.
    pub(crate) fn key_file(&self, version: KeyVersion) -> PathBuf {
        let mut name = self.root_key.as_os_str().to_owned();
        if version > KeyVersion::FIRST {
            name.push(format!(".{version}"));
        }
        name.into()
    }
}

/// Opens a registry with the keys that it knows: a later one is left out.
pub(super) fn open_known(
    store: impl Into<Arc<RedbStore>>,
    keys: &FileRootKeys,
) -> Result<Registry, OpenError> {
    let store: Arc<RedbStore> = store.into();
    let opened = block_on(registry_over(Arc::clone(&store)).open(keys));
    let Err(OpenError::UnknownRootKey { version }) = opened else {
        return opened;
    };
    let known = Before { keys, version };
    // Where that is not enough, the key that is unknown is what is wrong.
    block_on(registry_over(store).open(&known)).map_err(|_| OpenError::UnknownRootKey { version })
}

/// The keys of the versions before one.
struct Before<'a> {
    keys: &'a FileRootKeys,
    version: KeyVersion,
}

#[async_trait]
impl RootKeys for Before<'_> {
    fn versions(&self) -> Vec<KeyVersion> {
        let versions = self.keys.versions().into_iter();
        versions.filter(|version| *version < self.version).collect()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        self.keys.mac(version, label).await
    }
}
