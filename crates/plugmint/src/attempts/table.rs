//! Buckets for any number of names, in a table that never grows.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::bucket::Bucket;
use super::rate::AttemptRate;

/// A fixed number of buckets, each under the keyed hash of a name.
///
/// Names that are in the table share no bucket. A name has a few places, which its hash says; when
/// all are others', the fullest bucket makes room, because least is forgotten with it, and what the
/// newcomer gets is [`Newcomer`]'s to say.
pub(super) struct Table {
    rate: AttemptRate,
    newcomer: Newcomer,
    sets: Box<[Mutex<[Place; WAYS]>]>,
}

/// What somebody gets whose name is not in a table that is full where it looked.
#[derive(Clone, Copy)]
pub(super) enum Newcomer {
    /// A full bucket: nobody is held up for what others did.
    Full,
    /// The bucket of whoever made room: nobody is rid of a debt by having it forgotten.
    AsFound,
}

#[derive(Clone, Copy, Default)]
struct Place {
    name: u64,
    bucket: Bucket,
}

impl Table {
    /// A table with room for at least so many buckets.
    pub(super) fn new(rate: AttemptRate, newcomer: Newcomer, buckets: usize) -> Self {
        let sets = buckets.div_ceil(WAYS).max(1);
        Self { rate, newcomer, sets: (0..sets).map(|_| Mutex::default()).collect() }
    }

    /// Takes a token of a name, or says how long until there is one.
    pub(super) fn take(&self, name: u64, now: u64) -> Result<(), Duration> {
        // There is a set for every name and a place in every set: nobody passes here unseen.
        let Some(mut places) = self.set(name) else { return Ok(()) };
        let known = places.iter().position(|place| place.name == name);
        let place = match known {
            Some(at) => places.get_mut(at),
            None => places.iter_mut().min_by_key(|place| place.bucket),
        };
        let Some(place) = place else { return Ok(()) };
        if known.is_none() {
            let bucket = match self.newcomer {
                Newcomer::Full => Bucket::default(),
                Newcomer::AsFound => place.bucket,
            };
            *place = Place { name, bucket };
        }
        place.bucket.take(self.rate, now)
    }

    /// Puts back a token that a name took, if the name is still known.
    pub(super) fn give_back(&self, name: u64) {
        let Some(mut places) = self.set(name) else { return };
        if let Some(place) = places.iter_mut().find(|place| place.name == name) {
            place.bucket.give_back(self.rate);
        }
    }

    fn set(&self, name: u64) -> Option<MutexGuard<'_, [Place; WAYS]>> {
        let at = usize::try_from(name % self.sets.len() as u64).ok()?;
        // Nothing that runs under this lock can leave a set half changed.
        Some(self.sets.get(at)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The places that a name may have.
const WAYS: usize = 4;

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const NOW: u64 = 1_000_000;

    /// One set of places, and two tokens for each name.
    fn table(newcomer: Newcomer) -> Table {
        let rate = AttemptRate::new(NonZeroU32::new(2).unwrap(), Duration::from_secs(1));
        Table::new(rate, newcomer, WAYS)
    }

    fn drain(table: &Table, name: u64) -> usize {
        (0..9).filter(|_| table.take(name, NOW).is_ok()).count()
    }

    #[test]
    fn names_share_no_bucket() {
        let table = table(Newcomer::Full);
        for name in 1..=4 {
            assert_eq!(drain(&table, name), 2);
        }
    }

    #[test]
    fn the_fullest_bucket_makes_room() {
        let table = table(Newcomer::Full);
        for name in 1..=3 {
            drain(&table, name);
        }
        // The fourth has one token left, and a hundred strangers come after it.
        table.take(4, NOW).unwrap();
        for stranger in 10..110 {
            table.take(stranger, NOW).unwrap();
        }
        for name in 1..=3 {
            assert!(table.take(name, NOW).is_err(), "{name} was forgotten");
        }
    }

    #[test]
    fn who_is_new_where_debts_are_kept_is_not_rid_of_one() {
        let table = table(Newcomer::AsFound);
        for name in 1..=4 {
            drain(&table, name);
        }
        assert!(table.take(5, NOW).is_err());
        assert!(table.take(1, NOW).is_err(), "the debt was forgotten with the name");
    }

    #[test]
    fn who_is_new_where_nobody_pays_for_others_begins_full() {
        let table = table(Newcomer::Full);
        for name in 1..=4 {
            drain(&table, name);
        }
        assert_eq!(drain(&table, 5), 2);
    }

    #[test]
    fn what_is_given_back_for_a_name_that_is_not_known_is_nobodys() {
        let table = table(Newcomer::AsFound);
        drain(&table, 1);
        table.give_back(2);
        assert!(table.take(1, NOW).is_err());
    }
}
