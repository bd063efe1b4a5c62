//! Times, and what is typical of many.

use std::time::{Duration, Instant};

/// How long it takes.
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let begun = now();
    work();
    begun.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The middle one.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value below which that part of them lies.
pub(crate) fn quantile(values: impl IntoIterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place among a few thousand values"
    )]
    let at = (values.len().saturating_sub(1) as f64 * part).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}
