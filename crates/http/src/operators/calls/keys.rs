//! Versions of the root key.

use std::sync::Arc;

use axum::Router;
use plugmint::{KeyProgress, KeyStanding, KeyVersion, Outcome};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};
use crate::operators::{OperatorError, OperatorsHost};

call! {
    /// The versions that the registry knows,
    /// [`Registry::key_versions`](plugmint::Registry::key_versions), and those that the host has
    /// besides; oldest first.
    ListKeys("key/list") => Vec<ListedKey>;
    {}
    |_call, operators| {
        let registry = operators.registry();
        let (known, current) = (registry.key_versions().await?, registry.key_version());
        let there = match &operators.host {
            Some(host) => Some(host.root_keys().await?.versions()),
            None => None,
        };
        let new = there.iter().flatten().filter(|new| known.iter().all(|(known, _)| known != *new));
        let new: Vec<_> = new.map(|version| (*version, VersionStanding::New)).collect();
        let known = known.into_iter().map(|(version, standing)| match standing {
            Some(KeyStanding::Dropped) => (version, VersionStanding::Dropped),
            Some(KeyStanding::Closed) => (version, VersionStanding::Closed),
            None if version == current => (version, VersionStanding::Current),
            None => (version, VersionStanding::Older),
        });
        let mut all: Vec<_> = known.chain(new).collect();
        all.sort_by_key(|(version, _)| *version);
        let listed = all.into_iter().map(|(version, standing)| ListedKey {
            version,
            standing,
            place: operators.host.as_ref().map(|host| host.root_key_place(version)),
            is_there: there.as_ref().map(|there| there.contains(&version)),
        });
        listed.collect()
    }
}

/// A version of the root key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ListedKey {
    /// Which one.
    pub version: KeyVersion,
    /// Where it stands.
    pub standing: VersionStanding,
    /// Where its root lies, if the host says so.
    pub place: Option<String>,
    /// Whether its root is there, if the host says so.
    pub is_there: Option<bool>,
}

/// Where a version of the root key stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "an operator must know what to do with each")]
pub enum VersionStanding {
    /// Its root is there, and the registry has not taken it up.
    New,
    /// New serials hang on it.
    Current,
    /// It was current.
    Older,
    /// It is being dropped.
    Closed,
    /// Its root may be gone.
    Dropped,
}

call! {
    /// Counts what lies under each version:
    /// [`Registry::key_progress`](plugmint::Registry::key_progress) to the end; tells what it has
    /// counted.
    CountKeys("key/count") while KeyProgress => KeyProgress;
    {}
    |_call, operators, steps| {
        let registry = operators.registry();
        let (mut counted, mut next) = registry.key_progress(None).await?;
        while let Some(after) = next {
            steps.tell(counted.clone()).await?;
            let (more, behind) = registry.key_progress(Some(&after)).await?;
            counted += more;
            next = behind;
        }
        counted
    }
}

call! {
    /// Takes up the root key of the next version, which the host makes unless it is there:
    /// [`Registry::rotate_root_key`](plugmint::Registry::rotate_root_key).
    AddKey("key/add") => AddedKey;
    {}
    |_call, operators| {
        let (registry, host) = (operators.registry(), operators.host()?);
        let current = registry.key_version();
        let newest = host.root_keys().await?.versions().into_iter().max();
        let found = newest.filter(|newest| *newest > current);
        let version = match found {
            Some(version) => version,
            None => made_next(host, current).await?,
        };
        let keys = host.root_keys().await?;
        let rotated = registry.rotate_root_key(&*keys).await.map_err(OperatorError::from);
        let outcome = rotated.map_err(|error| {
            let place = host.root_key_place(error.key_version().unwrap_or(version));
            error.about(&place)
        })?;
        AddedKey { version, outcome, made: found.is_none(), place: host.root_key_place(version) }
    }
}

async fn made_next(
    host: &dyn OperatorsHost,
    current: KeyVersion,
) -> Result<KeyVersion, OperatorError> {
    let next = current.next().ok_or_else(|| {
        let message = "there is no version of the root key behind the last one";
        OperatorError::refused("no-next-root-key", message)
    })?;
    host.make_root_key(next).await?;
    Ok(next)
}

/// A root key that was taken up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AddedKey {
    /// Its version, which is current now.
    pub version: KeyVersion,
    /// Whether it was not before.
    pub outcome: Outcome,
    /// Whether it was made for this.
    pub made: bool,
    /// Where it lies.
    pub place: String,
}

call! {
    /// Brings everything under the current version:
    /// [`Registry::sweep_keys`](plugmint::Registry::sweep_keys) to the end. Tells how many records
    /// were rewritten by now.
    SweepKeys("key/sweep") while u64 => SweptKeys;
    {}
    |_call, operators, steps| {
        let registry = operators.registry();
        let (mut rewritten, mut next) = (0, None);
        loop {
            let swept = registry.sweep_keys(next.as_ref()).await?;
            rewritten += swept.rewritten;
            next = swept.next;
            if next.is_none() {
                let version = registry.key_version();
                // What was asked for is done; where the rest cannot be read, that is still so.
                let known = registry.key_versions().await.unwrap_or_default().into_iter();
                let older = known.filter(|(older, standing)| {
                    *older < version && *standing != Some(KeyStanding::Dropped)
                });
                let older = older.map(|(older, _)| older).collect();
                break SweptKeys { rewritten, version, older };
            }
            steps.tell(rewritten).await?;
        }
    }
}

/// What a sweep did.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SweptKeys {
    /// How many records were rewritten.
    pub rewritten: u64,
    /// Under which version.
    pub version: KeyVersion,
    /// The older versions that are not dropped yet.
    pub older: Vec<KeyVersion>,
}

call! {
    /// Gives a version up: [`Registry::drop_root_key`](plugmint::Registry::drop_root_key).
    DropKey("key/drop") => DroppedKey;
    {
        /// Which one.
        version: KeyVersion,
    }
    |call, operators| {
        let outcome = operators.registry().drop_root_key(call.version).await?;
        DroppedKey {
            outcome,
            place: operators.host.as_ref().map(|host| host.root_key_place(call.version)),
        }
    }
}

/// A version of the root key that is needed no more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DroppedKey {
    /// Whether it was needed before.
    pub outcome: Outcome,
    /// Where its root lies or lay, if the host says so.
    pub place: Option<String>,
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<ListKeys>()
        .serves::<CountKeys>()
        .serves::<AddKey>()
        .serves::<SweepKeys>()
        .serves::<DropKey>()
}
