//! Attempt limits: who may try a password now, and who waits.

mod bucket;
mod rate;
mod table;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::time::Duration;

use plugmint_core::{PasswordClass, SerialId, UnixMillis};

use crate::Source;

pub use rate::AttemptRate;
use table::{Newcomer, Table};

/// How often strangers may try passwords: from one source, and of one serial.
///
/// An attempt takes a token before the password is looked at, and a password that is proven gives
/// it back when the answer is there: who knows his password is limited only in how many calls are
/// under way, two of a chosen serial and 256 in all from one source. Where a factory enrolls behind
/// one address, raise [`with_per_source`](Self::with_per_source). Each source has a bucket of
/// tokens. A serial whose password a person chose, or that a whole template shares, has another
/// one, whether it exists or not; one source has a fourth of it at most. A generated password
/// cannot be guessed, so its serial has none.
///
/// The control password of a Thing has a bucket of its own, apart from that of the enroll password:
/// who enrolls as a Controller and who adds the Thing to what it holds take from the same one.
///
/// So nobody but who shares a device's source delays a generated enrollment. One other source
/// delays a chosen one by at most 60 seconds, even where others have left no token: by that time a
/// fourth of the burst has dripped in for that source, and one more for the device. Many sources
/// together hold it up as long as they go on. How long a password waits for its slow hash comes on
/// top: see [`StretchLimits`](crate::StretchLimits).
///
/// Who does not wait for the answer has paid, whatever it would have been: let a host wait longer
/// than the pool's [deadline](crate::StretchLimits::deadline).
///
/// The buckets lie in fixed tables under a keyed hash, about 24 bytes each: memory does not grow
/// with the names that somebody invents. Who has sources enough to empty every bucket of serials,
/// eight attempts for each, and goes on so, holds all chosen and shared serials up. They are this
/// registry's, and full when it starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AttemptLimits {
    per_source: AttemptRate,
    per_serial: AttemptRate,
    buckets: usize,
}

impl AttemptLimits {
    /// Attempts from one source; 256 at once and one more each second unless told otherwise.
    #[must_use]
    pub const fn with_per_source(self, per_source: AttemptRate) -> Self {
        Self { per_source, ..self }
    }

    /// Attempts of one serial with a chosen or shared password; 8 at once and one more each 20
    /// seconds unless told otherwise, of which one source has 2 and one each 80 seconds.
    #[must_use]
    pub const fn with_per_serial(self, per_serial: AttemptRate) -> Self {
        Self { per_serial, ..self }
    }

    /// How many buckets each of the three tables has; 65,536 unless told otherwise.
    #[must_use]
    pub const fn with_buckets(self, buckets: usize) -> Self {
        Self { buckets, ..self }
    }

    /// Attempts from one source.
    #[must_use]
    pub const fn per_source(&self) -> AttemptRate {
        self.per_source
    }

    /// Attempts of one serial.
    #[must_use]
    pub const fn per_serial(&self) -> AttemptRate {
        self.per_serial
    }
}

impl Default for AttemptLimits {
    fn default() -> Self {
        let rate = |burst, seconds| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            AttemptRate::new(burst, Duration::from_secs(seconds))
        };
        Self { per_source: rate(256, 1), per_serial: rate(8, 20), buckets: 1 << 16 }
    }
}

/// Everybody's buckets.
pub(crate) struct Attempts {
    /// Under a key of this process's, so that nobody can choose names for one place.
    hasher: RandomState,
    sources: Table,
    serials: Table,
    /// What one source may take of one serial's.
    quarters: Table,
}

/// An attempt was not made: there is a token after that time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Throttled {
    pub(crate) retry_after: Duration,
}

/// Rounded up: who comes a little earlier than told comes in vain.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Attempts {
    pub(crate) fn new(limits: AttemptLimits) -> Self {
        let (of_serial, buckets) = (limits.per_serial, limits.buckets);
        Self {
            hasher: RandomState::new(),
            sources: Table::new(limits.per_source, Newcomer::Full, buckets),
            serials: Table::new(of_serial, Newcomer::AsFound, buckets),
            quarters: Table::new(of_serial.quarter(), Newcomer::Full, buckets),
        }
    }

    /// Takes what trying a password of a serial costs, all of it or nothing. Without a `class`
    /// there is no template that it could be tried on, which only the source pays for.
    pub(crate) fn reserve(
        &self,
        source: Option<&Source>,
        tried: Tried<'_>,
        class: Option<PasswordClass>,
        now: UnixMillis,
    ) -> Result<Attempt<'_>, Throttled> {
        let guessable = match class {
            Some(PasswordClass::Chosen | PasswordClass::Shared) => true,
            Some(PasswordClass::Generated) | None => false,
        };
        // The serial's last: what a source has no right to is never missing to another.
        let names = [
            source.map(|source| (&self.sources, self.hasher.hash_one(source))),
            source
                .filter(|_| guessable)
                .map(|source| (&self.quarters, self.hasher.hash_one((source, tried)))),
            guessable.then(|| (&self.serials, self.hasher.hash_one(tried))),
        ];
        let mut attempt = Attempt::default();
        for (table, name) in names.into_iter().flatten() {
            if let Err(retry_after) = table.take(name, now.millis()) {
                attempt.give_back();
                return Err(Throttled { retry_after });
            }
            attempt.taken.push((table, name));
        }
        Ok(attempt)
    }
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").finish_non_exhaustive()
    }
}

/// What was taken for one attempt. Dropping it leaves it spent: who stops asking was not right.
#[derive(Default)]
#[must_use]
pub(crate) struct Attempt<'a> {
    taken: Vec<(&'a Table, u64)>,
}

impl Attempt<'_> {
    /// The password was proven, or nobody looked at it.
    pub(crate) fn give_back(self) {
        self.taken.into_iter().for_each(|(table, name)| table.give_back(name));
    }
}

/// What is tried: a serial's control password has buckets apart from those of its enroll password.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Tried<'a> {
    /// The enroll password of a serial.
    Enroll(&'a SerialId),
    /// The password of an account.
    Account(&'a str),
    /// The control password of a Thing: by who enrolls as a Controller, and by who adds the Thing.
    Control(&'a SerialId),
}

#[cfg(test)]
mod tests {
    use plugmint_core::TemplateId;

    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_790_000_000_000);

    fn id(serial: &str) -> SerialId {
        SerialId::new(TemplateId::from_parts([1; 12]), serial.parse().unwrap())
    }

    fn source(number: u32) -> Source {
        Source::new(number.to_be_bytes()).unwrap()
    }

    /// How many of so many attempts are made, each with another source or all with one.
    fn made(
        attempts: &Attempts,
        source: impl Fn(u32) -> Option<Source>,
        class: PasswordClass,
    ) -> usize {
        (0..1_000)
            .filter(|number| {
                attempts
                    .reserve(source(*number).as_ref(), Tried::Enroll(&id("S")), Some(class), NOW)
                    .is_ok()
            })
            .count()
    }

    #[test]
    fn each_setting_is_what_it_was_set_to_and_leaves_the_others() {
        let rate =
            |burst| AttemptRate::new(NonZeroU32::new(burst).unwrap(), Duration::from_secs(9));
        let set = AttemptLimits::default()
            .with_per_source(rate(3))
            .with_per_serial(rate(5))
            .with_buckets(7);
        assert_eq!((set.per_source(), set.per_serial(), set.buckets), (rate(3), rate(5), 7));
        let other = AttemptLimits::default().with_buckets(7);
        assert_eq!(other.per_source(), AttemptLimits::default().per_source());
    }

    #[test]
    fn one_source_takes_a_fourth_of_a_serials_attempts() {
        for class in [PasswordClass::Chosen, PasswordClass::Shared] {
            let attempts = Attempts::new(AttemptLimits::default());
            assert_eq!(made(&attempts, |_| Some(source(1)), class), 2);
            assert_eq!(made(&attempts, |_| Some(source(2)), class), 2);
            assert_eq!(made(&attempts, |_| None, class), 4);
        }
    }

    #[test]
    fn many_sources_take_no_more_than_the_serials_attempts() {
        let attempts = Attempts::new(AttemptLimits::default());
        let each = |number| Some(source(number));
        assert_eq!(made(&attempts, each, PasswordClass::Chosen), 8);
    }

    #[test]
    fn a_generated_password_has_the_limit_of_its_source_alone() {
        let attempts = Attempts::new(AttemptLimits::default());
        assert_eq!(made(&attempts, |_| None, PasswordClass::Generated), 1_000);
        assert_eq!(made(&attempts, |_| Some(source(1)), PasswordClass::Generated), 256);
        assert_eq!(made(&attempts, |_| Some(source(2)), PasswordClass::Generated), 256);
    }

    #[test]
    fn an_unknown_template_costs_its_source() {
        let attempts = Attempts::new(AttemptLimits::default());
        let tried = |_: &u32| {
            attempts.reserve(Some(&source(1)), Tried::Enroll(&id("S")), None, NOW).is_ok()
        };
        assert_eq!((0..1_000).filter(tried).count(), 256);
    }

    #[test]
    fn an_attempt_that_is_refused_costs_nothing() {
        let attempts = Attempts::new(AttemptLimits::default());
        let made = |source: &Source, serial: &str| {
            attempts
                .reserve(Some(source), Tried::Enroll(&id(serial)), Some(PasswordClass::Chosen), NOW)
                .is_ok()
        };
        assert_eq!((0..1_000).filter(|_| made(&source(1), "S")).count(), 2);
        // Of its 256 the source has spent the two that were made.
        let elsewhere = (0..300).filter(|number| made(&source(1), &format!("T{number}")));
        assert_eq!(elsewhere.count(), 254);
        assert!(made(&source(2), "S"));
    }

    #[test]
    fn what_is_given_back_was_never_taken() {
        let attempts = Attempts::new(AttemptLimits::default());
        for _ in 0..1_000 {
            let class = Some(PasswordClass::Chosen);
            attempts
                .reserve(Some(&source(1)), Tried::Enroll(&id("S")), class, NOW)
                .unwrap()
                .give_back();
        }
    }

    #[test]
    fn at_once_no_more_attempts_are_made_than_one_after_the_other() {
        let attempts = Attempts::new(AttemptLimits::default());
        let attempts = &attempts;
        let made: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..256)
                .map(|number| {
                    scope.spawn(move || {
                        let class = Some(PasswordClass::Chosen);
                        attempts
                            .reserve(Some(&source(number)), Tried::Enroll(&id("S")), class, NOW)
                            .is_ok()
                    })
                })
                .collect();
            all.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        assert_eq!(made, 8);
    }

    #[test]
    fn a_part_of_a_second_is_told_as_a_whole_one() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds, "{millis} ms");
        }
    }
}
