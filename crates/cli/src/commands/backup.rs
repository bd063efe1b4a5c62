//! `plugmint backup`

use std::path::{self, Path};
use std::time::Duration;

use plugmint_http::operators::BackUp;
use plugmint_redb::RedbOptions;
use pollster::block_on;
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::home::{Home, Owner};
use crate::output::Output;
use crate::progress;

pub(crate) fn run(file: &Path, home: &Home, output: &Output) -> Result<(), Failure> {
    // Nobody else commits meanwhile, so it may take as long as it takes.
    let options = RedbOptions::default().with_snapshot_age(Duration::MAX);
    let owner = home.owner(&options)?;
    let spinner = progress::spinner("{spinner} writing and verifying the backup", output);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let records = write(file, owner);
    spinner.finish_and_clear();
    let records = records.map_err(|failure| failure.about(file))?;
    output.show(&Written { file: file.display().to_string(), records }, |written| {
        format!(
            "{} records in {}; every page was read back and its checksum verified.\nThe root key is \
             not in it: keep a copy of it apart; `plugmint key list` says where it lies.",
            written.records, written.file,
        )
    })
}

/// Writes it here, or where the server is: on this machine. How many records it holds.
fn write(file: &Path, owner: Owner) -> Result<u64, Failure> {
    match owner {
        Owner::Nobody(store) => Ok(block_on(store.snapshot(file))?.records()),
        Owner::Server(client, runtime) => {
            let absolute =
                path::absolute(file).map_err(|error| Failure::of(Kind::Usage, "usage", &error))?;
            let named = absolute.to_str().ok_or_else(|| {
                let message = "expected a path that is text, to tell it to the server";
                Failure::new(Kind::Usage, "usage", message)
            })?;
            let call = BackUp { file: named.to_owned() };
            let records = Desk::There(client, runtime).ask(call)?.records;
            if absolute.symlink_metadata().is_err() {
                let message = "the server has written it, where it sees that path and this \
                               program does not";
                return Err(Failure::new(Kind::Refused, "backup-elsewhere", message));
            }
            Ok(records)
        }
    }
}

#[derive(Serialize)]
struct Written {
    file: String,
    records: u64,
}
