//! The key of tags.

use std::fmt;

use plugmint_mac::MacKey;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::{Key, Record};

/// A key that tags are made under, and its version. Its state is wiped when it is dropped.
pub struct TagKey {
    version: u32,
    mac: MacKey,
    end: Option<Key>,
}

impl TagKey {
    /// The key of that version, which should be 32 random bytes or derived from such; wiping them
    /// is the caller's.
    #[must_use]
    pub fn new(version: u32, bytes: &[u8; 32]) -> Self {
        Self { version, mac: MacKey::new(bytes), end: None }
    }

    /// Once a record stands under `end`, no commit is tagged under this key: each demands that
    /// there be none. So what was not tagged under it when that record came never will be.
    #[must_use]
    pub fn ended_by(self, end: Key) -> Self {
        Self { end: Some(end), ..self }
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    pub(super) const fn end(&self) -> Option<&Key> {
        self.end.as_ref()
    }

    /// What stands behind a value: the version, and the tag under it.
    pub(super) fn tag(&self, key: &Key, value: &[u8]) -> [u8; TAG_LEN] {
        let mut tag = [0; TAG_LEN];
        let mac = self.mac(key, value).to_be_bytes();
        let bytes = self.version.to_be_bytes().into_iter().chain(mac);
        tag.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        tag
    }

    /// Whether a tag names this version.
    pub(super) fn made(&self, tag: &[u8; TAG_LEN]) -> bool {
        tag.starts_with(&self.version.to_be_bytes())
    }

    /// Whether a tag of this version is the one of that value under that key; constant time.
    pub(super) fn verifies(&self, key: &Key, value: &[u8], tag: &[u8; TAG_LEN]) -> bool {
        let told = tag.last_chunk().copied().map(u128::from_be_bytes);
        let mut right = self.mac(key, value);
        let is_right = told.is_some_and(|told| right.ct_eq(&told).into());
        right.zeroize();
        is_right
    }

    /// What of the MAC is kept, as a number: to compare that has one barrier, and not one for each
    /// byte. Allocates nothing.
    fn mac(&self, key: &Key, value: &[u8]) -> u128 {
        let mut whole = [0; 32];
        self.mac.mac_into(&mut whole, |message| {
            for part in [LABEL, key.as_bytes(), value] {
                // INVARIANT: keys are short, and no backend takes a value of 4 GiB.
                let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
                message.put(&len.to_be_bytes());
                message.put(part);
            }
        });
        let kept = whole.first_chunk().copied().map_or(0, u128::from_be_bytes);
        whole.as_mut_slice().zeroize();
        kept
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagKey").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Which version the tag of a record names, as a store under the tags gives it; `None` for one that
/// is too short to have a tag. Nothing is verified.
#[must_use]
pub fn tag_version(record: &Record) -> Option<u32> {
    let tag = record.value().last_chunk::<TAG_LEN>()?;
    tag.first_chunk().copied().map(u32::from_be_bytes)
}

const LABEL: &[u8] = b"plugmint/v1/record-tag";

const VERSION_LEN: usize = 4;

/// The bytes of a `u128`.
const MAC_LEN: usize = 16;

/// The bytes that stand behind each value: the version of the key, and the tag under it.
pub const TAG_LEN: usize = VERSION_LEN + MAC_LEN;
