//! Root keys from the environment.

use std::env;
use std::ffi::OsString;

use async_trait::async_trait;
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{InvalidRootKey, RootKey, RootLabel, RootMac};
use thiserror::Error;
use zeroize::Zeroizing;

use super::held::{HeldKeys, Suffix};
use super::{RootKeyError, RootKeys};

/// Root keys from variables of the environment, each of 64 hex digits: version 1 from `NAME`,
/// version 2 from `NAME_2`, and so on.
///
/// A version whose variable is not set is not answered for. What is behind `NAME_` and no number is
/// nobody's key and not read; a number that is no version from 2 up, such as `NAME_02`, is refused,
/// because a key that was meant would be missing.
///
/// Whoever may read this process's environment may read the keys: a file is safer.
#[derive(Debug)]
pub struct EnvRootKeys(HeldKeys);

impl EnvRootKeys {
    /// Reads the variable `name` and those of the later versions.
    ///
    /// # Errors
    /// [`EnvKeyError`], which names the variable at fault and never repeats a value.
    pub fn load(name: &str) -> Result<Self, EnvKeyError> {
        Self::of_variables(name, env::vars_os())
    }

    fn of_variables(
        name: &str,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, EnvKeyError> {
        let mut found = Vec::new();
        for (variable, value) in variables {
            let Some(variable) = variable.to_str() else { continue };
            let version = match version_of(variable, name) {
                Suffix::Version(version) => version,
                Suffix::NoVersion => {
                    return Err(EnvKeyError::NoVersion { name: variable.to_owned() });
                }
                Suffix::Other => continue,
            };
            let value = Zeroizing::new(value.into_encoded_bytes());
            found.push((version, variable.to_owned(), value));
        }
        if found.is_empty() {
            return Err(EnvKeyError::Missing { name: name.to_owned() });
        }
        // Sorted, so that it is the later of two with the same key that is named.
        found.sort_by_key(|(version, _, _)| *version);
        let mut keys = HeldKeys::default();
        for (version, name, value) in found {
            let Ok(text) = str::from_utf8(&value) else {
                return Err(EnvKeyError::NotUnicode { name });
            };
            match RootKey::parse(text).map(|key| keys.add(version, key)) {
                Ok(Ok(())) => {}
                Ok(Err(same_as)) => return Err(EnvKeyError::SameKey { name, same_as }),
                Err(source) => return Err(EnvKeyError::Invalid { name, source }),
            }
        }
        Ok(Self(keys))
    }
}

#[async_trait]
impl RootKeys for EnvRootKeys {
    fn versions(&self) -> Vec<KeyVersion> {
        self.0.versions()
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        self.0.mac(version, label)
    }
}

/// Why the environment holds no root keys.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum EnvKeyError {
    /// Neither it nor that of a later version is set.
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
    /// It holds the key of another version.
    #[error("the variable `{name}` holds the key of version {same_as}: expected another one")]
    SameKey {
        /// The variable.
        name: String,
        /// The version with the same key.
        same_as: KeyVersion,
    },
    /// The number at its end is no version.
    #[error("the variable `{name}` ends in no version: expected a number from 2 up, no zero ahead")]
    NoVersion {
        /// The variable.
        name: String,
    },
}

impl EnvKeyError {
    /// What a host switches on. Its meaning never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "key-variable-missing",
            Self::NotUnicode { .. } | Self::Invalid { .. } => "key-variable-invalid",
            Self::SameKey { .. } => "key-variable-repeated",
            Self::NoVersion { .. } => "key-variable-misnamed",
        }
    }
}

/// Which version the key in a variable is of.
fn version_of(variable: &str, name: &str) -> Suffix {
    match variable.strip_prefix(name) {
        Some("") => Suffix::Version(KeyVersion::FIRST),
        Some(rest) => rest.strip_prefix('_').map_or(Suffix::Other, Suffix::of),
        None => Suffix::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Vec<u32>, EnvKeyError> {
        let variables = variables.iter().map(|(name, digits)| (name.into(), of(digits)));
        let keys = EnvRootKeys::of_variables("ROOT", variables)?;
        Ok(keys.versions().into_iter().map(KeyVersion::number).collect())
    }

    fn of(digits: &str) -> OsString {
        digits.repeat(32).into()
    }

    #[test]
    fn every_version_is_found_whatever_is_missing_between() {
        assert_eq!(load(&[("ROOT", "5a")]), Ok(vec![1]));
        assert_eq!(
            load(&[("ROOT_12", "5c"), ("ROOT", "5a"), ("ROOT_2", "5b")]),
            Ok(vec![1, 2, 12])
        );
        assert_eq!(load(&[("ROOT_3", "5a")]), Ok(vec![3]));
    }

    #[test]
    fn each_version_answers_with_its_own_key() {
        let variables = [("ROOT".into(), of("5a")), ("ROOT_2".into(), of("5b"))];
        let keys = EnvRootKeys::of_variables("ROOT", variables.into_iter()).unwrap();
        for (version, digits) in [(1, "5a"), (2, "5b")] {
            let version = KeyVersion::new(version).unwrap();
            let mac = pollster::block_on(keys.mac(version, RootLabel::Auth)).unwrap();
            let expected = RootKey::parse(&digits.repeat(32)).unwrap().mac(RootLabel::Auth);
            assert_eq!(mac.expose_bytes(), expected.expose_bytes());
        }
        let absent = KeyVersion::new(3).unwrap();
        let error = pollster::block_on(keys.mac(absent, RootLabel::Auth)).unwrap_err();
        assert_eq!(error.version(), absent);
    }

    #[test]
    fn what_is_no_version_of_the_name_is_not_read() {
        let others =
            [("ROOT_FILE", ""), ("ROOT_2_OLD", ""), ("ROOT2", ""), ("ROO", ""), ("xROOT", "")];
        assert_eq!(load(&others), Err(EnvKeyError::Missing { name: "ROOT".to_owned() }));
    }

    #[test]
    fn a_number_that_is_no_version_is_refused() {
        for name in ["ROOT_0", "ROOT_1", "ROOT_02", "ROOT_4294967296"] {
            let refused = EnvKeyError::NoVersion { name: name.to_owned() };
            assert_eq!(load(&[("ROOT", "5a"), (name, "5b")]), Err(refused));
        }
    }

    #[test]
    fn two_versions_of_one_key_are_refused() {
        let same_as = KeyVersion::FIRST;
        let refused = EnvKeyError::SameKey { name: "ROOT_2".to_owned(), same_as };
        assert_eq!(load(&[("ROOT_2", "5A"), ("ROOT", "5a")]), Err(refused));
    }

    #[test]
    fn the_variable_at_fault_is_named() {
        let source = InvalidRootKey::WrongLength { found: 0 };
        let refused = EnvKeyError::Invalid { name: "ROOT_2".to_owned(), source };
        assert_eq!(load(&[("ROOT", "5a"), ("ROOT_2", "")]), Err(refused));
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_refused() {
        let value = std::os::unix::ffi::OsStringExt::from_vec(vec![0xff; 64]);
        let loaded = EnvRootKeys::of_variables("ROOT", [("ROOT".into(), value)].into_iter());
        assert!(matches!(loaded, Err(EnvKeyError::NotUnicode { .. })));
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let name = "PLUGMINT_TEST_NO_SUCH_VARIABLE";
        assert_eq!(
            EnvRootKeys::load(name).unwrap_err(),
            EnvKeyError::Missing { name: name.to_owned() }
        );
    }

    #[test]
    fn a_variable_of_something_else_is_refused_and_not_repeated() {
        // PATH is set wherever tests run, and is no root key.
        let refusal = EnvRootKeys::load("PATH").unwrap_err();
        assert!(matches!(refusal, EnvKeyError::Invalid { .. }));
        let path = env::var("PATH").unwrap();
        assert!(!format!("{refusal} {refusal:?}").contains(&path));
    }
}
