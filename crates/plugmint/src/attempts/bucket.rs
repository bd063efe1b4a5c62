//! A bucket of tokens as one number.

use std::time::Duration;

use super::rate::AttemptRate;

/// When the bucket will be full again, in milliseconds: what it lacks is what has yet to drip in
/// (the generic cell rate algorithm of ITU-T I.371). One that is full lies in the past, so zero is
/// full at any time.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Bucket {
    full_at: u64,
}

impl Bucket {
    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&mut self, rate: AttemptRate, now: u64) -> Result<(), Duration> {
        let filling = rate.filling_millis();
        // Past the end of time nothing would drip in and nothing be lacking.
        let now = now.min(u64::MAX / 2);
        // No bucket lacks more than all it holds. Where one seems to lack a little more, two
        // callers read the clock and came here in another order: it is empty. Where it seems to
        // lack twice that, the clock went back, and what it lacked is forgotten: a device that did
        // nothing wrong does not pay for it.
        let most = now.saturating_add(filling);
        let went_back = self.full_at > most.saturating_add(filling);
        self.full_at = if went_back { now } else { self.full_at.clamp(now, most) };
        let lacking = self.full_at - now;
        let most_lacking = filling.saturating_sub(rate.every_millis());
        if lacking > most_lacking {
            return Err(Duration::from_millis(lacking - most_lacking));
        }
        self.full_at = self.full_at.saturating_add(rate.every_millis());
        Ok(())
    }

    /// Puts back a token that was taken.
    pub(super) const fn give_back(&mut self, rate: AttemptRate) {
        self.full_at = self.full_at.saturating_sub(rate.every_millis());
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    fn rate(burst: u32, every: u64) -> AttemptRate {
        AttemptRate::new(NonZeroU32::new(burst).unwrap(), Duration::from_millis(every))
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_no_token_more() {
        let (rate, mut bucket) = (rate(5, 100), Bucket::default());
        for _ in 0..5 {
            assert_eq!(bucket.take(rate, 1_000), Ok(()));
        }
        assert_eq!(bucket.take(rate, 1_000), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(rate, 1_099), Err(Duration::from_millis(1)));
        assert_eq!(bucket.take(rate, 1_100), Ok(()));
        assert_eq!(bucket.take(rate, 1_100), Err(Duration::from_millis(100)));
    }

    #[test]
    fn a_token_that_was_given_back_is_there_again() {
        let (rate, mut bucket) = (rate(1, 100), Bucket::default());
        for _ in 0..10 {
            assert_eq!(bucket.take(rate, 1_000), Ok(()));
            bucket.give_back(rate);
        }
    }

    #[test]
    fn a_token_given_back_to_a_full_bucket_is_none_too_many() {
        let (rate, mut bucket) = (rate(2, 100), Bucket::default());
        bucket.take(rate, 1_000).unwrap();
        // It was full again long before.
        bucket.give_back(rate);
        let taken = (0..5).filter(|_| bucket.take(rate, 9_000).is_ok()).count();
        assert_eq!(taken, 2);
    }

    #[test]
    fn a_clock_that_goes_far_back_leaves_a_bucket_full() {
        let (rate, mut bucket) = (rate(3, 100), Bucket::default());
        bucket.take(rate, 1_000_000).unwrap();
        let taken = (0..5).filter(|_| bucket.take(rate, 500).is_ok()).count();
        assert_eq!(taken, 3);
        assert_eq!(bucket.take(rate, 600), Ok(()));
    }

    #[test]
    fn a_clock_that_went_back_by_less_than_a_bucket_fills_in_leaves_it_empty() {
        let (rate, mut bucket) = (rate(3, 100), Bucket::default());
        for _ in 0..3 {
            bucket.take(rate, 1_000).unwrap();
        }
        // Full at 1,300: as long after 700 as twice a bucket.
        assert_eq!(bucket.take(rate, 700), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(rate, 800), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_a_little_gives_no_token_twice() {
        let (rate, mut bucket) = (rate(3, 100), Bucket::default());
        for _ in 0..3 {
            bucket.take(rate, 1_000).unwrap();
        }
        assert_eq!(bucket.take(rate, 1_000), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(rate, 1_100), Ok(()));
        assert!(bucket.take(rate, 1_099).is_err());
    }

    #[test]
    fn a_clock_at_its_end_gives_the_burst_and_no_more() {
        let (rate, mut bucket) = (rate(3, 100), Bucket::default());
        assert_eq!((0..9).filter(|_| bucket.take(rate, u64::MAX).is_ok()).count(), 3);
    }

    proptest! {
        /// The claim of every bucket: in any span of time no more than its burst and what drips in,
        /// and who waits as long as it was told is served.
        #[test]
        fn no_span_gives_more_than_the_burst_and_what_drips_in(
            burst in 1_u32..9,
            every in 1_u64..50,
            steps in proptest::collection::vec(0_u64..40, 1..200),
        ) {
            let (rate, mut bucket) = (rate(burst, every), Bucket::default());
            let (mut now, mut taken) = (1_000, Vec::new());
            for step in steps {
                now += step;
                match bucket.take(rate, now) {
                    Ok(()) => taken.push(now),
                    Err(wait) => {
                        let wait = u64::try_from(wait.as_millis()).unwrap();
                        prop_assert!(wait > 0 && wait <= every);
                        let mut patient = bucket;
                        prop_assert_eq!(patient.take(rate, now + wait), Ok(()));
                    }
                }
            }
            for (first, from) in taken.iter().enumerate() {
                for (last, to) in taken.iter().enumerate().skip(first) {
                    let most = u64::from(burst) + (to - from) / every;
                    prop_assert!((last - first + 1) as u64 <= most);
                }
            }
        }
    }
}
