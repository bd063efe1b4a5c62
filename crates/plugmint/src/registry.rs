//! The registry: loads, lets the core decide, commits.

mod account;
mod authenticate;
mod builder;
mod controllers;
mod drive;
mod enroll;
mod explain;
mod feed;
mod forget;
mod grants;
mod history;
mod key_versions;
mod list;
mod look_up;
mod mark;
mod profile;
mod reading;
mod refusal;
mod register;
mod renew;
mod revoke;
mod templates;
mod unenroll;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use plugmint_core::{Argon2Cost, CompanyId, Installation};
use plugmint_store::Store;

use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::hooks::{Decider, Observer};
use crate::key_ring::{LiveKeys, Tags};
use crate::metrics::Metrics;
use crate::random::Random;
use crate::root_keys::RootKeys;
use crate::serial_queue::SerialQueue;
use crate::source_watch::SourceTable;
use crate::stretch_pool::{StretchLoad, StretchPool};
use crate::{Fault, keys};

pub use account::AccountError;
pub use authenticate::AuthenticateError;
pub use builder::{CreateError, OpenError, RegistryBuilder};
pub use controllers::{
    ControllerPage, EnrollControllerError, MarkControllerError, ReactivateControllerError,
};
pub use enroll::{EnrollError, OperatorEnrollError};
pub use explain::Explanation;
pub use feed::{Feed, FeedCursor, FeedEvent, InvalidFeedCursor};
pub use forget::{ForgetCursor, Forgotten};
pub use grants::{
    AddThingError, GrantError, GrantOf, GrantOn, GrantsOfPage, GrantsOnPage, ReleaseError,
};
pub use history::{HistoryBreak, KeptHead, VerifiedHistory, VerifyHistoryError};
pub use key_versions::{DropKeyError, KeyCursor, KeyProgress, KeyUses, RotateError, Swept};
pub use list::{ListError, SerialCounts, SerialFilter, SerialPage, SerialScope};
pub use look_up::{FindError, LookUpError};
pub use mark::{MarkError, RetireError};
pub use profile::SetProfileError;
pub use refusal::{PasswordError, Refusal, VerbError};
pub use register::{NewSerial, RegisterAllError, RegisterError};
pub use renew::{NewPasswords, NotTransferred, ReplaceControlError, ReplaceError, TransferError};
pub use revoke::RevokeError;
pub use templates::{
    ChangeTemplateError, CreateTemplateError, DeleteTemplateError, DeletionProgress, Living,
    TemplateClosed, TemplateDeletion,
};

/// What a server embeds: templates, serials, enrollment and authentication over a [`Store`].
///
/// A clone is another handle of the same registry. Every operation is an `async fn` that runs under
/// any async runtime and under `block_on`; none spawns a task. Each change is one commit: dropping
/// a future leaves it whole or not at all, and [`Fault`] says what asking again does.
///
/// The store is released when the last handle is dropped.
#[derive(Clone)]
pub struct Registry(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    /// The same store, when its records have tags.
    tags: Option<Arc<Tags>>,
    keys: LiveKeys,
    clock: Arc<dyn Clock>,
    random: Random,
    pool: StretchPool,
    attempts: Attempts,
    queue: SerialQueue,
    decider: Option<Arc<dyn Decider>>,
    observer: Option<Arc<dyn Observer>>,
    /// Made when the first source is noted: most hosts never do.
    sources: OnceLock<SourceTable>,
    /// `None` where nobody counts: then no clock is read either.
    metrics: Option<Box<Metrics>>,
    most_argon2: Argon2Cost,
    installation: Installation,
    closed: AtomicBool,
}

impl Registry {
    /// Settings for a registry over `store`.
    pub fn builder(store: Arc<dyn Store>) -> RegistryBuilder {
        RegistryBuilder::new(store)
    }

    /// Makes an empty registry in a store that holds none, with the default settings.
    ///
    /// # Errors
    /// Those of [`RegistryBuilder::create`].
    pub async fn create(
        store: Arc<dyn Store>,
        root_keys: &dyn RootKeys,
    ) -> Result<Self, CreateError> {
        Self::builder(store).create(root_keys).await
    }

    /// Whether a store holds a registry. No key is needed to know.
    ///
    /// # Errors
    /// [`Fault::Store`]
    pub async fn is_created(store: &dyn Store) -> Result<bool, Fault> {
        Ok(store.get(&keys::installation()?).await?.is_some())
    }

    /// Opens the registry that a store holds, with the default settings.
    ///
    /// # Errors
    /// Those of [`RegistryBuilder::open`].
    pub async fn open(store: Arc<dyn Store>, root_keys: &dyn RootKeys) -> Result<Self, OpenError> {
        Self::builder(store).open(root_keys).await
    }

    /// The company that templates belong to unless another one is named. It was drawn when the
    /// registry was created.
    #[must_use]
    pub fn company(&self) -> &CompanyId {
        self.0.installation.company()
    }

    /// Refuses new calls with [`Fault::Closed`], answers those that wait for a slow hash the same
    /// way, and returns when the threads of the pool have ended. Commits under way are finished by
    /// who waits for them. Closing twice does nothing more. The store is released when the last
    /// handle of the registry and of the store is dropped; a device that is told [`Fault::Closed`]
    /// may come again to the server's next start, so answer it as unavailable, not as refused.
    pub async fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.pool.close().await;
    }

    /// Whether calls can be served: the registry is open and its store answers.
    pub async fn is_ready(&self) -> bool {
        self.ensure_open().is_ok() && matches!(Self::is_created(&*self.0.store).await, Ok(true))
    }

    /// What the threads for slow hashing are at now: for a host's metrics, and for a load balancer.
    #[must_use]
    pub fn stretch_load(&self) -> StretchLoad {
        self.0.pool.load()
    }

    fn ensure_open(&self) -> Result<(), Fault> {
        if self.0.closed.load(Ordering::Acquire) { Err(Fault::Closed) } else { Ok(()) }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("company", self.company())
            .field("key_version", &self.key_version())
            .finish_non_exhaustive()
    }
}
