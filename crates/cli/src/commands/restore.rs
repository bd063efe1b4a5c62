//! `plugmint restore`

use std::path::Path;

use plugmint::CompanyId;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::home::Home;
use crate::output::Output;

pub(crate) fn run(
    file: &Path,
    forget_revocations: bool,
    home: &Home,
    output: &Output,
) -> Result<(), Failure> {
    if !forget_revocations {
        let message = "every disable, retire and other revocation since the backup was made would \
                       be undone";
        let refused = Failure::new(Kind::Refused, "revocations", message).about(file);
        return Err(refused.hint("--forget-revocations restores it all the same"));
    }
    let registry = home.restore(file)?;
    let restored =
        Restored { file: shown(file), data: shown(home.data()), company: *registry.company() };
    output.show(&restored, |restored| {
        format!(
            "{} is restored in {}.\nEvery disable, retire and other revocation since it was made \
             is undone: revoke again what must stay so.",
            restored.file, restored.data
        )
    })
}

#[derive(Serialize)]
struct Restored {
    file: String,
    data: String,
    company: CompanyId,
}

/// A path as far as it is text.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
