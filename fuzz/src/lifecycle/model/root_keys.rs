//! What becomes of root keys.

use std::collections::BTreeSet;

use plugmint::StageName;

use crate::lifecycle::command::{Device, MOST_VERSIONS, Offer};
use crate::lifecycle::roots::Roots;

use super::Model;

/// Versions of the root key, from 1 up.
#[derive(Debug)]
pub struct Versions {
    /// The highest.
    pub current: u32,
    /// Those that were dropped.
    pub dropped: BTreeSet<u32>,
}

impl Model {
    /// The root keys that are there.
    pub(in crate::lifecycle) fn roots(&self) -> Roots {
        let all = 1..=self.versions.current;
        Roots::of(all.filter(|version| !self.versions.dropped.contains(version)))
    }

    /// Those that a rotation is given.
    pub(in crate::lifecycle) fn offered(&self, offer: Offer) -> Roots {
        let (roots, current) = (self.roots(), self.versions.current);
        match offer {
            Offer::Next if current == MOST_VERSIONS => roots,
            Offer::Next => roots.and(current + 1),
            Offer::Known => roots,
            Offer::Beyond => roots.and(current + 2),
            Offer::NextTwo => roots.and(current + 1).and(current + 2),
            Offer::Same => roots.and_as(current + 1, current),
            Offer::Other => roots.and_as(current, current + 1),
            Offer::WithoutPresent => roots.and(current + 1).without(current),
            Offer::Nothing => Roots::of([]),
        }
    }

    pub(in crate::lifecycle) fn rotate(&mut self, offer: Offer) -> &'static str {
        match offer {
            Offer::Next if self.versions.current == MOST_VERSIONS => "AlreadyDone",
            Offer::Next => {
                self.versions.current += 1;
                "Done"
            }
            Offer::Known => "AlreadyDone",
            Offer::Beyond => "not-next-root-key",
            Offer::NextTwo => "unknown-root-key",
            Offer::Same => "same-root-key",
            Offer::Other => "wrong-root-key",
            Offer::WithoutPresent => "missing-root-key",
            Offer::Nothing => "no-root-key",
        }
    }

    /// Devices whose enroll key is sealed under a version.
    pub(in crate::lifecycle) fn sealed_under(&self, version: u32) -> Vec<Device> {
        let sealed = self.lives.iter().filter(|(_, life)| life.sealed == Some(version));
        sealed.map(|(device, _)| *device).collect()
    }

    /// Every enroll key comes under the current version.
    pub(in crate::lifecycle) fn sweep(&mut self) {
        for life in self.lives.values_mut() {
            life.sealed = life.sealed.map(|_| self.versions.current);
        }
    }

    /// `is_tagged_under`: records have a tag of that version.
    pub(in crate::lifecycle) fn drop_root_key(
        &mut self,
        version: u32,
        is_tagged_under: bool,
    ) -> &'static str {
        if version > self.versions.current {
            "unknown-root-key"
        } else if self.versions.dropped.contains(&version) {
            "AlreadyDone"
        } else if version == self.versions.current {
            "current-root-key"
        } else if is_tagged_under || !self.sealed_under(version).is_empty() {
            "root-key-in-use"
        } else {
            self.versions.dropped.insert(version);
            "Done"
        }
    }

    /// How many serials that are not retired hang on a version.
    pub(in crate::lifecycle) fn hanging_on(&self, version: u32) -> usize {
        let living = self.lives.values().filter(|life| life.stage != StageName::Retired);
        living.filter(|life| life.version == version).count()
    }
}
