//! Batches: what is committed together or not at all.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use thiserror::Error;

use crate::{Key, Revision};

/// Steps on distinct keys, each with a guard, in the order of the keys.
///
/// It cannot hold an unguarded step, nor two steps for one key. Because it is data, a backend may
/// settle the batches of many callers together.
#[derive(Clone, Default)]
#[must_use = "a batch does nothing until it is committed"]
pub struct Batch(BTreeMap<Key, Step>);

impl Batch {
    /// A batch without steps.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Also: the guard holds and the record stays as it is.
    ///
    /// # Errors
    /// [`DoubledKey`] when the batch has a step for this key.
    pub fn keep(self, key: Key, guard: Guard) -> Result<Self, DoubledKey> {
        self.step(key, guard, Effect::Keep)
    }

    /// Also: the guard holds and the record becomes `value`.
    ///
    /// # Errors
    /// [`DoubledKey`] when the batch has a step for this key.
    pub fn put(self, key: Key, guard: Guard, value: Vec<u8>) -> Result<Self, DoubledKey> {
        self.step(key, guard, Effect::Put(value))
    }

    /// Also: the record is at that revision and goes.
    ///
    /// # Errors
    /// [`DoubledKey`] when the batch has a step for this key.
    pub fn delete(self, key: Key, revision: Revision) -> Result<Self, DoubledKey> {
        self.step(key, Guard::At(revision), Effect::Delete)
    }

    /// Whether it has a step for that key.
    #[must_use]
    pub fn has(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    /// The steps, in the byte order of their keys.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&Key, &Step)> {
        self.0.iter()
    }

    /// The steps, in the byte order of their keys.
    #[must_use]
    pub fn into_steps(self) -> impl ExactSizeIterator<Item = (Key, Step)> {
        self.0.into_iter()
    }

    /// The same batch with other bytes in place of the values that it puts: for stores that stand
    /// in front of another.
    pub fn map_values(mut self, mut map: impl FnMut(&Key, Vec<u8>) -> Vec<u8>) -> Self {
        for (key, step) in &mut self.0 {
            if let Effect::Put(value) = &mut step.effect {
                *value = map(key, std::mem::take(value));
            }
        }
        self
    }

    /// The first key whose guard does not hold, given what revision each key is at.
    ///
    /// # Errors
    /// What `revision_of` fails with.
    pub fn violated<E>(
        &self,
        mut revision_of: impl FnMut(&Key) -> Result<Option<Revision>, E>,
    ) -> Result<Option<&Key>, E> {
        for (key, step) in &self.0 {
            if !step.guard.holds(revision_of(key)?) {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn step(mut self, key: Key, guard: Guard, effect: Effect) -> Result<Self, DoubledKey> {
        match self.0.entry(key) {
            Entry::Occupied(step) => Err(DoubledKey(Box::new(step.key().clone()))),
            Entry::Vacant(vacant) => {
                vacant.insert(Step { guard, effect });
                Ok(self)
            }
        }
    }
}

/// Shows keys, guards and effects, and no values.
impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.0).finish()
    }
}

/// What a batch asks of one key.
#[derive(Clone, Debug)]
pub struct Step {
    guard: Guard,
    effect: Effect,
}

impl Step {
    /// What must hold at the instant of the commit.
    #[must_use]
    pub const fn guard(&self) -> Guard {
        self.guard
    }

    /// What happens to the record then.
    #[must_use]
    pub const fn effect(&self) -> &Effect {
        &self.effect
    }

    /// What happens to the record then.
    #[must_use]
    pub fn into_effect(self) -> Effect {
        self.effect
    }
}

/// What must hold of a key at the instant of a commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new guard must break every backend")]
pub enum Guard {
    /// No record stands under it.
    Absent,
    /// The record under it was last put at this revision.
    At(Revision),
}

impl Guard {
    /// Whether it holds for a key at that revision, `None` meaning that there is no record.
    #[must_use]
    pub fn holds(self, revision: Option<Revision>) -> bool {
        match self {
            Self::Absent => revision.is_none(),
            Self::At(expected) => revision == Some(expected),
        }
    }
}

/// What a commit does to a record.
#[derive(Clone)]
#[expect(clippy::exhaustive_enums, reason = "a new effect must break every backend")]
pub enum Effect {
    /// Nothing: the step is there for its guard.
    Keep,
    /// It becomes these bytes.
    Put(Vec<u8>),
    /// It goes.
    Delete,
}

/// Shows the length of a value and not its bytes.
impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keep => f.write_str("Keep"),
            Self::Put(value) => write!(f, "Put({} bytes)", value.len()),
            Self::Delete => f.write_str("Delete"),
        }
    }
}

/// A batch has a step for this key already.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
#[error("the batch has a step for the key `{0}` already: expected one step for each key")]
pub struct DoubledKey(Box<Key>);

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new(name.as_bytes()).unwrap()
    }

    const REVISION: Revision = Revision::from_parts([1; 16]);

    #[test]
    fn a_second_step_for_a_key_is_refused_whatever_it_is() {
        let batch = Batch::new().put(key("a"), Guard::Absent, vec![]).unwrap();
        let doubled = DoubledKey(Box::new(key("a")));
        assert_eq!(batch.clone().keep(key("a"), Guard::Absent).unwrap_err(), doubled);
        assert_eq!(batch.clone().put(key("a"), Guard::Absent, vec![]).unwrap_err(), doubled);
        assert_eq!(batch.delete(key("a"), REVISION).unwrap_err(), doubled);
    }

    #[test]
    fn steps_come_in_the_order_of_their_keys() {
        let batch = ["b", "a", "c"]
            .into_iter()
            .fold(Batch::new(), |batch, name| batch.keep(key(name), Guard::Absent).unwrap());
        let names: Vec<_> = batch.steps().map(|(key, _)| key.to_string()).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn the_first_key_whose_guard_does_not_hold_is_named() {
        let batch = Batch::new()
            .keep(key("a"), Guard::Absent)
            .and_then(|batch| batch.keep(key("b"), Guard::At(REVISION)))
            .unwrap();
        let violated = |a, b| {
            let revision_of = |key: &Key| {
                Ok::<_, std::convert::Infallible>(if key.as_bytes() == b"a" { a } else { b })
            };
            batch.violated(revision_of).unwrap().map(ToString::to_string)
        };
        let other = Revision::from_parts([2; 16]);
        assert_eq!(violated(None, Some(REVISION)), None);
        assert_eq!(violated(Some(REVISION), Some(REVISION)), Some("a".to_owned()));
        assert_eq!(violated(None, None), Some("b".to_owned()));
        assert_eq!(violated(None, Some(other)), Some("b".to_owned()));
    }

    #[test]
    fn values_are_mapped_and_nothing_else() {
        let batch = Batch::new()
            .put(key("a"), Guard::Absent, b"1".to_vec())
            .and_then(|batch| batch.delete(key("b"), REVISION))
            .unwrap()
            .map_values(|key, value| [key.as_bytes(), &value].concat());
        let steps: Vec<_> = batch.into_steps().map(|(_, step)| step).collect();
        assert!(matches!(steps[0].effect(), Effect::Put(value) if value == b"a1"));
        assert_eq!(steps[0].guard(), Guard::Absent);
        assert!(matches!(steps[1].effect(), Effect::Delete));
    }

    #[test]
    fn values_are_not_printed() {
        let batch = Batch::new().put(key("a"), Guard::Absent, b"hush".to_vec()).unwrap();
        assert!(!format!("{batch:?}").contains("hush"));
        assert!(format!("{batch:?}").contains("4 bytes"));
    }
}
