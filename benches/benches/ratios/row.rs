//! A line for each goal.

/// What a measured figure has to be.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// It is printed and nothing hangs on it.
    None,
}

/// The lines that were printed.
#[derive(Default)]
pub(crate) struct Report {
    misses: usize,
}

impl Report {
    /// Prints a figure beside its bound.
    pub(crate) fn row(&mut self, name: &str, measured: f64, bound: Bound) {
        let (shown, met) = match bound {
            Bound::AtLeast(least) => (format!(">={least}"), measured >= least),
            Bound::AtMost(most) => (format!("<={most}"), measured <= most),
            Bound::None => ("-".to_owned(), true),
        };
        self.misses += usize::from(!met);
        let verdict = if met { "ok" } else { "MISS" };
        println!("{name:<56} {measured:>10.2} {shown:>8} {verdict}");
    }

    pub(crate) const fn misses(&self) -> usize {
        self.misses
    }
}

/// Absolute figures, for who reads: they move with the machine, so nothing hangs on them.
pub(crate) fn note(text: &str) {
    println!("  {text}");
}
