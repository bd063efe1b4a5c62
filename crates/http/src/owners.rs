//! Who owns the devices of a company.

use async_trait::async_trait;
use plugmint::{AccountHash, CompanyId};
use thiserror::Error;

/// The accounts of a host's: who may do with the devices of a company what its owner may.
///
/// It says who is there, and proves nothing: the password is held against the hash under the
/// attempt limits of the registry, and on its threads for slow hashing.
#[async_trait]
pub trait Owners: Send + Sync {
    /// The account that somebody claims; `None` when there is none.
    ///
    /// # Errors
    /// [`OwnersUnavailable`] when it cannot be said now: the caller is told to come again.
    async fn find(&self, claim: Claim<'_>) -> Result<Option<Account>, OwnersUnavailable>;
}

/// Whose password somebody claims to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a host must know each")]
pub enum Claim<'a> {
    /// That of the account with an email address.
    Email(&'a str),
    /// That of the owner of a company, one of whose devices was named.
    Company(&'a CompanyId),
}

/// Somebody who owns devices.
#[derive(Clone, Debug)]
pub struct Account {
    name: String,
    company: CompanyId,
    hash: AccountHash,
}

impl Account {
    /// `name` is the same however the account was claimed: attempts at its password are counted by
    /// it.
    #[must_use]
    pub fn new(name: impl Into<String>, company: CompanyId, hash: AccountHash) -> Self {
        Self { name: name.into(), company, hash }
    }

    /// What attempts at its password are counted by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose devices it owns.
    #[must_use]
    pub const fn company(&self) -> &CompanyId {
        &self.company
    }

    /// What its password is held against.
    #[must_use]
    pub const fn hash(&self) -> &AccountHash {
        &self.hash
    }
}

/// It cannot be said now who owns what.
#[derive(Debug, Error)]
#[error("the accounts cannot be looked up: {0}")]
pub struct OwnersUnavailable(#[source] Box<dyn std::error::Error + Send + Sync>);

impl OwnersUnavailable {
    /// For that reason.
    pub fn new(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Nobody owns anything over HTTP: devices alone are served.
#[derive(Clone, Copy, Debug, Default)]
pub struct NobodyOwns;

#[async_trait]
impl Owners for NobodyOwns {
    async fn find(&self, _: Claim<'_>) -> Result<Option<Account>, OwnersUnavailable> {
        Ok(None)
    }
}
