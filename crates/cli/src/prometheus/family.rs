//! All series of one name.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use metrics::atomics::AtomicU64;
use metrics::{Counter, Gauge, Histogram, Key, Label};

use super::buckets::Buckets;

/// The series of one name, which are all of one kind, and what they are.
#[derive(Default)]
pub(super) struct Family {
    pub(super) help: String,
    /// By their labels, as they are written.
    series: BTreeMap<String, Series>,
}

/// Numbers under one name and one set of labels.
pub(super) enum Series {
    Counter(Arc<AtomicU64>),
    /// The bits of an `f64`.
    Gauge(Arc<AtomicU64>),
    Histogram(Arc<Buckets>),
}

impl Family {
    /// The series of a key; a new one where there is none yet. Who asks for another kind than the
    /// first one gets a series of that first kind.
    pub(super) fn series_of(&mut self, key: &Key, new: impl FnOnce() -> Series) -> &Series {
        self.series.entry(labels(key.labels())).or_insert_with(new)
    }

    pub(super) fn write(&self, name: &str, text: &mut String) {
        let Some(first) = self.series.values().next() else { return };
        if !self.help.is_empty() {
            let help = self.help.replace('\\', r"\\").replace('\n', r"\n");
            line(text, format_args!("# HELP {name} {help}"));
        }
        line(text, format_args!("# TYPE {name} {}", first.kind()));
        for (labels, series) in &self.series {
            series.write(name, labels, text);
        }
    }
}

impl Series {
    pub(super) fn counter() -> Self {
        Self::Counter(Arc::default())
    }

    pub(super) fn gauge() -> Self {
        Self::Gauge(Arc::default())
    }

    pub(super) fn histogram(name: &str) -> Self {
        Self::Histogram(Arc::new(Buckets::of(name)))
    }

    pub(super) fn as_counter(&self) -> Option<Counter> {
        match self {
            Self::Counter(count) => Some(Counter::from_arc(Arc::clone(count))),
            Self::Gauge(_) | Self::Histogram(_) => None,
        }
    }

    pub(super) fn as_gauge(&self) -> Option<Gauge> {
        match self {
            Self::Gauge(value) => Some(Gauge::from_arc(Arc::clone(value))),
            Self::Counter(_) | Self::Histogram(_) => None,
        }
    }

    pub(super) fn as_histogram(&self) -> Option<Histogram> {
        match self {
            Self::Histogram(buckets) => Some(Histogram::from_arc(Arc::clone(buckets))),
            Self::Counter(_) | Self::Gauge(_) => None,
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Counter(_) => "counter",
            Self::Gauge(_) => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }

    fn write(&self, name: &str, labels: &str, text: &mut String) {
        match self {
            Self::Counter(count) => {
                let count = count.load(Ordering::Acquire);
                line(text, format_args!("{name}{} {count}", braced(labels)));
            }
            Self::Gauge(value) => {
                let value = f64::from_bits(value.load(Ordering::Acquire));
                line(text, format_args!("{name}{} {value}", braced(labels)));
            }
            Self::Histogram(buckets) => {
                let comma = if labels.is_empty() { "" } else { "," };
                let mut count = 0;
                for (bound, more) in buckets.counts() {
                    count += more;
                    let labels = format_args!("{{{labels}{comma}le=\"{bound}\"}}");
                    line(text, format_args!("{name}_bucket{labels} {count}"));
                }
                let labels = braced(labels);
                line(text, format_args!("{name}_sum{labels} {}", buckets.sum()));
                line(text, format_args!("{name}_count{labels} {count}"));
            }
        }
    }
}

/// `a="b",c="d"`
fn labels<'a>(labels: impl Iterator<Item = &'a Label>) -> String {
    let label = |label: &Label| {
        let value = label.value().replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
        format!("{}=\"{value}\"", label.key())
    };
    labels.map(label).collect::<Vec<_>>().join(",")
}

fn braced(labels: &str) -> String {
    if labels.is_empty() { String::new() } else { format!("{{{labels}}}") }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes everything.
    writeln!(text, "{line}").unwrap_or_default();
}
