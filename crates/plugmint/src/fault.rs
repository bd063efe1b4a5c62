//! What can go wrong in any operation.

use std::error::Error as StdError;

use plugmint_core::derivation::{Unsealable, UnsealableKeptKeys};
use plugmint_core::{Argon2Cost, InvalidRecord, KeyVersion, PlugId};
use plugmint_store::{DoubledKey, InvalidKey, StoreError};
use thiserror::Error;

/// A failure that is nobody's fault who asked: the same for every operation.
///
/// After any of them what was asked happened whole or not at all. Asking again is safe: a repeat
/// gives the same credentials or says that it was done already. Some answers differ, because what
/// was asked for is told once: a template that is created again is another one; a template that
/// never repeats credentials, and an enrollment by an operator, say `AlreadyEnrolled`; a device
/// that took itself off is a stranger then. `docs/lifecycle.md` has all of them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Fault {
    /// [`Registry::close`](crate::Registry::close) was called.
    #[error("the registry is closed")]
    Closed,
    /// Others changed the same records each time between reading and writing. Nothing happened.
    #[error("the records kept changing: gave up after {tries} tries")]
    Contended {
        /// How often it was tried.
        tries: u32,
    },
    /// The store failed. What was asked happened whole or not at all.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored record does not hold what plugmint wrote. Nothing happened.
    #[error(transparent)]
    Record(#[from] InvalidRecord),
    /// A record hangs on a root key that this registry was not given. Nothing happened.
    #[error("root key version {version} is missing: expected it among the root keys")]
    MissingRootKey {
        /// The version of that key.
        version: KeyVersion,
    },
    /// A template's Argon2id costs more than this registry allows, see
    /// [`with_most_argon2`](crate::RegistryBuilder::with_most_argon2). Nothing was hashed, and
    /// nothing happened.
    #[error("an argon2 cost of {found}: expected at most {most}")]
    TooCostly {
        /// What the template asks for.
        found: Argon2Cost,
        /// The most of each that this registry allows.
        most: Argon2Cost,
    },
    /// There is no memory for one Argon2id of the template's cost. Nothing happened.
    #[error("there is no memory for an argon2id of {memory_kib} KiB")]
    OutOfMemory {
        /// What one hash of the template takes.
        memory_kib: u32,
    },
    /// Two serials came to one Plug-ID, which 96 bits of an HMAC all but exclude, or a record
    /// stands where none should. Nothing happened.
    #[error("the plug-id `{plug_id}` is another serial's")]
    PlugIdTaken {
        /// The Plug-ID.
        plug_id: PlugId,
    },
    /// A sealed enroll key does not open: it was changed, or moved from another serial. Nothing
    /// happened.
    #[error("the sealed enroll key does not open")]
    SealedKey(#[source] Unsealable),
    /// The kept keys of an older version of the root key do not open: they were changed, or are
    /// another version's. Nothing happened.
    #[error("the kept keys of root key version {version} do not open")]
    KeptKeys {
        /// The version.
        version: KeyVersion,
        /// What does not open.
        source: UnsealableKeptKeys,
    },
    /// The random source failed. Nothing happened.
    #[error("the random source failed")]
    Random(#[source] Box<dyn StdError + Send + Sync>),
    /// plugmint has broken a rule of its own. Nothing happened; please report it.
    #[error("plugmint has a defect")]
    Defect(#[source] Box<dyn StdError + Send + Sync>),
}

impl Fault {
    /// Every [`code`](Self::code), for who counts by it.
    pub(crate) const CODES: &'static [&'static str] = &[
        "closed",
        "contended",
        "store",
        "invalid-record",
        "missing-root-key",
        "too-costly",
        "out-of-memory",
        "plug-id-taken",
        "sealed-key",
        "kept-keys",
        "random",
        "defect",
    ];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Contended { .. } => "contended",
            Self::Store(_) => "store",
            Self::Record(_) => "invalid-record",
            Self::MissingRootKey { .. } => "missing-root-key",
            Self::TooCostly { .. } => "too-costly",
            Self::OutOfMemory { .. } => "out-of-memory",
            Self::PlugIdTaken { .. } => "plug-id-taken",
            Self::SealedKey(_) => "sealed-key",
            Self::KeptKeys { .. } => "kept-keys",
            Self::Random(_) => "random",
            Self::Defect(_) => "defect",
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Contended { .. } | Self::OutOfMemory { .. } => true,
            Self::Store(error) => error.is_transient(),
            Self::Closed
            | Self::Record(_)
            | Self::MissingRootKey { .. }
            | Self::TooCostly { .. }
            | Self::PlugIdTaken { .. }
            | Self::SealedKey(_)
            | Self::KeptKeys { .. }
            | Self::Random(_)
            | Self::Defect(_) => false,
        }
    }
}

impl From<InvalidKey> for Fault {
    fn from(invalid: InvalidKey) -> Self {
        Self::Defect(invalid.into())
    }
}

impl From<DoubledKey> for Fault {
    fn from(doubled: DoubledKey) -> Self {
        Self::Defect(doubled.into())
    }
}

impl From<Unsealable> for Fault {
    fn from(unsealable: Unsealable) -> Self {
        Self::Defect(unsealable.into())
    }
}
