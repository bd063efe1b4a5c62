//! What a serial keeps through all stages but the last.

use serde::Serialize;

use crate::derivation::Verifier;
use crate::{Epoch, KeyVersion, Labels, Ordinal, UnixMillis};

/// What registering a serial fixed, and what its life has counted so far.
#[derive(Clone, Debug)]
pub struct Registration {
    pub(super) key_version: KeyVersion,
    pub(super) enroll_verifier: Verifier,
    pub(super) control_verifier: Option<Verifier>,
    pub(super) epoch: Epoch,
    pub(super) next_ordinal: Ordinal,
    pub(super) mark: Mark,
    pub(super) labels: Labels,
    pub(super) registered_at: UnixMillis,
}

impl Registration {
    /// A serial that is registered now: epoch 0, no Controllers, enabled, no labels.
    ///
    /// `control_verifier` is `None` where nobody shall control the Thing.
    #[must_use]
    pub const fn new(
        key_version: KeyVersion,
        enroll_verifier: Verifier,
        control_verifier: Option<Verifier>,
        at: UnixMillis,
    ) -> Self {
        Self {
            key_version,
            enroll_verifier,
            control_verifier,
            epoch: Epoch::FIRST,
            next_ordinal: Ordinal::FIRST,
            mark: Mark::Enabled,
            labels: Labels::new(),
            registered_at: at,
        }
    }

    /// What the host wants to remember.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// Whether these verifiers, made under its key version, are those that it has; constant time.
    #[must_use]
    pub fn has_passwords(&self, enroll: &Verifier, control: Option<&Verifier>) -> bool {
        let same_control = match (control, &self.control_verifier) {
            (None, None) => true,
            (Some(control), Some(stored)) => control.matches(stored),
            (None, Some(_)) | (Some(_), None) => false,
        };
        enroll.matches(&self.enroll_verifier) && same_control
    }

    /// Which root key its Plug-ID, passwords and verifiers hang on.
    #[must_use]
    pub const fn key_version(&self) -> KeyVersion {
        self.key_version
    }

    /// What proves its enroll password.
    #[must_use]
    pub const fn enroll_verifier(&self) -> &Verifier {
        &self.enroll_verifier
    }

    /// What proves its control password, if it has one.
    #[must_use]
    pub const fn control_verifier(&self) -> Option<&Verifier> {
        self.control_verifier.as_ref()
    }

    /// The epoch of its connection password.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The ordinal of its next Controller.
    #[must_use]
    pub const fn next_ordinal(&self) -> Ordinal {
        self.next_ordinal
    }

    /// Whether it is disabled.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.mark
    }

    /// What the host wants to remember.
    #[must_use]
    pub const fn labels(&self) -> &Labels {
        &self.labels
    }

    /// When it was registered.
    #[must_use]
    pub const fn registered_at(&self) -> UnixMillis {
        self.registered_at
    }
}

/// The mark that any stage but Retired can carry: while it is `Disabled`, a serial neither enrolls
/// nor authenticates.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a mark is set or it is not")]
pub enum Mark {
    /// It is not set.
    Enabled,
    /// It is set.
    Disabled,
}
