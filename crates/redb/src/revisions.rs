//! Where revisions come from.

use plugmint_store::Revision;

use crate::snapshot::Snapshot;

/// The revisions of one opening of a store: its generation, and a count.
///
/// INVARIANT: a generation is written with the first commit that uses it, so no two openings that
/// wrote anything have the same; and within one the count only rises.
pub(crate) struct Revisions {
    generation: u64,
    commits: u64,
}

impl Revisions {
    /// Those behind everything that a store was left with. `None` behind the last generation, which
    /// no store comes to but by a changed file.
    pub(crate) fn behind(left: &Snapshot) -> Option<Self> {
        Some(Self { generation: left.generation().checked_add(1)?, commits: 0 })
    }

    /// One that was never given.
    pub(crate) fn next(&mut self) -> Revision {
        self.commits += 1;
        let parts = (u128::from(self.generation) << 64) | u128::from(self.commits);
        Revision::from_parts(parts.to_be_bytes())
    }

    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }
}
