//! A new version of the root key.

use std::collections::BTreeMap;

use plugmint_core::KeyVersion;
use plugmint_core::derivation::{KeyCheck, MintingRoots, SealNonce};
use plugmint_core::lifecycle::Outcome;
use plugmint_store::{Batch, CommitError, Guard, TagKey};
use thiserror::Error;
use tracing::instrument;

use crate::key_ring::{self, KeyRing};
use crate::registry::Registry;
use crate::registry::drive::{TRIES, defect};
use crate::root_keys::{RootKeyError, RootKeys};
use crate::stored_keys::{self, Mismatch, StoredKeys};
use crate::{Fault, keys};

impl Registry {
    /// Brings in the next version of the root key: from now on new serials hang on it, and so do
    /// records' tags and whatever is sealed. `root_keys` answers for it and for every version that
    /// was not [dropped](Self::drop_root_key); the highest is the new one.
    ///
    /// Nobody is refused for it at any moment: serials stay under the version that they have, and
    /// this registry goes over without a pause. Another process on the same store goes on under the
    /// version that it knows, and does not read what was written under the new one until it is
    /// called in the same way or opens the store again: call each before any device can come to
    /// another process than the one it enrolled at.
    ///
    /// One commit, which also keeps, sealed under the new version, what the serials of every older
    /// one hang on. A repeat answers `AlreadyDone`, and brings this registry to the highest
    /// version, which is then the one of the store: so is an unknown outcome settled.
    ///
    /// What to do then: [`sweep_keys`](Self::sweep_keys), and
    /// [`drop_root_key`](Self::drop_root_key).
    ///
    /// # Errors
    /// * [`RotateError::NoRootKey`] and [`RotateError::RootKey`] when there is no key.
    /// * [`RotateError::WrongRootKey`] when a key is not the one that the store knows of its
    ///   version, [`RotateError::MissingRootKey`] when one that it hangs on is not there, and
    ///   [`RotateError::UnknownRootKey`] when one in between is not known.
    /// * [`RotateError::NotNext`] when the highest version is not the next one.
    /// * [`RotateError::SameRootKey`] when the new key is an older version's.
    /// * [`RotateError::Fault`]; whether there is a new version is then seen by calling again.
    ///
    /// After all but the last nothing was written.
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn rotate_root_key(&self, root_keys: &dyn RootKeys) -> Result<Outcome, RotateError> {
        self.ensure_open()?;
        let stored = StoredKeys::load(&*self.0.store).await?;
        let given = Given::ask(&stored.needed(root_keys).await).await?;
        for _ in 0..TRIES {
            let stored = StoredKeys::load(&*self.0.store).await?;
            let Some(batch) = self.rotation(&given, &stored)? else {
                self.adopt(given, &stored)?;
                return Ok(Outcome::AlreadyDone);
            };
            match self.0.store.commit(batch).await {
                Ok(_) => {
                    self.adopt(given, &stored)?;
                    return Ok(Outcome::Done);
                }
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// The commit that brings in the version that is given and not known; `None` when all are
    /// known.
    fn rotation(&self, given: &Given, stored: &StoredKeys) -> Result<Option<Batch>, RotateError> {
        let version = given.ring.current();
        match stored.ensure_match(&given.checks) {
            Ok(()) => return Ok(None),
            Err(Mismatch::Unknown(unknown)) if unknown == version => {}
            Err(mismatch) => return Err(mismatch.into()),
        }
        let newest = stored.versions().next_back();
        let newest = newest.ok_or_else(|| defect("a registry has no key version"))?;
        if newest.next() != Some(version) {
            return Err(RotateError::NotNext { version, newest });
        }
        let check = given.checks.get(&version).ok_or_else(|| defect("a key has no check"))?;
        if let Some(same_as) = stored.version_of(check) {
            return Err(RotateError::SameRootKey { version, same_as });
        }
        Ok(Some(self.batch(given, stored, version, check)?))
    }

    fn batch(
        &self,
        given: &Given,
        stored: &StoredKeys,
        new: KeyVersion,
        check: &KeyCheck,
    ) -> Result<Batch, Fault> {
        // Of two that bring in a version at once one finds it there.
        let mut batch = Batch::new().put(keys::key_check(new)?, Guard::Absent, check.encode())?;
        for version in stored.versions() {
            let nonce = SealNonce::from_random(self.0.random.bytes()?);
            let kept = if let Some(roots) = given.roots.get(&version) {
                stored_keys::keep(&given.ring, nonce, version, roots)?
            } else {
                // It was dropped: what the version before kept of it is sealed anew.
                let roots = stored.open_kept(&given.ring, version)?;
                stored_keys::keep(&given.ring, nonce, version, &roots)?
            };
            let guard = stored.kept_guard(version);
            batch = batch.put(keys::kept_keys(version)?, guard, kept.encode())?;
        }
        Ok(batch)
    }

    /// Goes over to what was given: first its tags are read, then something is written under it.
    /// INVARIANT: the store knows all of it.
    fn adopt(&self, given: Given, stored: &StoredKeys) -> Result<(), Fault> {
        let ring = stored.complete(given.ring)?;
        if let Some(tags) = &self.0.tags {
            given.tag_keys.into_iter().for_each(|tag_key| tags.add_key(tag_key));
        }
        self.0.keys.adopt(&ring);
        Ok(())
    }
}

/// Everything that root keys were asked for, so that nobody has to be asked between a commit and
/// the answer to it.
struct Given {
    ring: KeyRing,
    checks: BTreeMap<KeyVersion, KeyCheck>,
    roots: BTreeMap<KeyVersion, MintingRoots>,
    tag_keys: Vec<TagKey>,
}

impl Given {
    async fn ask(root_keys: &dyn RootKeys) -> Result<Self, RotateError> {
        let ring = KeyRing::load(root_keys).await?.ok_or(RotateError::NoRootKey)?;
        let checks: BTreeMap<_, _> = key_ring::key_checks(root_keys).await?.into_iter().collect();
        let mut roots = BTreeMap::new();
        for version in checks.keys() {
            roots.insert(*version, key_ring::minting_roots(root_keys, *version).await?);
        }
        Ok(Self { ring, checks, roots, tag_keys: key_ring::tag_keys(root_keys).await? })
    }
}

/// Why there is no new version of the root key. Nothing was written, or [`Fault`] says otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RotateError {
    /// There is not a single version of the root key.
    #[error("there is no root key: expected the next version and those that the store hangs on")]
    NoRootKey,
    /// A root key did not answer.
    #[error(transparent)]
    RootKey(#[from] RootKeyError),
    /// A root key is another one than the store knows. That may be the new one, when somebody else
    /// brought in another key as that version.
    #[error("root key version {version} is not the one that this store knows")]
    WrongRootKey {
        /// Its version.
        version: KeyVersion,
    },
    /// The store hangs on a version of the root key that was not given.
    #[error("root key version {version} is missing: the store hangs on it")]
    MissingRootKey {
        /// The version.
        version: KeyVersion,
    },
    /// The store does not know a version of the root key that is not the highest.
    #[error("root key version {version} is unknown to this store, and not the highest")]
    UnknownRootKey {
        /// The version.
        version: KeyVersion,
    },
    /// Versions rise by one.
    #[error("root key version {version} is not the next one: the store is at version {newest}")]
    NotNext {
        /// The highest version that was given.
        version: KeyVersion,
        /// The newest that the store knows.
        newest: KeyVersion,
    },
    /// The new key is the key of an older version.
    #[error("root key version {version} is the key of version {same_as}: expected another one")]
    SameRootKey {
        /// The new version.
        version: KeyVersion,
        /// The version with the same key.
        same_as: KeyVersion,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl RotateError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRootKey => "no-root-key",
            Self::RootKey(_) => "root-key",
            Self::WrongRootKey { .. } => "wrong-root-key",
            Self::MissingRootKey { .. } => "missing-root-key",
            Self::UnknownRootKey { .. } => "unknown-root-key",
            Self::NotNext { .. } => "not-next-root-key",
            Self::SameRootKey { .. } => "same-root-key",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RootKey(_) => true,
            Self::Fault(fault) => fault.is_retryable(),
            Self::NoRootKey
            | Self::WrongRootKey { .. }
            | Self::MissingRootKey { .. }
            | Self::UnknownRootKey { .. }
            | Self::NotNext { .. }
            | Self::SameRootKey { .. } => false,
        }
    }
}

impl From<Mismatch> for RotateError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::Wrong(version) => Self::WrongRootKey { version },
            Mismatch::Missing(version) => Self::MissingRootKey { version },
            Mismatch::Unknown(version) => Self::UnknownRootKey { version },
        }
    }
}
