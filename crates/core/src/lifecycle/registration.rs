//! What a serial keeps through all stages but the last.

use serde::{Deserialize, Serialize};

use crate::derivation::Verifier;
use crate::grant::Generations;
use crate::{AccessLevel, Epoch, KeyVersion, Labels, Ordinal, SourceMark, UnixMillis};

use super::{GrantsThen, Raise, Registered, Renewal};

/// What registering a serial fixed, and what its life has counted so far.
#[derive(Clone, Debug)]
pub struct Registration {
    pub(super) key_version: KeyVersion,
    pub(super) enroll_verifier: Verifier,
    pub(super) control_verifier: Option<Verifier>,
    pub(super) control_origin: ControlOrigin,
    pub(super) epoch: Epoch,
    pub(super) raised_by: Option<Raise>,
    pub(super) next_ordinal: Ordinal,
    pub(super) mark: Mark,
    pub(super) labels: Labels,
    pub(super) registered_at: UnixMillis,
    pub(super) connected_at: Option<UnixMillis>,
    pub(super) enrolled_from: Option<SourceMark>,
    pub(super) access: Option<AccessLevel>,
    pub(super) grants: Generations,
}

/// How a serial came to its control password, which tells a repeated replacement from a new one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it was there first or it was replaced")]
pub enum ControlOrigin {
    /// With its enroll password.
    Given,
    /// An operator replaced it, or gave it one when it had none.
    Replaced(GrantsThen),
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
            control_origin: ControlOrigin::Given,
            epoch: Epoch::FIRST,
            raised_by: None,
            next_ordinal: Ordinal::FIRST,
            mark: Mark::Enabled,
            labels: Labels::new(),
            registered_at: at,
            connected_at: None,
            enrolled_from: None,
            access: None,
            grants: Generations::FIRST,
        }
    }

    /// The next epoch, which no password has been derived for.
    pub(super) fn raised(self, by: Raise, epoch: Epoch) -> Self {
        Self { epoch, raised_by: Some(by), ..self }
    }

    /// All grants on it end, and all that it holds.
    pub(super) fn without_grants(self) -> Self {
        Self { grants: self.grants.all_ended(), ..self }
    }

    /// Its device has connected; the first time is kept.
    pub(super) fn connected(self, at: UnixMillis) -> Self {
        Self { connected_at: self.connected_at.or(Some(at)), ..self }
    }

    /// Under other passwords, and so with another identity that has done nothing yet. What counts
    /// stays, and so do the mark and the labels.
    pub(super) fn renewed(self, renewal: Renewal, by: Raise, epoch: Epoch) -> Registered {
        let Renewal { key_version, enroll_verifier, control_verifier, sealed_key } = renewal;
        let registration = Self {
            key_version,
            enroll_verifier,
            control_verifier,
            control_origin: ControlOrigin::Given,
            connected_at: None,
            enrolled_from: None,
            // Who gets it makes it anew.
            access: if by == Raise::Transfer { None } else { self.access },
            grants: self.grants.all_ended(),
            ..self.raised(by, epoch)
        };
        Registered::new(registration, sealed_key)
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

    /// Which verb raised the epoch last; `None` at the first epoch.
    #[must_use]
    pub const fn raised_by(&self) -> Option<Raise> {
        self.raised_by
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

    /// What Controllers may do with it; `None` is what its template says.
    #[must_use]
    pub const fn access(&self) -> Option<AccessLevel> {
        self.access
    }

    /// Which grants on it, and of those that it holds, count.
    #[must_use]
    pub const fn grants(&self) -> Generations {
        self.grants
    }

    /// When it was registered.
    #[must_use]
    pub const fn registered_at(&self) -> UnixMillis {
        self.registered_at
    }

    /// When its device connected for the first time, under any epoch of these passwords.
    #[must_use]
    pub const fn connected_at(&self) -> Option<UnixMillis> {
        self.connected_at
    }

    /// Whether its device has connected before, and enrolled last from another source than this
    /// one: it may be that two devices have its passwords.
    #[must_use]
    pub fn is_enrolled_elsewhere(&self, source: &SourceMark) -> bool {
        self.connected_at.is_some() && self.enrolled_from.is_some_and(|last| last != *source)
    }
}

/// The mark that any stage but Retired can carry: while it is `Disabled`, a serial neither enrolls
/// nor authenticates.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a mark is set or it is not")]
pub enum Mark {
    /// It is not set.
    Enabled,
    /// It is set.
    Disabled,
}
