//! The key of tags.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroize;

use crate::{Key, Record};

/// A key that tags are made under, and its version. Its state is wiped when it is dropped.
pub struct TagKey {
    version: u32,
    /// In one place from the start: moving it leaves no copy behind.
    mac: Box<Hmac<Sha256>>,
    end: Option<Key>,
}

impl TagKey {
    /// The key of that version, which should be 32 random bytes or derived from such; zeros are
    /// left where they were.
    #[must_use]
    pub fn take(version: u32, bytes: &mut [u8; 32]) -> Self {
        // RFC 2104 pads a short key with zeros to the block of 64 bytes. Giving HMAC the whole
        // block has no case that could fail.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(bytes.iter()).for_each(|(to, from)| *to = *from);
        bytes.zeroize();
        let mac = Hmac::new(&block);
        block.as_mut_slice().zeroize();
        Self { version, mac: Box::new(mac), end: None }
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
        let mac: [u8; 32] = self.mac(key, value).finalize().into_bytes().into();
        let mut tag = [0; TAG_LEN];
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
        let (_, tag) = tag.split_at(VERSION_LEN);
        self.mac(key, value).verify_truncated_left(tag).is_ok()
    }

    /// Allocates nothing: the state of the key is copied.
    fn mac(&self, key: &Key, value: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::clone(&self.mac);
        for part in [LABEL, key.as_bytes(), value] {
            // INVARIANT: keys are short, and no backend takes a value of 4 GiB.
            let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
            mac.update(&len.to_be_bytes());
            mac.update(part);
        }
        mac
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

/// The bytes that stand behind each value: the version of the key, and the tag under it.
pub const TAG_LEN: usize = VERSION_LEN + 16;
