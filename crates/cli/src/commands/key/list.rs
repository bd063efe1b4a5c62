//! `plugmint key list`

use plugmint::{KeyProgress, KeyStanding, KeyUses, KeyVersion, RootKeys};
use plugmint_http::operators::KeyVersions;
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(home: &Home, output: &Output) -> Result<(), Failure> {
    let (desk, keys) = home.desk_with_keys()?;
    let there = keys.versions();
    let standings = standings(&desk, &there)?;
    let counted = super::count(&desk, output)?;
    let listed = |(version, standing)| listed(home, version, standing, &counted, &there);
    let mut all = Some(standings.into_iter().map(listed).collect());
    output.list(&COLUMNS, row, |_| Ok(all.take().unwrap_or_default()))
}

/// Every version that the registry knows or a key file is there of, oldest first.
fn standings(desk: &Desk, there: &[KeyVersion]) -> Result<Vec<(KeyVersion, Standing)>, Failure> {
    let known = desk.ask(KeyVersions {})?;
    let (known, current) = (known.versions, known.current);
    let new = there.iter().filter(|there| known.iter().all(|(known, _)| known != *there));
    let new: Vec<_> = new.map(|version| (*version, Standing::New)).collect();
    let standing = |(version, standing)| match standing {
        Some(KeyStanding::Dropped) => (version, Standing::Dropped),
        Some(KeyStanding::Closed) => (version, Standing::Closed),
        None if version == current => (version, Standing::Current),
        None => (version, Standing::Older),
    };
    let mut all: Vec<_> = known.into_iter().map(standing).chain(new).collect();
    all.sort_by_key(|(version, _)| *version);
    Ok(all)
}

fn listed(
    home: &Home,
    version: KeyVersion,
    standing: Standing,
    counted: &KeyProgress,
    there: &[KeyVersion],
) -> Listed {
    Listed {
        version,
        standing,
        uses: counted.of(version),
        file: home.key_file(version).display().to_string(),
        file_is_there: there.contains(&version),
    }
}

/// A version as it is listed.
#[derive(Serialize)]
struct Listed {
    version: KeyVersion,
    standing: Standing,
    #[serde(flatten)]
    uses: KeyUses,
    file: String,
    file_is_there: bool,
}

/// Where a version stands.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// Its file is there, and the registry has not taken it up.
    New,
    /// New serials hang on it.
    Current,
    /// It was current.
    Older,
    /// It is being dropped.
    Closed,
    /// Its file may be gone.
    Dropped,
}

fn row(listed: &Listed) -> Vec<String> {
    let standing = match listed.standing {
        Standing::New => "new: not taken up yet",
        Standing::Current => "current",
        Standing::Older if listed.uses.to_sweep() > 0 => "older: not swept yet",
        Standing::Older => "older: may be dropped",
        Standing::Closed => "closed: not dropped yet",
        Standing::Dropped => "dropped",
    };
    let file = match (listed.file_is_there, listed.standing) {
        (true, Standing::Dropped) => format!("{}, may be destroyed", listed.file),
        (true, _) => listed.file.clone(),
        (false, _) => "gone".to_owned(),
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
