//! A scene whose registry counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder};
use plugmint::{AttemptLimits, Store, TemplateDesign};
use plugmint_memory::MemoryStore;
use plugmint_tests::{Recorded, Scene};
use pollster::block_on;

pub(crate) fn counted(design: TemplateDesign) -> (Scene, Recorded) {
    counted_over(Arc::new(MemoryStore::new()), design)
}

pub(crate) fn counted_over(store: Arc<dyn Store>, design: TemplateDesign) -> (Scene, Recorded) {
    let recorded = Recorded::default();
    let clock = Arc::new(FixedClock::default());
    let settings = recorded.record(|| {
        builder(store, Arc::clone(&clock), 1)
            .with_attempt_limits(AttemptLimits::default().with_buckets(1 << 12))
            .with_metrics()
    });
    // Everything is registered by now: here nobody listens.
    (block_on(Scene::with(settings, clock, design)), recorded)
}

/// The series of a counter that came to something.
pub(crate) fn totals(counted: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counted.iter().map(|(outcome, total)| ((*outcome).to_owned(), *total)).collect()
}
