//! `plugmint backup`

use std::path::Path;
use std::time::Duration;

use plugmint_redb::RedbOptions;
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;
use crate::progress;

pub(crate) fn run(file: &Path, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else commits meanwhile, so it may take as long as it takes.
    let options = RedbOptions::default().with_snapshot_age(Duration::MAX);
    let store = home.open_store_with(&options)?;
    let spinner = progress::spinner("{spinner} writing and verifying the backup", output);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let backup = block_on(store.snapshot(file));
    spinner.finish_and_clear();
    let backup = backup.map_err(|error| Failure::from(error).about(file))?;
    output.show(&Written { file: file.display().to_string(), records: backup.records() }, |written| {
        let keys = home.key_files();
        let keys: Vec<_> = keys.iter().map(|file| file.display().to_string()).collect();
        format!(
            "{} records in {}; every page was read back and its checksum verified.\nThe root key is \
             not in it: keep a copy of {} apart.",
            written.records,
            written.file,
            keys.join(" and ")
        )
    })
}

#[derive(Serialize)]
struct Written {
    file: String,
    records: u64,
}
