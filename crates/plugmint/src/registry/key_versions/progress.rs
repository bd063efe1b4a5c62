//! What lies under each version of the root key.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::AddAssign;

use plugmint_core::KeyVersion;
use plugmint_store::{Key, Record};
use serde::{Deserialize, Serialize};
use tracing::instrument;

use crate::Fault;
use crate::registry::Registry;
use crate::stored_keys::StoredKeys;

use super::KeyCursor;

impl Registry {
    /// Counts what lies under each key version among the next 65,536 records behind `after`, and
    /// says from where to go on; `None` when that were all. Add the counts up.
    ///
    /// By counting, so it tells of no single moment: [`drop_root_key`](Self::drop_root_key) does
    /// not rely on it.
    ///
    /// # Errors
    /// [`Fault`]
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn key_progress(
        &self,
        after: Option<&KeyCursor>,
    ) -> Result<(KeyProgress, Option<KeyCursor>), Fault> {
        self.ensure_open()?;
        let mut progress = KeyProgress::default();
        if after.is_none() {
            let stored = StoredKeys::load(&*self.0.store).await?;
            for version in stored.versions() {
                // Named also when nothing lies under it.
                progress.uses(version);
                if let Some((kept, _)) = stored.kept(version) {
                    progress.uses(kept.sealed_under()).sealed_keys += 1;
                }
            }
        }
        let mut after = after.map(|after| after.0.clone());
        for _ in 0..PAGES_TO_COUNT {
            let page = self.under().scan(self.swept(), after.as_ref(), LOOKED_AT).await?;
            let is_last = page.len() < LOOKED_AT.get();
            after = page.last().map(|(key, _)| key.clone()).or(after);
            for (key, record) in page {
                self.count_uses(&key, record, &mut progress)?;
            }
            if is_last {
                return Ok((progress, None));
            }
        }
        Ok((progress, after.map(KeyCursor)))
    }

    fn count_uses(
        &self,
        key: &Key,
        record: Record,
        progress: &mut KeyProgress,
    ) -> Result<(), Fault> {
        let lying = self.lying(key, record)?;
        if let Some(version) = lying.tagged_under {
            progress.uses(version).record_tags += 1;
        }
        let Some(serial) = lying.serial(key)? else {
            return Ok(());
        };
        if let Some(sealed) = serial.sealed_key() {
            progress.uses(sealed.key_version()).sealed_keys += 1;
        }
        if let Some(registration) = serial.stage().registration() {
            progress.uses(registration.key_version()).serials += 1;
        }
        Ok(())
    }
}

/// What lies under each version of the root key.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct KeyProgress(BTreeMap<KeyVersion, KeyUses>);

impl KeyProgress {
    fn uses(&mut self, version: KeyVersion) -> &mut KeyUses {
        self.0.entry(version).or_default()
    }

    /// What lies under a version.
    #[must_use]
    pub fn of(&self, version: KeyVersion) -> KeyUses {
        self.0.get(&version).copied().unwrap_or_default()
    }

    /// What lies under each version that the store knows, oldest first.
    pub fn by_version(&self) -> impl Iterator<Item = (KeyVersion, KeyUses)> {
        self.0.iter().map(|(version, uses)| (*version, *uses))
    }
}

impl AddAssign for KeyProgress {
    fn add_assign(&mut self, other: Self) {
        for (version, uses) in other.0 {
            *self.uses(version) += uses;
        }
    }
}

/// What lies under one version of the root key.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyUses {
    /// What is sealed under it: enroll keys for operators, and kept keys of older versions.
    pub sealed_keys: u64,
    /// Records whose tag is under it; none in a store without tags.
    pub record_tags: u64,
    /// Serials that are not retired and hang on it. They may stay: their version can be dropped.
    pub serials: u64,
}

impl KeyUses {
    /// How much a sweep has to bring under the current version before this one can be dropped.
    #[must_use]
    pub const fn to_sweep(&self) -> u64 {
        self.sealed_keys + self.record_tags
    }
}

impl AddAssign for KeyUses {
    fn add_assign(&mut self, other: Self) {
        self.sealed_keys += other.sealed_keys;
        self.record_tags += other.record_tags;
        self.serials += other.serials;
    }
}

/// How many records a page has.
const LOOKED_AT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4_095);

/// How many pages one call counts.
const PAGES_TO_COUNT: usize = 16;
