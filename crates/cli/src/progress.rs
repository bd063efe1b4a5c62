//! How far long work is: told on standard error, where that is a terminal.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Work whose end is not known. `shown` is a template of indicatif's.
pub(crate) fn spinner(shown: &str, output: &Output) -> ProgressBar {
    if is_shown(output) {
        ProgressBar::new_spinner().with_style(style(shown))
    } else {
        ProgressBar::hidden()
    }
}

/// Work of so many steps.
pub(crate) fn bar(len: u64, shown: &str, output: &Output) -> ProgressBar {
    if is_shown(output) {
        ProgressBar::new(len).with_style(style(shown))
    } else {
        ProgressBar::hidden()
    }
}

/// Whether anybody would see it.
pub(crate) fn is_shown(output: &Output) -> bool {
    !output.is_json() && io::stderr().is_terminal()
}

fn style(shown: &str) -> ProgressStyle {
    ProgressStyle::with_template(shown).unwrap_or_else(|_| ProgressStyle::default_bar())
}
