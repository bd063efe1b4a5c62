//! One store on trial for one clause.

use std::error::Error as StdError;
use std::num::NonZeroUsize;

use crate::{Batch, CommitError, Effect, Guard, Key, Record, Revision, Store};

use super::{Clause, Violation};

pub(super) type BoxError = Box<dyn StdError + Send + Sync>;

/// A store, and the clause that every surprise is laid to.
pub(super) struct Trial<S> {
    clause: Clause,
    store: S,
}

impl<S: Store> Trial<S> {
    pub(super) fn begin<E: Into<BoxError>>(
        clause: Clause,
        open: &impl Fn() -> Result<S, E>,
    ) -> Result<Self, Violation> {
        match open() {
            Ok(store) => Ok(Self { clause, store }),
            Err(error) => {
                Err(Violation::new(clause, "the store opens".to_owned(), Some(error.into())))
            }
        }
    }

    pub(super) const fn store(&self) -> &S {
        &self.store
    }

    /// Makes `claim` hold.
    pub(super) fn ensure(&self, holds: bool, claim: impl Into<String>) -> Result<(), Violation> {
        if holds { Ok(()) } else { Err(Violation::new(self.clause, claim.into(), None)) }
    }

    pub(super) fn batch(&self, steps: &[(&str, Guard, Effect)]) -> Result<Batch, Violation> {
        steps.iter().try_fold(Batch::new(), |batch, (name, guard, effect)| {
            let key = self.key(name.as_bytes())?;
            self.works(
                "a step is added to a batch",
                match (effect, guard) {
                    (Effect::Keep, guard) => batch.keep(key, *guard),
                    (Effect::Put(value), guard) => batch.put(key, *guard, value.clone()),
                    (Effect::Delete, Guard::At(revision)) => batch.delete(key, *revision),
                    (Effect::Delete, Guard::Absent) => Ok(batch),
                },
            )
        })
    }

    /// Commits what must not be refused.
    pub(super) fn commit(&self, steps: &[(&str, Guard, Effect)]) -> Result<Revision, Violation> {
        let claim = || format!("a batch whose guards hold is committed: {steps:?}");
        match self.try_commit(steps)? {
            Ok(revision) => Ok(revision),
            Err(key) => Err(Violation::new(
                self.clause,
                claim(),
                Some(format!("`{key}` was reported as a conflict").into()),
            )),
        }
    }

    /// Commits what may be refused.
    pub(super) fn try_commit(
        &self,
        steps: &[(&str, Guard, Effect)],
    ) -> Result<Result<Revision, Box<Key>>, Violation> {
        match pollster::block_on(self.store.commit(self.batch(steps)?)) {
            Ok(revision) => Ok(Ok(revision)),
            Err(CommitError::Conflict(key)) => Ok(Err(key)),
            Err(CommitError::Store(error)) => self.works("a commit works", Err(error)),
        }
    }

    /// Puts a value under a key that has no record.
    pub(super) fn put_new(&self, name: &str, value: &[u8]) -> Result<Revision, Violation> {
        self.commit(&[(name, Guard::Absent, Effect::Put(value.to_vec()))])
    }

    /// Ensures that a batch is refused, and that the key it names is one of its own.
    pub(super) fn conflicts(
        &self,
        steps: &[(&str, Guard, Effect)],
        why: &str,
    ) -> Result<(), Violation> {
        let conflict = self.try_commit(steps)?.err();
        self.ensure(conflict.is_some(), format!("a batch is refused when {why}"))?;
        let named = steps.iter().any(|(name, ..)| {
            conflict.as_ref().is_some_and(|key| key.as_bytes() == name.as_bytes())
        });
        self.ensure(named, "a conflict names a key of the batch")
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Record>, Violation> {
        let key = self.key(name.as_bytes())?;
        self.works("a get works", pollster::block_on(self.store.get(&key)))
    }

    /// Ensures what stands under a key.
    pub(super) fn holds(
        &self,
        name: &str,
        value: Option<&[u8]>,
        claim: &str,
    ) -> Result<(), Violation> {
        let record = self.get(name)?;
        self.ensure(record.as_ref().map(Record::value) == value, claim)
    }

    pub(super) fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Record)>, Violation> {
        let limit = NonZeroUsize::MIN.saturating_add(limit.saturating_sub(1));
        self.works("a scan works", pollster::block_on(self.store.scan(prefix, after, limit)))
    }

    pub(super) fn key(&self, bytes: &[u8]) -> Result<Key, Violation> {
        self.works("a key is valid", Key::new(bytes))
    }

    fn works<T, E: Into<BoxError>>(
        &self,
        claim: &str,
        result: Result<T, E>,
    ) -> Result<T, Violation> {
        result.map_err(|error| Violation::new(self.clause, claim.to_owned(), Some(error.into())))
    }
}
