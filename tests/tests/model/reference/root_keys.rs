//! What becomes of root keys.

use plugmint_core::derivation::SealedKey;
use plugmint_core::lifecycle::SerialRecord;

use crate::operation::Answer;
use crate::passwords::nonce;
use crate::root_keys::{Versions, keys, version};

use super::{Model, said};

/// How many versions there are at most.
const MOST: u32 = 6;

impl Model {
    /// The root keys that are there.
    pub(crate) fn root_keys(&self) -> Versions {
        Versions::up_to(self.version, &self.dropped)
    }

    pub(super) fn rotate(&mut self) -> Answer {
        if self.version.number() == MOST {
            return said("AlreadyDone");
        }
        self.version = self.version.next().unwrap();
        said("Done")
    }

    /// How many records are brought over.
    pub(super) fn sweep(&mut self) -> Answer {
        let (current, mut swept) = (self.version, 0);
        for (id, record) in &mut self.records {
            let sealed_under = record.sealed_key().map(SealedKey::key_version);
            let Some(older) = sealed_under.filter(|version| *version < current) else { continue };
            let (from, to) = (keys(older), keys(current));
            let resealed = record.clone().resealed(id, from.seal(), current, to.seal(), nonce());
            *record = resealed.unwrap();
            swept += 1;
        }
        said(&format!("{swept}"))
    }

    pub(super) fn drop_key(&mut self, number: u32) -> Answer {
        let dropped = version(number);
        let lies_under = |record: &SerialRecord| {
            record.sealed_key().is_some_and(|sealed| sealed.key_version() == dropped)
        };
        if dropped > self.version {
            said("unknown-root-key")
        } else if self.dropped.contains(&dropped) {
            said("AlreadyDone")
        } else if dropped == self.version {
            said("current-root-key")
        } else if self.records.values().any(lies_under) {
            said("root-key-in-use")
        } else {
            self.dropped.insert(dropped);
            said("Done")
        }
    }
}
