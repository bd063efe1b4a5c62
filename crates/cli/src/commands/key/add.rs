//! `plugmint key add`

use plugmint::{KeyVersion, Outcome};
use plugmint_http::operators::AddKey;
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts};

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let added = home.desk_with_new_keys()?.ask(AddKey {}).map_err(not_added)?;
    let added = Added {
        version: added.version,
        outcome: added.outcome,
        root_key: added.place,
        root_key_made: added.made,
    };
    output.show(&added, |added| screen(added, home))
}

fn not_added(failure: Failure) -> Failure {
    let hint = match failure.code() {
        "same-root-key" | "not-next-root-key" => {
            "nothing was changed: move that file away, and `plugmint key add` makes the next one"
        }
        "unknown-root-key" => {
            "nothing was changed: one version is taken up at a time, so move the files of later \
             ones away"
        }
        "key-file-exists" => "call again to take it up",
        "no-root-key" | "root-key" | "wrong-root-key" | "missing-root-key" => "nothing was changed",
        _ if failure.is_refusal() => return failure,
        _ => {
            "its file stays: `plugmint key list` shows whether it is taken up, and else `plugmint \
             key add` does so"
        }
    };
    failure.hint(hint)
}

fn screen(added: &Added, home: &Home) -> String {
    let found = if added.root_key_made {
        ""
    } else {
        "The key file was there already and is used as it is. "
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
