//! How often what was recorded.

use std::sync::atomic::Ordering;

use metrics::HistogramFn;
use metrics::atomics::AtomicU64;

/// Counts of values up to bounds that are known beforehand, and their sum.
pub(super) struct Buckets {
    bounds: &'static [f64],
    /// One for each bound, and one for what is above all of them.
    counts: Vec<AtomicU64>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Buckets {
    /// Times for a name that ends in `_seconds`, otherwise numbers.
    pub(super) fn of(name: &str) -> Self {
        let bounds = if name.ends_with("_seconds") { TIMES } else { NUMBERS };
        let counts = (0..=bounds.len()).map(|_| AtomicU64::default()).collect();
        Self { bounds, counts, sum: AtomicU64::default() }
    }

    /// Each bound as it is written, and how many values are within it and not within the one
    /// before.
    pub(super) fn counts(&self) -> impl Iterator<Item = (String, u64)> {
        let bounds = self.bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
        bounds.zip(self.counts.iter().map(|count| count.load(Ordering::Acquire)))
    }

    pub(super) fn sum(&self) -> f64 {
        f64::from_bits(self.sum.load(Ordering::Acquire))
    }
}

impl HistogramFn for Buckets {
    fn record(&self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Release);
        }
        let add = |sum| Some((f64::from_bits(sum) + value).to_bits());
        // It never gives up.
        _ = self.sum.fetch_update(Ordering::AcqRel, Ordering::Acquire, add);
    }
}

/// In seconds: a connection takes less than a microsecond in memory, a hash on a busy machine
/// seconds.
const TIMES: &[f64] = &[
    0.000_001,
    0.000_002_5,
    0.000_005,
    0.000_01,
    0.000_025,
    0.000_05,
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
];

/// As many batches as one sync serves.
const NUMBERS: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0];
