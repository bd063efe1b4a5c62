//! What happened.

use serde::{Deserialize, Serialize};

/// What happened to a serial.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// It was registered.
    Registered,
    /// A device enrolled with it for the first time; a repeat is no event.
    Enrolled,
    /// A device enrolled with it at a later epoch: after its password had been revoked, or its
    /// passwords replaced.
    Reissued,
    /// The device connected for the first time.
    Activated,
    /// It was disabled.
    Disabled,
    /// It was enabled again.
    Enabled,
    /// It was retired.
    Retired,
    /// Its device must enroll again, under the same Plug-ID.
    Reactivated,
    /// Its device was taken off, or took itself off.
    Unenrolled,
    /// Its passwords were replaced before its device had enrolled.
    PasswordsReplaced,
    /// Its control password was replaced.
    ControlPasswordReplaced,
    /// It went to somebody else, with new passwords and a new identity.
    Transferred,
    /// What Controllers may do with it was set.
    AccessSet,
    /// A Controller enrolled with it, and was granted it.
    ControllerEnrolled,
    /// A Controller enrolled again after its password had been revoked.
    ControllerReissued,
    /// A Controller connected for the first time.
    ControllerActivated,
    /// A Controller was disabled.
    ControllerDisabled,
    /// A Controller was enabled again.
    ControllerEnabled,
    /// A Controller must enroll again.
    ControllerReactivated,
    /// A Controller was retired.
    ControllerRetired,
    /// A Controller or another Thing was granted it.
    GrantAdded,
    /// A grant on it ended.
    GrantReleased,
    /// All grants that it, or a Controller of its, held ended.
    GrantsReleased,
}

impl EventKind {
    /// Every kind, in the order of their numbers in a record.
    pub const ALL: [Self; 23] = [
        Self::Registered,
        Self::Enrolled,
        Self::Reissued,
        Self::Activated,
        Self::Disabled,
        Self::Enabled,
        Self::Retired,
        Self::Reactivated,
        Self::Unenrolled,
        Self::PasswordsReplaced,
        Self::ControlPasswordReplaced,
        Self::Transferred,
        Self::AccessSet,
        Self::ControllerEnrolled,
        Self::ControllerReissued,
        Self::ControllerActivated,
        Self::ControllerDisabled,
        Self::ControllerEnabled,
        Self::ControllerReactivated,
        Self::ControllerRetired,
        Self::GrantAdded,
        Self::GrantReleased,
        Self::GrantsReleased,
    ];

    /// Its name, as it is written in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Enrolled => "enrolled",
            Self::Reissued => "reissued",
            Self::Activated => "activated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Retired => "retired",
            Self::Reactivated => "reactivated",
            Self::Unenrolled => "unenrolled",
            Self::PasswordsReplaced => "passwords-replaced",
            Self::ControlPasswordReplaced => "control-password-replaced",
            Self::Transferred => "transferred",
            Self::AccessSet => "access-set",
            Self::ControllerEnrolled => "controller-enrolled",
            Self::ControllerReissued => "controller-reissued",
            Self::ControllerActivated => "controller-activated",
            Self::ControllerDisabled => "controller-disabled",
            Self::ControllerEnabled => "controller-enabled",
            Self::ControllerReactivated => "controller-reactivated",
            Self::ControllerRetired => "controller-retired",
            Self::GrantAdded => "grant-added",
            Self::GrantReleased => "grant-released",
            Self::GrantsReleased => "grants-released",
        }
    }
}
