//! Root keys at hand, and how their versions are named.

use std::collections::BTreeMap;

use plugmint_core::KeyVersion;
use plugmint_core::derivation::{RootKey, RootLabel, RootMac};

use super::RootKeyError;

/// Root keys by version, no two of them the same.
#[derive(Debug, Default)]
pub(super) struct HeldKeys(BTreeMap<KeyVersion, RootKey>);

impl HeldKeys {
    /// One key, of version 1.
    pub(super) fn first(key: RootKey) -> Self {
        Self([(KeyVersion::FIRST, key)].into())
    }

    /// Adds the key of a version, or names the version that has the same key.
    pub(super) fn add(&mut self, version: KeyVersion, key: RootKey) -> Result<(), KeyVersion> {
        let check = |key: &RootKey| key.mac(RootLabel::KeyCheck).into_key_check();
        let of_this = check(&key);
        if let Some((same, _)) = self.0.iter().find(|(_, held)| check(held).matches(&of_this)) {
            return Err(*same);
        }
        self.0.insert(version, key);
        Ok(())
    }

    pub(super) fn versions(&self) -> Vec<KeyVersion> {
        self.0.keys().copied().collect()
    }

    pub(super) fn mac(
        &self,
        version: KeyVersion,
        label: RootLabel,
    ) -> Result<RootMac, RootKeyError> {
        let key = self.0.get(&version);
        key.map(|key| key.mac(label))
            .ok_or_else(|| RootKeyError::new(version, "there is no key of that version"))
    }
}

/// What stands behind the name of version 1, and a separator, in a name beside it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Suffix {
    /// The number of a version from 2 up, as it is written.
    Version(KeyVersion),
    /// Digits that are no such number: 0, 1, 02, or one beyond the last.
    NoVersion,
    /// Something else, which is nobody's key: `bak`, `2.old`.
    Other,
}

impl Suffix {
    pub(super) fn of(text: &str) -> Self {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Other;
        }
        match text.parse().ok().and_then(KeyVersion::new) {
            Some(version) if version > KeyVersion::FIRST && version.to_string() == text => {
                Self::Version(version)
            }
            _ => Self::NoVersion,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_beside_the_first_is_a_number_from_2_up() {
        for number in [2, 3, 10, 4_294_967_295] {
            let version = KeyVersion::new(number).unwrap();
            assert_eq!(Suffix::of(&number.to_string()), Suffix::Version(version));
        }
        for text in ["0", "1", "00", "02", "4294967296", "99999999999999999999999"] {
            assert_eq!(Suffix::of(text), Suffix::NoVersion, "{text}");
        }
        for text in ["", "x", "2.bak", "+2", "-2", " 2", "2 ", "2\n", "\u{662}"] {
            assert_eq!(Suffix::of(text), Suffix::Other, "{text:?}");
        }
    }
}
