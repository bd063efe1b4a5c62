//! `plugmint key add`

use plugmint::{
    CreateKeyFileError, FileRootKeys, KeyVersion, Outcome, Registry, RootKeys, RotateError,
};
use pollster::block_on;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::home::{Home, KeyFile};
use crate::output::{Output, facts};

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let (registry, keys) = home.open_with_keys()?;
    let (version, key_file, keys) = if let Some(version) = new_version(&registry, &keys) {
        (version, KeyFile::Found, keys)
    } else {
        let version = make_next(home, &registry)?;
        (version, KeyFile::Made, home.load_keys()?)
    };
    let outcome = block_on(registry.rotate_root_key(&keys))
        .map_err(|error| not_rotated(home, version, error))?;
    let added = Added {
        version,
        outcome,
        root_key: home.key_file(version).display().to_string(),
        root_key_made: key_file == KeyFile::Made,
    };
    output.show(&added, |added| screen(added, key_file, home))
}

/// The version of a key that is there and that the registry has not taken up.
fn new_version(registry: &Registry, keys: &FileRootKeys) -> Option<KeyVersion> {
    keys.versions().into_iter().max().filter(|newest| *newest > registry.key_version())
}

/// Makes the key file of the next version.
fn make_next(home: &Home, registry: &Registry) -> Result<KeyVersion, Failure> {
    let Some(version) = registry.key_version().next() else {
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

fn not_rotated(home: &Home, version: KeyVersion, error: RotateError) -> Failure {
    let at_fault = match &error {
        RotateError::WrongRootKey { version }
        | RotateError::MissingRootKey { version }
        | RotateError::UnknownRootKey { version } => *version,
        RotateError::RootKey(error) => error.version(),
        _ => version,
    };
    let hint = match &error {
        RotateError::SameRootKey { .. } | RotateError::NotNext { .. } => {
            "nothing was changed: move that file away, and `plugmint key add` makes the next one"
        }
        RotateError::UnknownRootKey { .. } => {
            "nothing was changed: one version is taken up at a time, so move the files of later \
             ones away"
        }
        RotateError::Fault(_) => {
            "its file stays: `plugmint key list` shows whether it is taken up, and else `plugmint \
             key add` does so"
        }
        _ => "nothing was changed",
    };
    Failure::from(error).about(&home.key_file(at_fault)).hint(hint)
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
