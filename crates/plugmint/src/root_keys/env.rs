//! A root key from the environment.

use std::env::{self, VarError};

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{InvalidRootKey, RootKey, RootLabel, RootMac};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{RootKeyError, RootKeys};

/// The root key of version 1, from 64 hex digits in a variable of the environment.
///
/// Whoever may read this process's environment may read the key: a file is safer.
#[derive(Debug)]
pub struct EnvRootKey(RootKey);

impl EnvRootKey {
    /// Reads the variable `name`.
    ///
    /// # Errors
    /// [`EnvKeyError`]; it never repeats the value.
    pub fn load(name: &str) -> Result<Self, EnvKeyError> {
        let text = match env::var(name) {
            Ok(text) => Zeroizing::new(text),
            Err(VarError::NotPresent) => {
                return Err(EnvKeyError::Missing { name: name.to_owned() });
            }
            Err(VarError::NotUnicode(_)) => {
                return Err(EnvKeyError::NotUnicode { name: name.to_owned() });
            }
        };
        match RootKey::parse(&text) {
            Ok(key) => Ok(Self(key)),
            Err(source) => Err(EnvKeyError::Invalid { name: name.to_owned(), source }),
        }
    }
}

#[async_trait]
impl RootKeys for EnvRootKey {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.versions()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        RootKeys::mac(&self.0, version, label).await
    }
}

/// Why a variable holds no root key.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum EnvKeyError {
    /// It is not set.
    #[error("the variable `{name}` is not set: expected 64 hex digits")]
    Missing {
        /// The variable.
        name: String,
    },
    /// It is not text.
    #[error("the variable `{name}` is not UTF-8: expected 64 hex digits")]
    NotUnicode {
        /// The variable.
        name: String,
    },
    /// It is not a root key.
    #[error("the variable `{name}` holds no root key")]
    Invalid {
        /// The variable.
        name: String,
        /// What is wrong with it.
        source: InvalidRootKey,
    },
}

impl EnvKeyError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "key-variable-missing",
            Self::NotUnicode { .. } | Self::Invalid { .. } => "key-variable-invalid",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let name = "PLUGMINT_TEST_NO_SUCH_VARIABLE";
        assert_eq!(
            EnvRootKey::load(name).unwrap_err(),
            EnvKeyError::Missing { name: name.to_owned() }
        );
    }

    #[test]
    fn a_variable_of_something_else_is_refused_and_not_repeated() {
        // PATH is set wherever tests run, and is no root key.
        let refusal = EnvRootKey::load("PATH").unwrap_err();
        assert!(matches!(refusal, EnvKeyError::Invalid { .. }));
        let path = env::var("PATH").unwrap();
        assert!(!format!("{refusal} {refusal:?}").contains(&path));
    }
}
