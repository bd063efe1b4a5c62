//! Versions of the root key: adding one, bringing everything under it, dropping an old one.

mod dropping;
mod progress;
mod rotating;
mod sweeping;

use plugmint_core::lifecycle::SerialRecord;
use plugmint_core::{KeyStanding, KeyVersion};
use plugmint_store::{Key, Operation, Record, Store, StoreError, TagError, tag_version};
use tracing::instrument;

use crate::key_ring::Tags;
use crate::stored_keys::StoredKeys;
use crate::{Fault, keys};

use super::Registry;

pub use dropping::DropKeyError;
pub use progress::{KeyProgress, KeyUses};
pub use rotating::RotateError;
pub use sweeping::Swept;

impl Registry {
    /// The version of the root key that new serials hang on.
    #[must_use]
    pub fn key_version(&self) -> KeyVersion {
        self.0.keys.load().current()
    }

    /// Every version that the store knows, oldest first, and where each stands; `None` for one that
    /// is in use.
    ///
    /// # Errors
    /// [`Fault`]
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn key_versions(&self) -> Result<Vec<(KeyVersion, Option<KeyStanding>)>, Fault> {
        self.ensure_open()?;
        let stored = StoredKeys::load(&*self.0.store).await?;
        let standing = |version| stored.standing(version).map(|(standing, _)| standing);
        Ok(stored.versions().map(|version| (version, standing(version))).collect())
    }

    /// After a conflict: that it was not about this registry's own key version, closed by somebody
    /// else who was given a newer one.
    pub(super) async fn ensure_key_in_use(&self, conflict: &Key) -> Result<(), Fault> {
        if *conflict != keys::key_standing(self.key_version())? {
            return Ok(());
        }
        let stored = StoredKeys::load(&*self.0.store).await?;
        match stored.versions().next_back() {
            Some(version) if version > self.key_version() => Err(Fault::MissingRootKey { version }),
            Some(_) | None => Ok(()),
        }
    }

    /// The store as it is under the tags, if there are any.
    fn under(&self) -> &dyn Store {
        self.0.tags.as_ref().map_or(&*self.0.store, |tags| &**tags.under())
    }

    /// What has to be looked at to see what lies under a key version: everything that has a tag,
    /// and else the serials, which alone hold something sealed.
    fn swept(&self) -> &'static [u8] {
        if self.0.tags.is_some() { b"" } else { keys::SERIALS }
    }

    /// A record as it lies under the tags.
    fn lying(&self, key: &Key, record: Record) -> Result<Lying, Fault> {
        let Some(tags) = self.0.tags.as_ref().filter(|tags| !tags.is_plain(key)) else {
            return Ok(Lying { tagged_under: None, record });
        };
        let tagged_under = tag_version(&record).and_then(KeyVersion::new);
        // There is no such tag: whoever verifies it says what is wrong.
        let record = if tagged_under.is_some() { record } else { verified(tags, key, record)? };
        Ok(Lying { tagged_under, record })
    }

    /// The record itself, and what its tag says is true.
    fn verified(&self, key: &Key, lying: Lying) -> Result<Record, Fault> {
        match &self.0.tags {
            Some(tags) => verified(tags, key, lying.record),
            None => Ok(lying.record),
        }
    }
}

/// A record whose tag was looked at and not verified.
struct Lying {
    /// `None` when it has none.
    tagged_under: Option<KeyVersion>,
    record: Record,
}

impl Lying {
    /// What is in it, if it is a serial's.
    fn serial(&self, key: &Key) -> Result<Option<SerialRecord>, Fault> {
        if !key.as_bytes().starts_with(keys::SERIALS) {
            return Ok(None);
        }
        let value = self.record.value();
        let tag = self.tagged_under.map_or(0, |_| plugmint_store::TAG_LEN);
        let value = value.get(..value.len().saturating_sub(tag)).unwrap_or_default();
        Ok(Some(SerialRecord::decode(value)?))
    }
}

fn verified(tags: &Tags, key: &Key, record: Record) -> Result<Record, Fault> {
    let failed = |error: TagError| StoreError::lasting("tagged", Operation::Scan, error);
    Ok(tags.verified(key, record).map_err(failed)?)
}

/// How far a walk over all records has come, of [`Registry::key_progress`] or of
/// [`Registry::sweep_keys`]. It lives as long as the run: begin anew after a restart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyCursor(Key);
