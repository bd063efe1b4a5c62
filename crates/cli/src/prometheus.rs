//! What is counted, as Prometheus reads it.

mod buckets;
mod family;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use family::{Family, Series};

/// A recorder of the crate `metrics`, and the text of all that it has recorded.
///
/// Its memory is fixed once everything is registered: what is recorded changes numbers that are
/// there, without a lock, however seldom somebody reads them.
#[derive(Default)]
pub(crate) struct Prometheus(Mutex<BTreeMap<String, Family>>);

impl Prometheus {
    /// Everything in the text format of Prometheus, version 0.0.4.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, family) in &*self.families() {
            family.write(name, &mut text);
        }
        text
    }

    fn describe(&self, name: &KeyName, description: &str) {
        let mut families = self.families();
        description.clone_into(&mut families.entry(name.as_str().to_owned()).or_default().help);
    }

    fn register<A>(
        &self,
        key: &Key,
        new: impl FnOnce() -> Series,
        handle: impl FnOnce(&Series) -> Option<A>,
    ) -> Option<A> {
        let mut families = self.families();
        let family = families.entry(key.name().to_owned()).or_default();
        handle(family.series_of(key, new))
    }

    /// Nothing that runs under this lock can leave a family half made.
    fn families(&self) -> MutexGuard<'_, BTreeMap<String, Family>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Prometheus {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, description: SharedString) {
        self.describe(&name, &description);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, description: SharedString) {
        self.describe(&name, &description);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, description: SharedString) {
        self.describe(&name, &description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.register(key, Series::counter, Series::as_counter).unwrap_or_else(Counter::noop)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.register(key, Series::gauge, Series::as_gauge).unwrap_or_else(Gauge::noop)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let new = || Series::histogram(key.name());
        self.register(key, new, Series::as_histogram).unwrap_or_else(Histogram::noop)
    }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, describe_counter, describe_histogram, gauge, histogram};

    use super::*;

    fn recorded(record: impl FnOnce()) -> String {
        let recorder = Prometheus::default();
        metrics::with_local_recorder(&recorder, record);
        recorder.text()
    }

    #[test]
    fn counters_of_one_name_stand_below_one_line_of_help() {
        let text = recorded(|| {
            describe_counter!("calls_total", "Calls,\nby \\outcome.");
            counter!("calls_total", "outcome" => "refused").increment(2);
            counter!("calls_total", "outcome" => "first").increment(1);
            counter!("calls_total", "outcome" => "refused").increment(1);
        });
        assert_eq!(
            text,
            "# HELP calls_total Calls,\\nby \\\\outcome.\n\
             # TYPE calls_total counter\n\
             calls_total{outcome=\"first\"} 1\n\
             calls_total{outcome=\"refused\"} 3\n"
        );
    }

    #[test]
    fn a_gauge_shows_what_it_was_set_to_last() {
        let text = recorded(|| {
            gauge!("depth").set(7.0);
            gauge!("depth").set(2.5);
        });
        assert_eq!(text, "# TYPE depth gauge\ndepth 2.5\n");
    }

    #[test]
    fn a_bucket_holds_all_that_is_not_above_its_bound() {
        let text = recorded(|| {
            describe_histogram!("group", "Groups.");
            for value in [1.0, 2.0, 2.5, 4096.0, 5000.0, f64::NAN] {
                histogram!("group").record(value);
            }
        });
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..2], ["# HELP group Groups.", "# TYPE group histogram"]);
        for (line, is) in [
            (2, "group_bucket{le=\"1\"} 1"),
            (3, "group_bucket{le=\"2\"} 2"),
            (4, "group_bucket{le=\"4\"} 3"),
            (14, "group_bucket{le=\"4096\"} 4"),
            (15, "group_bucket{le=\"+Inf\"} 5"),
            (16, "group_sum 9101.5"),
            (17, "group_count 5"),
        ] {
            assert_eq!(lines[line], is);
        }
        assert_eq!(lines.len(), 18);
    }

    #[test]
    fn times_have_buckets_from_a_microsecond_to_ten_seconds() {
        let text = recorded(|| histogram!("call_seconds", "a" => "b").record(0.000_003));
        for line in [
            "call_seconds_bucket{a=\"b\",le=\"0.000001\"} 0",
            "call_seconds_bucket{a=\"b\",le=\"0.0000025\"} 0",
            "call_seconds_bucket{a=\"b\",le=\"0.000005\"} 1",
            "call_seconds_bucket{a=\"b\",le=\"10\"} 1",
            "call_seconds_sum{a=\"b\"} 0.000003",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_label_with_quotes_ends_nowhere_but_at_its_end() {
        let text = recorded(|| counter!("calls", "of" => "a\"b\\c\nd").increment(1));
        assert_eq!(text, "# TYPE calls counter\ncalls{of=\"a\\\"b\\\\c\\nd\"} 1\n");
    }

    #[test]
    fn one_name_is_of_one_kind() {
        let text = recorded(|| {
            counter!("calls").increment(1);
            gauge!("calls").set(9.0);
        });
        assert_eq!(text, "# TYPE calls counter\ncalls 1\n");
    }
}
