//! `plugmint key drop`

use plugmint::{DropKeyError, KeyVersion, Outcome, Registry};
use pollster::block_on;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(version: KeyVersion, home: &Home, output: &Output) -> Result<(), Failure> {
    let registry = home.open()?;
    let outcome =
        block_on(registry.drop_root_key(version)).map_err(|error| not_dropped(&registry, error))?;
    let file = home.key_file(version);
    let dropped = Dropped {
        version,
        outcome,
        file_is_there: file.symlink_metadata().is_ok(),
        file: file.display().to_string(),
    };
    output.show(&dropped, screen)
}

fn screen(dropped: &Dropped) -> String {
    let already = match dropped.outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    let file = if dropped.file_is_there {
        format!(
            "{} may be deleted, and every copy of it destroyed. A backup from before the sweep cannot be \
             restored without it: make a new one first.",
            dropped.file
        )
    } else {
        format!("{} is gone already.", dropped.file)
    };
    format!("version {} is dropped{already}\n{file}", dropped.version)
}

fn not_dropped(registry: &Registry, error: DropKeyError) -> Failure {
    let hint = match &error {
        DropKeyError::Unknown { .. } => Some("`plugmint key list` shows those that it knows"),
        DropKeyError::Current { .. } | DropKeyError::NotKept { .. } => {
            Some("`plugmint key add` does that")
        }
        DropKeyError::InUse { .. } => {
            let current = registry.key_version();
            let hint = format!("`plugmint key sweep` brings them under version {current}");
            return Failure::from(error).hint(&hint);
        }
        _ => None,
    };
    hint.into_iter().fold(Failure::from(error), Failure::hint)
}

#[derive(Serialize)]
struct Dropped {
    version: KeyVersion,
    outcome: Outcome,
    file: String,
    file_is_there: bool,
}
