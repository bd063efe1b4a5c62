//! An old version of the root key is dropped.

use plugmint_core::lifecycle::Outcome;
use plugmint_core::{KeyStanding, KeyVersion};
use plugmint_store::{Batch, CommitError, Guard};
use thiserror::Error;
use tracing::instrument;

use crate::registry::Registry;
use crate::registry::drive::TRIES;
use crate::stored_keys::StoredKeys;
use crate::{Fault, keys};

use super::KeyUses;

impl Registry {
    /// Drops a version of the root key under which nothing lies any more: its root may be
    /// destroyed, and a registry opens without it. Serials of that version stay: they enroll,
    /// enroll again and connect by what was [kept](Self::rotate_root_key) of it.
    ///
    /// Walks over all records, up to twice, and makes two commits. The first closes the version:
    /// from that instant on no commit of whatever process puts anything under it, because each that
    /// would demands that it be not closed. So what the walk after that finds nowhere is nowhere,
    /// also behind the walk; then the second says so. A version that is closed and not dropped is
    /// asked for again, after a sweep. Another process that was not [brought
    /// over](Self::rotate_root_key) cannot register any more, nor with tagged records write, once
    /// the version that it is at is closed.
    ///
    /// This registry keeps the version's keys in memory until it is opened again, for calls that
    /// have just read what lay under it. Backups that were made before the sweep need the root:
    /// they are the host's to count.
    ///
    /// A repeat answers `AlreadyDone`.
    ///
    /// # Errors
    /// * [`DropKeyError::Unknown`] to the store.
    /// * [`DropKeyError::Current`]: rotate first.
    /// * [`DropKeyError::InUse`]: something lies under it; sweep first.
    /// * [`DropKeyError::NotKept`]: what its serials hang on was not kept, in a store that was made
    ///   with more than one version by an older plugmint; the next rotation keeps it.
    /// * [`DropKeyError::Fault`]; [`Fault::KeptKeys`] when what was kept does not open.
    ///
    /// After all of them its root is still needed, or a repeat says `AlreadyDone`.
    #[instrument(level = "debug", skip_all, fields(%version), err(level = "debug"))]
    pub async fn drop_root_key(&self, version: KeyVersion) -> Result<Outcome, DropKeyError> {
        self.ensure_open()?;
        for _ in 0..TRIES {
            let stored = StoredKeys::load(&*self.0.store).await?;
            if stored.check(version).is_none() {
                return Err(DropKeyError::Unknown { version });
            }
            let (batch, outcome) = match stored.standing(version) {
                Some((KeyStanding::Dropped, _)) => return Ok(Outcome::AlreadyDone),
                Some((KeyStanding::Closed, closed)) => {
                    self.ensure_unused(version).await?;
                    let batch = self.standing(&stored, version, KeyStanding::Dropped)?;
                    (batch(Guard::At(closed))?, Some(Outcome::Done))
                }
                None => {
                    let batch = self.standing(&stored, version, KeyStanding::Closed)?;
                    // While it is in use this proves nothing; who comes too early is told here.
                    self.ensure_unused(version).await?;
                    (batch(Guard::Absent)?, None)
                }
            };
            match (self.0.store.commit(batch).await, outcome) {
                (Ok(_), Some(outcome)) => return Ok(outcome),
                (Ok(_), None) | (Err(CommitError::Conflict(_)), _) => {}
                (Err(CommitError::Store(error)), _) => return Err(Fault::from(error).into()),
            }
        }
        Err(Fault::Contended { tries: TRIES }.into())
    }

    /// The commit by which a version stands so: guarded by the check of a newer one, so that it is
    /// not the current one, and by what was kept of it, which opens.
    fn standing(
        &self,
        stored: &StoredKeys,
        version: KeyVersion,
        standing: KeyStanding,
    ) -> Result<impl FnOnce(Guard) -> Result<Batch, Fault> + use<>, DropKeyError> {
        let ring = self.0.keys.load();
        let newer = stored.versions().find(|newer| *newer > version);
        let newer = newer.and_then(|newer| Some((newer, stored.check(newer)?.1)));
        let Some((newer, check)) = newer.filter(|_| version < ring.current()) else {
            return Err(DropKeyError::Current { version });
        };
        let Some((_, kept)) = stored.kept(version) else {
            return Err(DropKeyError::NotKept { version });
        };
        stored.open_kept(&ring, version)?;
        let kept = Guard::At(*kept);
        Ok(move |guard| {
            Ok(Batch::new()
                .keep(keys::key_check(newer)?, Guard::At(check))?
                .keep(keys::kept_keys(version)?, kept)?
                .put(keys::key_standing(version)?, guard, standing.encode())?)
        })
    }

    /// Refuses while anything is found under a version that its root is needed for.
    async fn ensure_unused(&self, version: KeyVersion) -> Result<(), DropKeyError> {
        let (mut progress, mut after) = self.key_progress(None).await?;
        while let Some(behind) = after {
            let (more, next) = self.key_progress(Some(&behind)).await?;
            progress += more;
            after = next;
        }
        match progress.of(version) {
            left if left.to_sweep() == 0 => Ok(()),
            left => Err(DropKeyError::InUse { version, left }),
        }
    }
}

/// Why a version of the root key was not dropped. Its root is still needed, or [`Fault`] says
/// otherwise.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DropKeyError {
    /// The store does not know the version.
    #[error("root key version {version} is unknown to this store")]
    Unknown {
        /// The version.
        version: KeyVersion,
    },
    /// New serials hang on the version.
    #[error("root key version {version} is the current one: rotate first")]
    Current {
        /// The version.
        version: KeyVersion,
    },
    /// Something lies under the version.
    #[error(
        "root key version {version} is in use: {} sealed keys and {} records are left to sweep",
        left.sealed_keys,
        left.record_tags
    )]
    InUse {
        /// The version.
        version: KeyVersion,
        /// What lies under it.
        left: KeyUses,
    },
    /// What the version's serials hang on was not kept.
    #[error("the keys of root key version {version} are not kept: rotate first")]
    NotKept {
        /// The version.
        version: KeyVersion,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl DropKeyError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown-root-key",
            Self::Current { .. } => "current-root-key",
            Self::InUse { .. } => "root-key-in-use",
            Self::NotKept { .. } => "root-key-not-kept",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.is_retryable(),
            Self::Unknown { .. }
            | Self::Current { .. }
            | Self::InUse { .. }
            | Self::NotKept { .. } => false,
        }
    }
}
