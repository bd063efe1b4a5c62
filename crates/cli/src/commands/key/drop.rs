//! `plugmint key drop`

use std::path::Path;

use plugmint::{KeyVersion, Outcome};
use plugmint_http::operators::{About, DropKey};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(version: KeyVersion, home: &Home, output: &Output) -> Result<(), Failure> {
    let desk = home.desk()?;
    let dropped = desk.ask(DropKey { version }).map_err(|failure| not_dropped(&desk, failure))?;
    let file = dropped.place;
    let file_is_there = file.as_ref().map(|file| Path::new(file).symlink_metadata().is_ok());
    let dropped = Dropped { version, outcome: dropped.outcome, file, file_is_there };
    output.show(&dropped, screen)
}

fn screen(dropped: &Dropped) -> String {
    let already = match dropped.outcome {
        Outcome::Done => "",
        Outcome::AlreadyDone => " already",
    };
    let file = match (&dropped.file, dropped.file_is_there) {
        (Some(file), Some(false)) => format!("{file} is gone already."),
        (file, _) => {
            let file = file.as_deref().unwrap_or("its root key");
            format!(
                "{file} may be deleted, and every copy of it destroyed. A backup from before the \
                 sweep cannot be restored without it: make a new one first."
            )
        }
    };
    format!("version {} is dropped{already}\n{file}", dropped.version)
}

fn not_dropped(desk: &Desk, failure: Failure) -> Failure {
    match failure.code() {
        "unknown-root-key" => failure.hint("`plugmint key list` shows those that it knows"),
        "current-root-key" | "root-key-not-kept" => failure.hint("`plugmint key add` does that"),
        "root-key-in-use" => match desk.ask(About {}) {
            Ok(about) => failure.hint(&format!(
                "`plugmint key sweep` brings them under version {}",
                about.key_version
            )),
            Err(_) => failure.hint("`plugmint key sweep` brings them under the current one"),
        },
        _ => failure,
    }
}

#[derive(Serialize)]
struct Dropped {
    version: KeyVersion,
    outcome: Outcome,
    file: Option<String>,
    file_is_there: Option<bool>,
}
