//! What a recorder of metrics is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

/// Keeps everything that it is told, in order.
#[derive(Clone, Debug, Default)]
pub struct Recorded(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    units: BTreeMap<String, Unit>,
    series: BTreeMap<String, Arc<Told>>,
}

/// What one series was told.
#[derive(Debug, Default)]
struct Told {
    count: AtomicU64,
    values: Mutex<Vec<f64>>,
}

impl Recorded {
    /// Runs something with this recorder.
    pub fn record<A>(&self, run: impl FnOnce() -> A) -> A {
        metrics::with_local_recorder(self, run)
    }

    /// What a counter has come to; the series is written as `name{label}`.
    #[must_use]
    pub fn total(&self, series: &str) -> u64 {
        self.told(series).count.load(Ordering::SeqCst)
    }

    /// What a gauge was set to, or a histogram was given, in order.
    #[must_use]
    pub fn values(&self, series: &str) -> Vec<f64> {
        self.told(series).values().clone()
    }

    /// The series of a counter that have come to something, by their label, and to what.
    #[must_use]
    pub fn totals(&self, name: &str) -> BTreeMap<String, u64> {
        let all = self.series().into_iter().filter_map(|series| {
            let label = series.strip_prefix(name)?.strip_prefix('{')?.strip_suffix('}')?;
            Some((label.to_owned(), self.total(&series)))
        });
        all.filter(|(_, total)| *total > 0).collect()
    }

    /// Every series that is registered.
    #[must_use]
    pub fn series(&self) -> BTreeSet<String> {
        self.kept(|kept| kept.series.keys().cloned().collect())
    }

    /// The unit of everything that is described.
    #[must_use]
    pub fn units(&self) -> BTreeMap<String, Unit> {
        self.kept(|kept| kept.units.clone())
    }

    fn told(&self, series: &str) -> Arc<Told> {
        self.kept(|kept| Arc::clone(&kept.series[series]))
    }

    fn kept<A>(&self, look: impl FnOnce(&mut Kept) -> A) -> A {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>, description: &str) {
        assert!(description.ends_with('.'), "{description}");
        self.kept(|kept| kept.units.insert(name.as_str().to_owned(), unit.unwrap()));
    }

    fn register(&self, key: &Key) -> Arc<Told> {
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        let series = match labels.as_slice() {
            [] => key.name().to_owned(),
            labels => format!("{}{{{}}}", key.name(), labels.join(",")),
        };
        self.kept(|kept| Arc::clone(kept.series.entry(series).or_default()))
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&name, unit, &description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&name, unit, &description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(&name, unit, &description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.register(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.register(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.register(key))
    }
}

impl Told {
    fn values(&self) -> MutexGuard<'_, Vec<f64>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> f64 {
        self.values().last().copied().unwrap_or_default()
    }
}

impl CounterFn for Told {
    fn increment(&self, value: u64) {
        self.count.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.count.fetch_max(value, Ordering::SeqCst);
    }
}

impl GaugeFn for Told {
    fn increment(&self, value: f64) {
        self.set(self.last() + value);
    }

    fn decrement(&self, value: f64) {
        self.set(self.last() - value);
    }

    fn set(&self, value: f64) {
        self.values().push(value);
    }
}

impl HistogramFn for Told {
    fn record(&self, value: f64) {
        self.values().push(value);
    }
}
