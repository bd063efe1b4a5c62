//! The one owner that settings name.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use async_trait::async_trait;
use plugmint::{AccountHash, Registry};
use plugmint_http::{Account, Claim, Owners, OwnersUnavailable};
use tracing::warn;

use crate::args::ServeArgs;
use crate::failure::{Failure, Kind};

/// The owner of all devices of the registry's own company.
#[derive(Debug)]
pub(crate) struct OneOwner(Account);

impl OneOwner {
    /// The one that a command line names, if it does.
    pub(crate) fn of(arguments: &ServeArgs, registry: &Registry) -> Result<Option<Self>, Failure> {
        let (Some(email), Some(file)) = (&arguments.owner_email, &arguments.owner_hash_file) else {
            return Ok(None);
        };
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::of(Kind::Store, "no-owner-hash", &error).about(file))?;
        let hash: AccountHash = text.trim().parse().map_err(|invalid| {
            let failure = Failure::of(Kind::Refused, "invalid-owner-hash", &invalid).about(file);
            failure.hint("`plugmint hash-password` prints one")
        })?;
        warn_of_everybody(file);
        Ok(Some(Self(Account::new(email.clone(), *registry.company(), hash))))
    }
}

/// Who may read the hash may guess at the password for as long as they like; who may write it says
/// who the owner is.
fn warn_of_everybody(file: &Path) {
    let Ok(metadata) = fs::metadata(file) else { return };
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o006 != 0 {
        let file = file.display();
        warn!("{file}: everybody may read or write it: its mode is {mode:04o}, expected 0600");
    }
}

#[async_trait]
impl Owners for OneOwner {
    async fn find(&self, claim: Claim<'_>) -> Result<Option<Account>, OwnersUnavailable> {
        let is_theirs = match claim {
            Claim::Email(email) => email.eq_ignore_ascii_case(self.0.name()),
            Claim::Company(company) => company == self.0.company(),
        };
        Ok(is_theirs.then(|| self.0.clone()))
    }
}
