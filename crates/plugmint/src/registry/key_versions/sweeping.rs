//! Everything comes under the current version of the root key.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use plugmint_core::KeyVersion;
use plugmint_core::derivation::{SealNonce, SealedKey};
use plugmint_core::lifecycle::SerialRecord;
use plugmint_store::{Batch, CommitError, Guard, Key, Record, Revision};
use tracing::instrument;

use crate::key_ring::KeyRing;
use crate::registry::Registry;
use crate::registry::drive::{TRIES, defect, keep_in_use};
use crate::{Fault, keys};

use super::{KeyCursor, Lying};

impl Registry {
    /// Brings the next records behind `after` under the current version of the root key: sealed
    /// enroll keys are sealed anew, and records with an older tag get a new one. Begin with `None`,
    /// and go on with what [`Swept::next`] says until it says `None`. A run that was broken off
    /// begins anew: what is done is passed over.
    ///
    /// No device is needed and none notices. No serial changes: not its version, stage, epoch or
    /// history. What somebody else changes at the same time is looked at again, and nothing of that
    /// is lost. What lies under an older version when a run ends was written by a call that had
    /// begun before the rotation: [`key_progress`](Self::key_progress) shows it, and another run
    /// brings it over.
    ///
    /// Looks at 1,024 records, and makes a commit for each 128 of them that are rewritten.
    ///
    /// # Errors
    /// [`Fault`]; some of these records were brought over. Call again. A record that was tampered
    /// with stops the run: it is named, and not given a new tag.
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn sweep_keys(&self, after: Option<&KeyCursor>) -> Result<Swept, Fault> {
        self.ensure_open()?;
        let after = after.map(|after| &after.0);
        let page = self.under().scan(self.swept(), after, LOOKED_AT).await?;
        let last = page.last().filter(|_| page.len() == LOOKED_AT.get());
        let next = last.map(|(key, _)| KeyCursor(key.clone()));
        let mut swept = Swept { rewritten: 0, next };
        let ring = self.0.keys.load_full();
        let mut renewed = BTreeMap::new();
        for (key, record) in page {
            if let Some(new) = self.renewed(&ring, &key, record)? {
                renewed.insert(key, new);
            }
            if renewed.len() == IN_ONE_COMMIT {
                swept.rewritten += self.put_renewed(std::mem::take(&mut renewed)).await?;
            }
        }
        swept.rewritten += self.put_renewed(renewed).await?;
        Ok(swept)
    }

    /// Puts records that were read before; those that somebody changed meanwhile are looked at
    /// again.
    async fn put_renewed(&self, mut renewed: BTreeMap<Key, Renewed>) -> Result<u64, Fault> {
        // Somebody else may be faster at each of them, and at some more than once.
        for _ in 0..renewed.len() + usize::try_from(TRIES).unwrap_or_default() {
            if renewed.is_empty() {
                return Ok(0);
            }
            let ring = self.0.keys.load_full();
            let mut batch = keep_in_use(Batch::new(), ring.current())?;
            for (key, new) in &renewed {
                batch = batch.put(key.clone(), Guard::At(new.read_at), new.value.clone())?;
            }
            match self.0.store.commit(batch).await {
                Ok(_) => return Ok(u64::try_from(renewed.len()).unwrap_or(u64::MAX)),
                Err(CommitError::Conflict(key)) => {
                    renewed.remove(&key);
                    if let Some(record) = self.under().get(&key).await?
                        && let Some(new) = self.renewed(&ring, &key, record)?
                    {
                        renewed.insert(*key, new);
                    }
                }
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Fault::Contended { tries: TRIES })
    }

    /// A record as it shall be, when something of it is under an older version.
    fn renewed(&self, ring: &KeyRing, key: &Key, record: Record) -> Result<Option<Renewed>, Fault> {
        let lying = self.lying(key, record)?;
        let is_older = |version: KeyVersion| version < ring.current();
        let sealed_under = lying.sealed_under(key)?.filter(|version| is_older(*version));
        if sealed_under.is_none() && !lying.tagged_under.is_some_and(is_older) {
            return Ok(None);
        }
        let record = self.verified(key, lying)?;
        let read_at = record.revision();
        let value = match sealed_under {
            None => record.into_value(),
            Some(sealed_under) => self.resealed(ring, key, record.value(), sealed_under)?,
        };
        Ok(Some(Renewed { read_at, value }))
    }

    /// A serial's record with its sealed key under the current version.
    fn resealed(
        &self,
        ring: &KeyRing,
        key: &Key,
        value: &[u8],
        sealed_under: KeyVersion,
    ) -> Result<Vec<u8>, Fault> {
        let id = keys::serial_id_of(key).ok_or_else(|| defect("a key names no serial"))?;
        let record = SerialRecord::decode(value)?;
        let nonce = SealNonce::from_random(self.0.random.bytes()?);
        let (from, to) = (ring.seal(sealed_under)?, ring.current_seal());
        let resealed = record.resealed(&id, from, ring.current(), to, nonce);
        Ok(resealed.map_err(Fault::SealedKey)?.encode())
    }
}

impl Lying {
    fn sealed_under(&self, key: &Key) -> Result<Option<KeyVersion>, Fault> {
        let serial = self.serial(key)?;
        let sealed = serial.as_ref().and_then(SerialRecord::sealed_key);
        Ok(sealed.map(SealedKey::key_version))
    }
}

/// A record as it shall be.
struct Renewed {
    read_at: Revision,
    value: Vec<u8>,
}

/// What one call of [`Registry::sweep_keys`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Swept {
    /// How many records it rewrote.
    pub rewritten: u64,
    /// From where to go on; `None` when that were all.
    pub next: Option<KeyCursor>,
}

/// How many records one call looks at.
const LOOKED_AT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

/// How many records are rewritten in one commit.
const IN_ONE_COMMIT: usize = 128;
