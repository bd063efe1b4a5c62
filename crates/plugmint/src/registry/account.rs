//! Is this the owner?

use std::time::Duration;

use plugmint_core::derivation::{AccountHash, PasswordText, Stretching};
use plugmint_core::{Argon2Cost, PasswordClass, TemplateId};
use thiserror::Error;
use tracing::instrument;

use crate::attempts::{Throttled, Tried};
use crate::metrics::Begun;
use crate::stretch_pool::NotStretched;
use crate::{Fault, Source};

use super::Registry;

impl Registry {
    /// Whether a password is that of an account of the host's, such as an owner who works on their
    /// devices: under the attempt limits and on the pool that devices' passwords have.
    ///
    /// `account` is what the caller claims to be, such as an email; `hash` is `None` for one that
    /// is not there, which costs what one at the default cost does. Nothing is read or written.
    ///
    /// # Errors
    /// * [`AccountError::Throttled`], [`AccountError::Overloaded`]: ask again after the time that
    ///   they name; the password was not looked at.
    /// * [`AccountError::Fault`]
    #[instrument(level = "debug", skip_all, err(level = "debug"))]
    pub async fn verify_account(
        &self,
        source: Option<&Source>,
        account: &str,
        hash: Option<&AccountHash>,
        password: &str,
    ) -> Result<bool, AccountError> {
        let begun = Begun::of(self.0.metrics.as_ref().map(|metrics| &metrics.verify_account));
        let verified = self.hold_against(source, account, hash, password).await;
        begun.ends(&verified);
        verified
    }

    async fn hold_against(
        &self,
        source: Option<&Source>,
        account: &str,
        hash: Option<&AccountHash>,
        password: &str,
    ) -> Result<bool, AccountError> {
        self.ensure_open()?;
        let (class, now) = (Some(PasswordClass::Chosen), self.0.clock.now());
        let attempt = self.0.attempts.reserve(source, Tried::Account(account), class, now)?;
        let nobody = AccountHash::nobodys(Argon2Cost::DEFAULT);
        let password = PasswordText::of_any(password.as_bytes());
        let password = password.map_err(|_| super::drive::defect("a password of 4 GiB"))?;
        let job = hash.unwrap_or(&nobody).stretching(password);
        // All accounts take their turns as one template would.
        let stretched = self.0.pool.finish(&ACCOUNTS, Stretching::Slow(job)).await?;
        let is_right = hash.is_some_and(|hash| hash.matches(&stretched));
        if is_right {
            attempt.give_back();
        }
        Ok(is_right)
    }
}

/// No template has this id: it is not drawn.
const ACCOUNTS: TemplateId = TemplateId::from_parts([0; 12]);

/// Why the password of an account was not looked at.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Too many attempts were made, from this source or at this account.
    #[error("too many attempts: try again in {} s", retry_after.as_secs_f64().ceil())]
    Throttled {
        /// When there is another attempt.
        retry_after: Duration,
    },
    /// Too many passwords wait for a slow hash.
    #[error("too many attempts wait: try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// When there may be room.
        retry_after: Duration,
    },
    /// Nobody's fault who asked.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AccountError {
    /// Every [`code`](Self::code) but those of a [`Fault`], for who counts by it.
    pub(crate) const CODES: &'static [&'static str] = &["throttled", "overloaded"];

    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Overloaded { .. } => "overloaded",
            Self::Fault(fault) => fault.code(),
        }
    }

    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Overloaded { .. } => true,
            Self::Fault(fault) => fault.is_retryable(),
        }
    }

    /// How long to wait before the call is made again.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Overloaded { retry_after } => {
                Some(*retry_after)
            }
            Self::Fault(_) => None,
        }
    }
}

impl From<Throttled> for AccountError {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled { retry_after: throttled.retry_after }
    }
}

impl From<NotStretched> for AccountError {
    fn from(not: NotStretched) -> Self {
        match not {
            NotStretched::Overloaded { retry_after } => Self::Overloaded { retry_after },
            NotStretched::Fault(fault) => fault.into(),
        }
    }
}
