//! Versions of the root key.

use std::sync::Arc;

use axum::Router;
use plugmint::{KeyProgress, KeyStanding, KeyVersion, Outcome};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};

call! {
    /// The versions that the registry knows: [`Registry::key_versions`](plugmint::Registry::key_versions).
    KeyVersions("key/versions") => KnownKeys;
    {}
    |_call, operators| {
        let registry = operators.registry();
        KnownKeys { versions: registry.key_versions().await?, current: registry.key_version() }
    }
}

/// The versions of the root key that a registry knows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KnownKeys {
    /// Each, and where it stands if it is no longer in use; oldest first.
    pub versions: Vec<(KeyVersion, Option<KeyStanding>)>,
    /// New serials hang on it.
    pub current: KeyVersion,
}

call! {
    /// Counts what lies under each version: [`Registry::key_progress`](plugmint::Registry::key_progress)
    /// to the end; tells what it has counted.
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
    /// Takes up the root key of the next version, which the host has:
    /// [`Registry::rotate_root_key`](plugmint::Registry::rotate_root_key).
    RotateKey("key/rotate") => Outcome;
    {}
    |_call, operators| {
        let keys = operators.host()?.root_keys().await?;
        operators.registry().rotate_root_key(&*keys).await?
    }
}

call! {
    /// Brings everything under the current version:
    /// [`Registry::sweep_keys`](plugmint::Registry::sweep_keys) to the end. Tells how many records were
    /// rewritten by now.
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
                break SweptKeys { rewritten, version: registry.key_version() };
            }
            steps.tell(rewritten).await?;
        }
    }
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SweptKeys {
    /// How many records were rewritten.
    pub rewritten: u64,
    /// Under which version.
    pub version: KeyVersion,
}

call! {
    /// Gives a version up: [`Registry::drop_root_key`](plugmint::Registry::drop_root_key).
    DropKey("key/drop") => Outcome;
    {
        /// Which one.
        version: KeyVersion,
    }
    |call, operators| operators.registry().drop_root_key(call.version).await?
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<KeyVersions>()
        .serves::<CountKeys>()
        .serves::<RotateKey>()
        .serves::<SweepKeys>()
        .serves::<DropKey>()
}
