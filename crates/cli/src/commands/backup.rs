//! `plugmint backup`

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(file: &Path, home: &Home, output: &Output) -> Result<(), Failure> {
    let store = home.open_store()?;
    let shown = !output.is_json() && io::stderr().is_terminal();
    let spinner = if shown { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    spinner.set_message("writing and verifying the backup");
    spinner.enable_steady_tick(Duration::from_millis(100));
    let backup = block_on(store.snapshot(file));
    spinner.finish_and_clear();
    let backup = backup.map_err(|error| Failure::from(error).about(file))?;
    output.show(&Written { file, records: backup.records() }, |written| {
        format!(
            "{} records in {}, read back and verified.\nThe root key {} is not in it: keep a copy \
             of that apart.",
            written.records,
            written.file.display(),
            home.root_key().display()
        )
    })
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    records: u64,
}
