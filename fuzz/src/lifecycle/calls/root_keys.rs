//! What happens to root keys.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use plugmint::{DropKeyError, RotateError};
use plugmint_store::TAG_LEN;
use pollster::block_on;

use crate::lifecycle::command::{Device, OfRootKeys, SERIALS};
use crate::lifecycle::roots::version;
use crate::lifecycle::{Answers, World, said};

impl World {
    pub(super) fn of_root_keys(&mut self, command: OfRootKeys) -> Answers {
        match command {
            OfRootKeys::Rotate { offer } => {
                let done = block_on(self.registry.rotate_root_key(&self.model.offered(offer)));
                (said(done, RotateError::code), self.model.rotate(offer).to_owned())
            }
            OfRootKeys::Sweep => {
                let expected = self.to_sweep().len();
                self.model.sweep();
                let swept = self.sweep();
                assert!(self.to_sweep().is_empty());
                (format!("{swept}"), format!("{expected}"))
            }
            OfRootKeys::Drop { version: number } => {
                let is_tagged_under = self.tags().values().any(|tag| *tag == number);
                let done = block_on(self.registry.drop_root_key(version(number)));
                let expected = self.model.drop_root_key(number, is_tagged_under);
                (said(done, DropKeyError::code), expected.to_owned())
            }
        }
    }

    fn sweep(&self) -> u64 {
        let (mut rewritten, mut after) = (0, None);
        loop {
            let swept = block_on(self.registry.sweep_keys(after.as_ref())).unwrap();
            rewritten += swept.rewritten;
            after = swept.next;
            if after.is_none() {
                return rewritten;
            }
        }
    }

    /// The keys of the records in which something lies under an older version.
    fn to_sweep(&self) -> BTreeSet<Vec<u8>> {
        let current = self.model.versions.current;
        let tagged = self.tags().into_iter().filter(|(_, version)| *version < current);
        let sealed = (1..current).flat_map(|version| self.model.sealed_under(version));
        let sealed = sealed.map(|device| self.key_of(device));
        tagged.map(|(key, _)| key).chain(sealed).collect()
    }

    /// Under which version each record is tagged, as it lies in the store.
    pub(in crate::lifecycle) fn tags(&self) -> BTreeMap<Vec<u8>, u32> {
        if !self.tagged {
            return BTreeMap::new();
        }
        let records = block_on(self.store.scan(b"", None, NonZeroUsize::MAX)).unwrap();
        // What is known of root keys has no tag.
        let tagged = records.iter().filter(|(key, _)| !b"kvw".contains(&key.as_bytes()[0]));
        let tags = tagged.map(|(key, record)| {
            let value = record.value();
            let (version, _) = value[value.len() - TAG_LEN..].split_first_chunk().unwrap();
            (key.as_bytes().to_vec(), u32::from_be_bytes(*version))
        });
        tags.collect()
    }

    /// Where a serial lies.
    fn key_of(&self, Device { template, serial }: Device) -> Vec<u8> {
        [b"s", &self.templates[template].body()[..], SERIALS[serial].as_bytes()].concat()
    }
}
