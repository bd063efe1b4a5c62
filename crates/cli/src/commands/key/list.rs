//! `plugmint key list`

use plugmint::KeyUses;
use plugmint_http::operators::{ListKeys, ListedKey, VersionStanding};
use serde::Serialize;

use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let desk = home.desk_with_new_keys()?;
    let listed = desk.ask(ListKeys {})?;
    let counted = super::count(&desk, output)?;
    let shown =
        listed.into_iter().map(|ListedKey { version, standing, place, is_there, .. }| {
            let uses = counted.of(version);
            Shown { version, standing, uses, file: place, file_is_there: is_there }
        });
    let mut all = Some(shown.collect());
    output.list(&COLUMNS, row, |_| Ok(all.take().unwrap_or_default()))
}

/// A version as it is listed.
#[derive(Serialize)]
struct Shown {
    version: plugmint::KeyVersion,
    standing: VersionStanding,
    #[serde(flatten)]
    uses: KeyUses,
    file: Option<String>,
    file_is_there: Option<bool>,
}

fn row(listed: &Shown) -> Vec<String> {
    let standing = match listed.standing {
        VersionStanding::New => "new: not taken up yet",
        VersionStanding::Current => "current",
        VersionStanding::Older if listed.uses.to_sweep() > 0 => "older: not swept yet",
        VersionStanding::Older => "older: may be dropped",
        VersionStanding::Closed => "closed: not dropped yet",
        VersionStanding::Dropped => "dropped",
    };
    let file = listed.file.as_deref().unwrap_or_default();
    let file = match (listed.file_is_there, listed.standing) {
        (Some(true), VersionStanding::Dropped) => format!("{file}, may be destroyed"),
        (Some(false), _) => "gone".to_owned(),
        (Some(true) | None, _) => file.to_owned(),
    };
    vec![
        listed.version.to_string(),
        standing.to_owned(),
        listed.uses.sealed_keys.to_string(),
        listed.uses.record_tags.to_string(),
        listed.uses.serials.to_string(),
        file,
    ]
}

const COLUMNS: [&str; 6] =
    ["VERSION", "STANDING", "SEALED KEYS", "RECORD TAGS", "SERIALS", "KEY FILE"];
