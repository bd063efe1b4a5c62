//! From how many sources each principal has connected lately, in a table that never grows.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use plugmint_core::{PlugId, SourceLimit, UnixMillis};

use crate::Source;

/// The last few sources of many principals, each under a keyed hash.
///
/// A principal has a few places, which its hash says; whoever connected longest ago makes room.
/// What is forgotten is a suspicion at most: nobody is refused by it.
pub(crate) struct SourceTable {
    hasher: RandomState,
    sets: Box<[Mutex<[Place; WAYS]>]>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    principal: u64,
    sources: [Seen; SOURCES],
}

/// A source and the second in which it was seen last; `at` is 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Seen {
    source: u32,
    at: u32,
}

impl SourceTable {
    pub(crate) fn new() -> Self {
        let sets = (0..PRINCIPALS / WAYS).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), sets }
    }

    /// Notes where a principal connected from. The number of its sources within a day, when this
    /// one was not among them; `None` when it was.
    pub(crate) fn note(&self, plug_id: &PlugId, source: &Source, now: UnixMillis) -> Option<u8> {
        let principal = self.hasher.hash_one(plug_id);
        let source = tag(self.hasher.hash_one(source));
        let now = u32::try_from(now.millis() / 1000).unwrap_or(u32::MAX).max(1);
        let at = usize::try_from(principal % self.sets.len() as u64).ok()?;
        // Nothing that runs under this lock can leave a set half changed.
        let mut places = self.sets.get(at)?.lock().unwrap_or_else(PoisonError::into_inner);
        let known = places.iter().position(|place| place.principal == principal);
        let place = match known {
            Some(at) => places.get_mut(at)?,
            None => places.iter_mut().min_by_key(|place| place.last())?,
        };
        if known.is_none() {
            *place = Place { principal, ..Place::default() };
        }
        place.note(source, now)
    }
}

impl Place {
    fn last(&self) -> u32 {
        self.sources.iter().map(|seen| seen.at).max().unwrap_or_default()
    }

    fn note(&mut self, source: u32, now: u32) -> Option<u8> {
        let recent = |seen: &Seen| seen.at != 0 && now.saturating_sub(seen.at) < DAY;
        if let Some(seen) =
            self.sources.iter_mut().find(|seen| recent(seen) && seen.source == source)
        {
            seen.at = now;
            return None;
        }
        let oldest = self.sources.iter_mut().min_by_key(|seen| seen.at)?;
        *oldest = Seen { source, at: now };
        u8::try_from(self.sources.iter().filter(|seen| recent(seen)).count()).ok()
    }
}

/// Half of a hash: enough to tell eight sources from each other.
const fn tag(hash: u64) -> u32 {
    let [a, b, c, d, ..] = hash.to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// One more than any limit, so that the one beyond it is seen.
const SOURCES: usize = SourceLimit::MAX as usize + 1;

/// How many principals are watched at once: 72 bytes each, 4.5 MiB in all.
const PRINCIPALS: usize = 65_536;

/// The places that a principal may have.
const WAYS: usize = 4;

/// In seconds.
const DAY: u32 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(number: u8) -> PlugId {
        PlugId::from_parts(plugmint_core::PlugIdKind::Device, [number; 12])
    }

    fn source(number: u8) -> Source {
        Source::new([number]).unwrap()
    }

    fn at(seconds: u64) -> UnixMillis {
        UnixMillis::new(1_790_000_000_000 + seconds * 1000)
    }

    #[test]
    fn a_new_source_is_counted_and_a_known_one_is_not() {
        let table = SourceTable::new();
        let note = |number, seconds| table.note(&principal(1), &source(number), at(seconds));
        assert_eq!(note(1, 0), Some(1));
        assert_eq!(note(1, 1), None);
        assert_eq!(note(2, 2), Some(2));
        assert_eq!(note(1, 3), None);
    }

    #[test]
    fn principals_share_no_sources() {
        let table = SourceTable::new();
        assert_eq!(table.note(&principal(1), &source(1), at(0)), Some(1));
        assert_eq!(table.note(&principal(2), &source(2), at(0)), Some(1));
    }

    #[test]
    fn a_source_of_yesterday_is_a_new_one() {
        let table = SourceTable::new();
        let day = u64::from(DAY);
        let note = |number, seconds| table.note(&principal(1), &source(number), at(seconds));
        assert_eq!(note(1, 0), Some(1));
        assert_eq!(note(2, day - 1), Some(2));
        assert_eq!(note(1, day), Some(2));
        assert_eq!(note(2, 2 * day - 2), None);
    }

    #[test]
    fn one_beyond_the_largest_limit_is_seen() {
        let table = SourceTable::new();
        for number in 1..=SourceLimit::MAX + 1 {
            assert_eq!(table.note(&principal(1), &source(number), at(0)), Some(number));
        }
    }

    #[test]
    fn whoever_connected_longest_ago_makes_room() {
        let mut places = [Place::default(); WAYS];
        for (place, now) in places.iter_mut().zip([4, 2, 3, 5]) {
            place.note(1, now);
        }
        let oldest = places.iter().min_by_key(|place| place.last()).unwrap();
        assert_eq!(oldest.last(), 2);
    }
}
