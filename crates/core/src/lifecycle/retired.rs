//! Retired: the end.

use crate::{Epoch, KeyVersion, Labels, Ordinal, PlugId, UnixMillis};

use super::Registration;

/// A serial that never enrolls and never connects again, and cannot be registered again.
///
/// No verifier and no sealed key is kept. What it had used up, epoch and ordinal, stays on record.
#[derive(Clone, Debug)]
pub struct Retired {
    pub(super) key_version: KeyVersion,
    pub(super) epoch: Epoch,
    pub(super) next_ordinal: Ordinal,
    pub(super) labels: Labels,
    pub(super) plug_id: Option<PlugId>,
    pub(super) registered_at: UnixMillis,
    pub(super) retired_at: UnixMillis,
}

impl Retired {
    pub(super) fn new(
        registration: Registration,
        plug_id: Option<PlugId>,
        retired_at: UnixMillis,
    ) -> Self {
        Self {
            key_version: registration.key_version,
            epoch: registration.epoch,
            next_ordinal: registration.next_ordinal,
            labels: registration.labels,
            plug_id,
            registered_at: registration.registered_at,
            retired_at,
        }
    }

    /// Which root key it hung on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    /// The last epoch that it reached.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The ordinal that its next Controller would have had.
    #[must_use]
    pub const fn next_ordinal(&self) -> Ordinal {
        self.next_ordinal
    }

    /// What the host wants to remember.
    #[must_use]
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// What its device was called, if it had enrolled.
    #[must_use]
    pub const fn plug_id(&self) -> Option<&PlugId> {
        self.plug_id.as_ref()
    }

    /// When it was registered.
    #[must_use]
    pub const fn registered_at(&self) -> UnixMillis {
        self.registered_at
    }

    /// When it was retired.
    #[must_use]
    pub const fn retired_at(&self) -> UnixMillis {
        self.retired_at
    }
}
