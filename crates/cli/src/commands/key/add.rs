//! `plugmint key add`

use plugmint::{CreateKeyFileError, FileRootKeys, KeyVersion, Outcome, RootKeys};
use plugmint_http::operators::{About, RotateKey};
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::home::{Home, KeyFile};
use crate::output::{Output, facts};

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let (desk, keys) = home.desk_with_keys()?;
    let current = desk.ask(About {})?.key_version;
    let (version, key_file) = match new_version(current, &keys) {
        Some(version) => (version, KeyFile::Found),
        None => (make_next(home, current)?, KeyFile::Made),
    };
    let outcome = desk.ask(RotateKey {}).map_err(|failure| not_rotated(home, version, failure))?;
    let added = Added {
        version,
        outcome,
        root_key: home.key_file(version).display().to_string(),
        root_key_made: key_file == KeyFile::Made,
    };
    output.show(&added, |added| screen(added, key_file, home))
}

/// The version of a key that is there and that the registry has not taken up.
fn new_version(current: KeyVersion, keys: &FileRootKeys) -> Option<KeyVersion> {
    keys.versions().into_iter().max().filter(|newest| *newest > current)
}

/// Makes the key file of the next version.
fn make_next(home: &Home, current: KeyVersion) -> Result<KeyVersion, Failure> {
    let Some(version) = current.next() else {
        let message = "there is no version of the root key behind the last one";
        return Err(Failure::new(Kind::Refused, "no-next-root-key", message));
    };
    match FileRootKeys::create_version(home.root_key(), version) {
        Ok(()) => Ok(version),
        Err(error) => {
            let is_there = matches!(error, CreateKeyFileError::AlreadyExists);
            let failure = Failure::from(error).about(&home.key_file(version));
            Err(if is_there { failure.hint("call again to take it up") } else { failure })
        }
    }
}

fn not_rotated(home: &Home, version: KeyVersion, failure: Failure) -> Failure {
    let at_fault = failure.key_version().unwrap_or(version);
    let hint = match failure.code() {
        "same-root-key" | "not-next-root-key" => {
            "nothing was changed: move that file away, and `plugmint key add` makes the next one"
        }
        "unknown-root-key" => {
            "nothing was changed: one version is taken up at a time, so move the files of later \
             ones away"
        }
        "no-root-key" | "root-key" | "wrong-root-key" | "missing-root-key" => "nothing was changed",
        _ => {
            "its file stays: `plugmint key list` shows whether it is taken up, and else `plugmint \
             key add` does so"
        }
    };
    failure.about(&home.key_file(at_fault)).hint(hint)
}

fn screen(added: &Added, key_file: KeyFile, home: &Home) -> String {
    let found = match key_file {
        KeyFile::Made => "",
        KeyFile::Found => "The key file was there already and is used as it is. ",
    };
    let facts = facts([
        ("Current version", Some(added.version.to_string())),
        ("Key file", Some(added.root_key.clone())),
    ]);
    let sweep = super::command_line(home, &["sweep"]);
    format!(
        "{facts}\n\n{found}Keep a copy of it apart from every copy of the data: without it no \
         device enrolls or connects again.\nNext: {sweep}"
    )
}

#[derive(Serialize)]
struct Added {
    version: KeyVersion,
    outcome: Outcome,
    root_key: String,
    root_key_made: bool,
}
