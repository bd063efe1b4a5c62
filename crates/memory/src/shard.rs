//! Records behind one lock, and how a commit holds several.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use plugmint_store::{Effect, Key, Revision};

use crate::records::Records;

/// One part of the records.
#[derive(Default)]
pub(crate) struct Shard(RwLock<Records>);

// A lock is never left poisoned in a bad state: nothing that runs under one can panic halfway
// through a change, since records are changed by single calls.
impl Shard {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Records> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Records> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks as a step needs it.
    pub(crate) fn hold(&self, need: Need) -> Held<'_> {
        match need {
            Need::Nothing => Held::Nothing,
            Need::Look => Held::Look(self.read()),
            Need::Change => Held::Change(self.write()),
        }
    }
}

/// What a commit does with a shard.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Need {
    Nothing,
    Look,
    Change,
}

impl Need {
    pub(crate) const fn of(effect: &Effect) -> Self {
        match effect {
            Effect::Keep => Self::Look,
            Effect::Put(_) | Effect::Delete => Self::Change,
        }
    }
}

/// A shard as a commit holds it.
pub(crate) enum Held<'a> {
    Nothing,
    Look(RwLockReadGuard<'a, Records>),
    Change(RwLockWriteGuard<'a, Records>),
}

impl Held<'_> {
    pub(crate) fn revision(&self, hash: u64, key: &Key) -> Option<Revision> {
        let records: &Records = match self {
            Self::Nothing => return None,
            Self::Look(records) => records,
            Self::Change(records) => records,
        };
        records.revision(hash, key.as_bytes())
    }

    pub(crate) fn apply(&mut self, hash: u64, key: &Key, effect: Effect, revision: Revision) {
        let Self::Change(records) = self else {
            return;
        };
        match effect {
            Effect::Keep => {}
            Effect::Put(value) => records.put(hash, key.as_bytes(), revision, &value),
            Effect::Delete => records.delete(hash, key.as_bytes()),
        }
    }
}
